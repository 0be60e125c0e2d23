// One text for the exact call that an approval lets through: the same call gives the same one, in any sidecar.
import { createHash } from 'node:crypto';
import type { ApprovalBinding } from './approval.ts';

/** SHA-256, hex. */
export function fingerprintOf(binding: ApprovalBinding): string {
  const { server, agent, tool, argumentsDigest, revision } = binding;
  return createHash('sha256')
    .update(JSON.stringify([server, agent, tool, argumentsDigest, revision]))
    .digest('hex');
}
