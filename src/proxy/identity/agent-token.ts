// Bearer tokens of agents: random, told by their prefix, and kept as digests only.
import { createHash, randomBytes } from 'node:crypto';

const PREFIX = 'rgt_';

export function createAgentToken(): string {
  return `${PREFIX}${randomBytes(32).toString('base64url')}`;
}

/** A credential that can only be one of these tokens. */
export function isAgentToken(credential: string): boolean {
  return credential.startsWith(PREFIX);
}

/** SHA-256, hex: what is stored, and looked up. A look-up by digest tells nothing of the token by its time. */
export function digestToken(token: string): string {
  return createHash('sha256').update(token).digest('hex');
}
