// The issuer's keys from an URL: cached, fetched anew before they are too old and when an unknown key id comes, and
// asked for at leisure while the issuer fails.
//
//   age:  0 ──▶ refreshMs: fetched anew beside the requests ──▶ maxAgeMs: no key is trusted until a fetch succeeds
import { createLocalJWKSet, createRemoteJWKSet, customFetch, type FetchImplementation } from 'jose';
import { explainKeysFault, type IssuerKeys, isFaultOfToken } from './issuer-keys.ts';

export interface KeyTimes {
  /** Older keys are not trusted: one that the issuer took back is refused from then on. */
  readonly maxAgeMs: number;
  /** From this age on they are fetched anew without a request waiting for it. */
  readonly refreshMs: number;
  /** For so long after a fetch, unknown key ids cause no other. */
  readonly cooldownMs: number;
  /** For so long after a fetch that failed, there is no other. */
  readonly retryMs: number;
  /** So long may one fetch take. */
  readonly fetchMs: number;
}

export interface RemoteKeysOptions {
  /** Of faults while known keys are still good. */
  readonly report: (fault: string) => void;
  readonly times?: KeyTimes;
}

const DEFAULT_TIMES: KeyTimes = {
  maxAgeMs: 600_000,
  refreshMs: 300_000,
  cooldownMs: 30_000,
  retryMs: 2000,
  fetchMs: 5000,
};
const SET_BYTES_MAX = 1024 * 1024;

export function remoteKeys(url: URL, { report, times = DEFAULT_TIMES }: RemoteKeysOptions): IssuerKeys {
  const fetches = createFetches(times);
  const keys = createRemoteJWKSet(url, {
    cacheMaxAge: times.maxAgeMs,
    cooldownDuration: times.cooldownMs,
    timeoutDuration: times.fetchMs,
    [customFetch]: fetches.fetch,
  });
  const explain = (error: unknown): Error => explainKeysFault(url.href, error);
  return async (header, token) => {
    if (keys.fresh && fetches.isDue()) keys.reload().catch((error) => report(explain(error).message));
    try {
      return await keys(header, token);
    } catch (error) {
      throw isFaultOfToken(error) ? error : explain(error);
    }
  };
}

interface Fetches {
  readonly fetch: FetchImplementation;
  /** The keys could do with another fetch, and one is allowed now. */
  isDue(): boolean;
}

/** Without a rest after failures every bad token would cost the issuer a request, and its caller the time-out. */
function createFetches({ refreshMs, retryMs }: KeyTimes): Fetches {
  let succeededMs = Number.NEGATIVE_INFINITY;
  let failed: { readonly atMs: number; readonly error: unknown } | null = null;
  const isResting = (): boolean => failed !== null && performance.now() - failed.atMs < retryMs;
  return {
    fetch: async (url, options) => {
      if (failed !== null && isResting()) throw failed.error;
      try {
        const text = await fetchSet(url, options);
        failed = null;
        succeededMs = performance.now();
        return new Response(text);
      } catch (error) {
        failed = { atMs: performance.now(), error };
        throw error;
      }
    },
    isDue: () => performance.now() - succeededMs >= refreshMs && !isResting(),
  };
}

async function fetchSet(...request: Parameters<FetchImplementation>): Promise<string> {
  const response = await fetch(...request);
  if (response.status !== 200) {
    await response.body?.cancel();
    throw new Error(`the answer has status ${response.status}`);
  }
  const text = await readText(response);
  createLocalJWKSet(JSON.parse(text));
  return text;
}

async function readText({ body }: Response): Promise<string> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of body ?? []) {
    length += chunk.length;
    if (length > SET_BYTES_MAX) throw new Error(`the answer is over ${SET_BYTES_MAX} bytes long`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}
