// SHA-256 as hex, in one call: half the time of a hash object on short texts.
import { hash } from 'node:crypto';

export function sha256(text: string): string {
  return hash('sha256', text);
}
