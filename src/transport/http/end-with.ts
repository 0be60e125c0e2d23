// Ends a message of HTTP with its body, in one piece with its head where that is cheap.
import type { OutgoingMessage } from 'node:http';

/** Above this a copy costs more than a second buffer in the write. */
const COPIED_MAX = 16 * 1024;

/**
 * Node writes a text together with the head, but a buffer beside it, which costs a slower way into the kernel. As Latin-1
 * every byte is one character: nothing of the body changes.
 */
export function endWith(message: OutgoingMessage, body: Buffer | string): void {
  if (typeof body === 'string' || body.length > COPIED_MAX) message.end(body);
  else message.end(body.toString('latin1'), 'latin1');
}
