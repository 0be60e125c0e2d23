// The stream on which a server of the older protocols says what answers no request: opened by GET, and again when it ends.
import { type Upstream, UpstreamError } from '../http-exchange.ts';
import type { Header } from '../transport.ts';
import type { PeerLines } from './peer-lines.ts';
import { readEvents } from './read-peer-answer.ts';

export interface StandingEventsOptions {
  readonly upstream: Upstream;
  readonly lines: PeerLines;
  readonly headers: () => readonly Header[];
  /** Events are numbered within a session. */
  readonly sessionId: () => string | null;
  readonly signal: AbortSignal;
}

const RETRY_MS = 1000;
const RETRY_MAX_MS = 30_000;

/** Runs until `signal` aborts, or the server says that it has no such stream. Never rejects. */
export async function followStandingEvents(options: StandingEventsOptions): Promise<void> {
  const { upstream, lines, headers, sessionId, signal } = options;
  let lastEventId: string | null = null;
  let session = sessionId();
  let waitMs = RETRY_MS;
  while (!signal.aborted) {
    if (session !== sessionId()) lastEventId = null;
    session = sessionId();
    try {
      const resumed: readonly Header[] = lastEventId === null ? [] : [['Last-Event-ID', lastEventId]];
      const answer = await upstream.request(
        { method: 'GET', headers: [['Accept', 'text/event-stream'], ...headers(), ...resumed] },
        signal,
      );
      if (answer.kind !== 'events') return;
      const end = await readEvents(answer, lines, []);
      lastEventId = end.lastEventId ?? lastEventId;
      waitMs = end.retryMs ?? RETRY_MS;
    } catch (error) {
      if (!(error instanceof UpstreamError)) throw error;
      waitMs = Math.min(waitMs * 2, RETRY_MAX_MS);
    }
    await pause(waitMs, signal);
  }
}

/** Ends at once when `signal` aborts. */
export function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) return resolve();
    const timer = setTimeout(done, ms);
    signal.addEventListener('abort', done, { once: true });
    function done(): void {
      clearTimeout(timer);
      signal.removeEventListener('abort', done);
      resolve();
    }
  });
}
