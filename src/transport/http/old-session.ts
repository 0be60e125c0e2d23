// A session with a server of 2024-11-05 (HTTP+SSE): all it says comes on one stream; messages are posted to a place that
// the stream names first.
import { type Upstream, UpstreamError } from '../http-exchange.ts';
import { explainStatus } from './explain-status.ts';
import type { PeerLines } from './peer-lines.ts';
import { loseRequests, type PeerPost, sendPost } from './peer-post.ts';
import { messagesIn } from './read-peer-answer.ts';

export interface OldSession {
  /** Resolves when the message is accepted; its answer comes on the stream. Rejects with `UpstreamError`. */
  post(post: PeerPost): Promise<void>;
}

export interface OldSessionOptions {
  readonly upstream: Upstream;
  readonly url: URL;
  readonly lines: PeerLines;
  readonly signal: AbortSignal;
}

const ENDED = 'The stream of the MCP server has ended';

/** Rejects with `UpstreamError` where there is no such stream. */
export async function openOldSession({
  upstream,
  url,
  lines,
  signal,
}: OldSessionOptions): Promise<OldSession> {
  const answer = await upstream.request(
    { method: 'GET', headers: [['Accept', 'text/event-stream']] },
    signal,
  );
  if (answer.kind !== 'events') throw notThere(explainStatus(answer));
  const events = answer.readEvents()[Symbol.asyncIterator]();
  const first = await events.next();
  const endpoint =
    first.done === true || first.value.name !== 'endpoint' ? null : endpointOf(first.value.data, url);
  if (endpoint === null) throw notThere('The MCP server names no place of its own to post messages to');
  /** Requests that were accepted, and not answered yet: their ids, by what an answer names. */
  const waiting = new Map<string, string>();
  let hasEnded = false;
  const follow = async (): Promise<void> => {
    try {
      for (let next = await events.next(); next.done !== true; next = await events.next()) {
        const { data } = next.value;
        if (data === null) continue;
        for (const key of answeredBy(data)) waiting.delete(key);
        await lines.deliver(data);
      }
    } catch (error) {
      if (!(error instanceof UpstreamError)) throw error;
    }
    hasEnded = true;
    loseRequests({ lines, asked: [...waiting.values()] }, { detail: ENDED, mayHaveRun: true });
  };
  void follow();
  return {
    post: async (post) => {
      if (hasEnded) throw notThere(`${ENDED}, and its session with it; start anew`);
      for (const idText of post.asked) waiting.set(keyOf(JSON.parse(idText)), idText);
      const accepted = await sendPost({ ...post, url: endpoint });
      for await (const _ of accepted.readBytes());
      if (accepted.status < 300) return;
      for (const idText of post.asked) waiting.delete(keyOf(JSON.parse(idText)));
      throw new UpstreamError('unreadable', explainStatus(accepted), { mayHaveRun: true });
    },
  };
}

function endpointOf(data: Buffer | null, url: URL): URL | null {
  const text = data?.toString('utf8').trim() ?? '';
  if (text === '' || !URL.canParse(text, url.href)) return null;
  const endpoint = new URL(text, url);
  return endpoint.origin === url.origin ? endpoint : null;
}

/** Requests of the server have ids of their own, which may be the same. */
function answeredBy(data: Buffer): string[] {
  return messagesIn(data).flatMap((message) => ('method' in message ? [] : [keyOf(message.id)]));
}

/** `1` and `"1"` are one: some servers write numbers as texts. */
function keyOf(id: unknown): string {
  return String(id);
}

function notThere(message: string): UpstreamError {
  return new UpstreamError('unreadable', message, { mayHaveRun: false });
}
