// One attempt to hand a message to the webhook's receiver: bounded in time and in what is read, following no redirect.
import http from 'node:http';
import https from 'node:https';

export type PostResult =
  | {
      readonly kind: 'answered';
      readonly status: number;
      /** As it stands in the header field. */
      readonly retryAfter: string | null;
      /** The beginning of the body. */
      readonly text: string;
    }
  /** Whether the receiver has seen the message is unknown. */
  | { readonly kind: 'unanswered'; readonly why: string };

export interface Post {
  readonly url: URL;
  readonly fields: Readonly<Record<string, string>>;
  readonly body: string;
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
}

/** What receivers say of a fault is short. */
const ANSWER_MAX = 1024;
const NO_ANSWER = 'the connection ended before an answer came';

/** Never rejects. */
export function postEvent({ url, fields, body, timeoutMs, signal }: Post): Promise<PostResult> {
  return new Promise((resolve) => {
    const parts: Buffer[] = [];
    let response: http.IncomingMessage | null = null;
    let why = NO_ANSWER;
    const request = (url.protocol === 'https:' ? https : http).request(url, {
      method: 'POST',
      // A connection of its own: one that was kept may end in the middle of an attempt.
      agent: false,
      headers: {
        'Content-Type': 'application/json',
        'Content-Length': Buffer.byteLength(body),
        'User-Agent': 'regent-webhook',
        ...fields,
      },
      signal,
    });
    const timer = setTimeout(() => request.destroy(new Error(`no answer within ${timeoutMs} ms`)), timeoutMs);
    request.once('response', (answer) => {
      response = answer;
      readStart(answer, parts);
    });
    request.on('error', (error) => {
      why = explain(error);
    });
    request.once('close', () => {
      clearTimeout(timer);
      resolve(response === null ? { kind: 'unanswered', why } : answered(response, parts, url));
    });
    request.end(body);
  });
}

/** A body that never ends must not keep what its head has said already. */
function readStart(answer: http.IncomingMessage, parts: Buffer[]): void {
  let length = 0;
  answer.on('error', () => {});
  answer.on('data', (part: Buffer) => {
    parts.push(part);
    length += part.length;
    if (length > ANSWER_MAX) answer.destroy();
  });
}

function answered(
  { statusCode = 0, headers }: http.IncomingMessage,
  parts: readonly Buffer[],
  url: URL,
): PostResult {
  const text = withoutPlace(Buffer.concat(parts).subarray(0, ANSWER_MAX).toString().trim(), url);
  return { kind: 'answered', status: statusCode, retryAfter: headers['retry-after'] ?? null, text };
}

/** Servers say in their answers which path they do not know: that of a chat's webhook is a secret. */
function withoutPlace(text: string, { pathname, search }: URL): string {
  const places = [pathname, search.slice(1)].filter((place) => place.length > 1);
  return places.reduce((bare, place) => bare.replaceAll(place, '…'), text);
}

/** Never with the URL: that of a chat's webhook is a secret. */
function explain(error: Error): string {
  const { code } = error as NodeJS.ErrnoException;
  if (code === undefined) return error.message;
  if (code === 'ECONNRESET' || code === 'EPIPE') return NO_ANSWER;
  if (code.startsWith('HPE_')) return 'the answer is no HTTP';
  const isTls = /CERT|TLS|SSL|ISSUER|VERIFY/.test(code);
  return isTls ? `no secure connection: ${code}` : `cannot be reached: ${code}`;
}
