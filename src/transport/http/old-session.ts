// A session with a server of 2024-11-05 (HTTP+SSE): all it says comes on one stream; messages are posted to a place that
// the stream names first.
import { type Upstream, UpstreamError } from '../http-exchange.ts';
import { explainStatus } from './explain-status.ts';
import type { PeerLines } from './peer-lines.ts';
import { type PeerPost, sendPost } from './peer-post.ts';

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
  /** Requests that were accepted, and not answered yet. */
  const waiting = new Map<string, PeerPost>();
  const follow = async (): Promise<void> => {
    try {
      for (let next = await events.next(); next.done !== true; next = await events.next()) {
        const { data } = next.value;
        if (data === null) continue;
        waiting.delete(idOf(data));
        await lines.deliver(data);
      }
    } catch (error) {
      if (!(error instanceof UpstreamError)) throw error;
    }
    const detail = 'The stream of the MCP server has ended; what it did of this request is unknown.';
    for (const { idText } of waiting.values()) {
      if (idText !== null) lines.lose({ idText, mayHaveRun: true, detail });
    }
  };
  void follow();
  return {
    post: async (post) => {
      const key = post.idText === null ? null : String(JSON.parse(post.idText));
      if (key !== null) waiting.set(key, post);
      const accepted = await sendPost({ ...post, url: endpoint });
      for await (const _ of accepted.readBytes());
      if (accepted.status < 300) return;
      if (key !== null) waiting.delete(key);
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

function idOf(data: Buffer): string {
  try {
    const { id } = JSON.parse(data.toString('utf8')) as { id?: unknown };
    return String(id);
  } catch {
    return '';
  }
}

function notThere(message: string): UpstreamError {
  return new UpstreamError('unreadable', message, { mayHaveRun: false });
}
