// Bearer tokens of agents: random, told by their prefix, and kept as digests only.
import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';

const PREFIX = 'rgt_';
/** 256 bits in base64url. */
const TOKEN = /^rgt_[\w-]{43}$/;
const TOKEN_ANYWHERE = /rgt_[\w-]{43}/;

export function createAgentToken(): string {
  return `${PREFIX}${randomBytes(32).toString('base64url')}`;
}

/** A credential that can only be one of these tokens, or meant as one. */
export function isMeantAsAgentToken(credential: string): boolean {
  return credential.startsWith(PREFIX);
}

export function isAgentToken(credential: string): boolean {
  return TOKEN.test(credential);
}

/** Such as a token without `Bearer`, or with something after it: whatever else this text is, it is not the server's. */
export function holdsAgentToken(text: string): boolean {
  return TOKEN_ANYWHERE.test(text);
}

/** SHA-256, hex: what is stored, and looked up. A look-up by digest tells nothing of the token by its time. */
export function digestToken(token: string): string {
  return createHash('sha256').update(token).digest('hex');
}

/** Compares digests, which have one length, in constant time: the answer's time tells nothing of the token. */
export function isSameToken(given: string, expected: string): boolean {
  return timingSafeEqual(Buffer.from(digestToken(given)), Buffer.from(digestToken(expected)));
}
