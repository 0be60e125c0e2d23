// Bearer tokens of approvers: random, told from agents' tokens by their prefix, and kept as digests only.
import { createHash, randomBytes } from 'node:crypto';
import { REGENT } from './change-approval.ts';

const PREFIX = 'rga_';
/** 256 bits in base64url. */
const TOKEN = /^rga_[\w-]{43}$/;

export function createApproverToken(): string {
  return `${PREFIX}${randomBytes(32).toString('base64url')}`;
}

export function isApproverToken(text: string): boolean {
  return TOKEN.test(text);
}

/** SHA-256, hex: what is stored, and looked up. */
export function digestApproverToken(token: string): string {
  return createHash('sha256').update(token).digest('hex');
}

/** Without a colon: `local:` marks the operator of the machine, `agent:` an agent; where time decides, `regent` does. */
export function isApproverName(name: string): boolean {
  return /^[\p{L}\p{N}._@+-]{1,64}$/u.test(name) && name !== REGENT;
}
