// Protected-resource metadata (RFC 9728) of an upstream that names Regent's public URL as its own: clients ask Regent for it.
import { problemAnswer } from '../../proxy/http/http-errors.ts';
import { INTERNAL_ERROR } from '../../proxy/json-rpc.ts';
import { type HttpAnswer, type Upstream, UpstreamError } from '../../transport/http-exchange.ts';
import { isMetadataPath } from './resource-metadata.ts';

export interface UpstreamMetadata {
  readonly upstream: Upstream;
  readonly upstreamUrl: URL;
  /** Of Regent's endpoint. */
  readonly path: string;
}

/** Asked for at the same place of the upstream's origin, as any reverse proxy would. Null where it is another document. */
export function passMetadata(
  { upstream, upstreamUrl, path }: UpstreamMetadata,
  asked: string,
): Promise<HttpAnswer> | null {
  if (!isMetadataPath(asked, path)) return null;
  return fetchDocument(upstream, new URL(asked, upstreamUrl));
}

async function fetchDocument(upstream: Upstream, url: URL): Promise<HttpAnswer> {
  try {
    const answer = await upstream.request({ method: 'GET', url, headers: [['Accept', 'application/json']] });
    const { status, headers } = answer;
    return { status, headers, body: await answer.readBody() };
  } catch (error) {
    if (!(error instanceof UpstreamError)) throw error;
    return problemAnswer({ status: 502, code: INTERNAL_ERROR, message: `${error.message}.` });
  }
}
