// Where a bundle comes from: a bundle server by OPA's protocol, or a file that somebody else writes.
import { createHash } from 'node:crypto';
import { readFile, stat } from 'node:fs/promises';
import { type OpaService, type ServiceAnswer, ServiceError } from '../../transport/opa-service.ts';

/** The bytes; null where they are those that came last. */
export type Fetched = Buffer | null;

export interface BundleSource {
  /** Throws `ServiceError`; what is asked for next is the whole bundle then. */
  fetch(signal: AbortSignal): Promise<Fetched>;
  /** What came last is in force. */
  accept(): void;
  /** What came last is not in force: it is asked for again, unless it is replaced. */
  refuse(): void;
  /** The next fetch waits at the server for news. */
  isWaiting(): boolean;
}

export interface ServerSource {
  readonly service: OpaService;
  readonly resource: string;
  readonly maxBytes: number;
  /** How long the server may hold a request until there is news; null: it is never asked to. */
  readonly longPollingSeconds: number | null;
}

/** The media type by which a server says that it can hold requests. */
const LONG_POLLING_TYPE = 'application/vnd.openpolicyagent.bundles';

export function serverSource({
  service,
  resource,
  maxBytes,
  longPollingSeconds,
}: ServerSource): BundleSource {
  let etag = '';
  let activeEtag = '';
  let canWait = false;
  const waitSeconds = (): number => (canWait ? (longPollingSeconds ?? 0) : 0);

  const ask = async (signal: AbortSignal): Promise<ServiceAnswer> => {
    const wait = waitSeconds();
    const answer = await service.request({
      method: 'GET',
      path: resource,
      headers: [
        ...(etag === '' ? [] : [['If-None-Match', etag] as const]),
        // Not `delta`: OPA itself does not verify signatures of deltas.
        ['Prefer', wait > 0 ? `modes=snapshot;wait=${wait}` : 'modes=snapshot'],
      ],
      maxBytes,
      waitMs: wait * 1000,
      signal,
    });
    // Not changed since when, where nothing was named: whoever answers so has no bundle for us.
    if (answer.status === 200 || (answer.status === 304 && etag !== '')) return answer;
    const { status } = answer;
    throw new ServiceError('status', `the bundle server answers with status ${status} for ${resource}`, {
      status,
    });
  };
  return {
    fetch: async (signal) => {
      try {
        const answer = await ask(signal);
        canWait = answer.header('content-type') === LONG_POLLING_TYPE;
        if (answer.status === 304) return null;
        etag = answer.header('etag') ?? '';
        return answer.body;
      } catch (error) {
        etag = '';
        activeEtag = '';
        canWait = false;
        throw error;
      }
    },
    accept: () => {
      activeEtag = etag;
    },
    refuse: () => {
      etag = activeEtag;
    },
    isWaiting: () => waitSeconds() > 0,
  };
}

export function fileSource(file: string, maxBytes: number): BundleSource {
  let fetched = '';
  let active = '';
  return {
    fetch: async () => {
      try {
        const { size } = await stat(file);
        if (size > maxBytes) throw new ServiceError('too-large', `${file} is over ${maxBytes} bytes long`);
        const bytes = await readFile(file);
        const digest = createHash('sha256').update(bytes).digest('hex');
        if (digest === active) return null;
        fetched = digest;
        return bytes;
      } catch (cause) {
        if (cause instanceof ServiceError) throw cause;
        throw new ServiceError('unreachable', `the bundle ${file} cannot be read: ${String(cause)}`, {
          cause,
        });
      }
    },
    accept: () => {
      active = fetched;
    },
    refuse: () => {},
    isWaiting: () => false,
  };
}
