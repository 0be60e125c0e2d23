// Reads the answer of a service whole, within its limits.
import type { IncomingMessage } from 'node:http';
import { type ServiceAnswer, ServiceError } from '../opa-service.ts';

/** A body that trickles must not hold the next request up for ever. */
const BODY_MS = 120_000;

/** `place` is for messages. Throws `ServiceError`. */
export async function readAnswer(
  response: IncomingMessage,
  maxBytes: number,
  place: string,
): Promise<ServiceAnswer> {
  const { statusCode: status = 0, headers } = response;
  const header = (name: string): string | null => {
    const value = headers[name];
    return typeof value === 'string' ? value : null;
  };
  const isWanted = status >= 200 && status < 300;
  if (!isWanted || maxBytes === 0) {
    response.destroy();
    return { status, header, body: Buffer.alloc(0) };
  }
  return { status, header, body: await readBody(response, maxBytes, place) };
}

async function readBody(response: IncomingMessage, maxBytes: number, place: string): Promise<Buffer> {
  const slow = new ServiceError('timeout', `${place} does not send its whole answer in time`);
  const timer = setTimeout(() => response.destroy(slow), BODY_MS);
  const chunks: Buffer[] = [];
  let length = 0;
  try {
    for await (const chunk of response as AsyncIterable<Buffer>) {
      length += chunk.length;
      if (length > maxBytes)
        throw new ServiceError('too-large', `what ${place} sends is over ${maxBytes} bytes long`);
      chunks.push(chunk);
    }
    return Buffer.concat(chunks);
  } catch (cause) {
    if (cause instanceof ServiceError) throw cause;
    throw new ServiceError('unreachable', `the answer of ${place} broke off`, { cause });
  } finally {
    clearTimeout(timer);
    response.destroy();
  }
}
