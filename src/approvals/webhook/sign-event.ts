// Signs what the webhook posts, by the Standard Webhooks specification (1.0): receivers verify it with its libraries, and
// the signed time lets them refuse what somebody recorded and sends again.
import { createHmac } from 'node:crypto';

const PREFIX = 'whsec_';
const KEY_MIN = 16;

/** `whsec_` and base64, as the specification has it, or any other text as it stands. Null where it is no good key. */
export function webhookKey(secret: string): Buffer | null {
  const encoded = secret.startsWith(PREFIX) ? secret.slice(PREFIX.length) : null;
  if (encoded !== null && !/^[A-Za-z\d+/]+={0,2}$/.test(encoded)) return null;
  const key = encoded === null ? Buffer.from(secret) : Buffer.from(encoded, 'base64');
  return key.length < KEY_MIN ? null : key;
}

export interface SignedMessage {
  readonly id: string;
  /** When this attempt is made. */
  readonly atMs: number;
  readonly body: string;
}

/** Header fields of the request. */
export function signedFields({ id, atMs, body }: SignedMessage, key: Buffer): Record<string, string> {
  const seconds = Math.floor(atMs / 1000);
  const signature = createHmac('sha256', key).update(`${id}.${seconds}.${body}`).digest('base64');
  return {
    'webhook-id': id,
    'webhook-timestamp': String(seconds),
    'webhook-signature': `v1,${signature}`,
    'Idempotency-Key': id,
  };
}
