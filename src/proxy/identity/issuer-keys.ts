// The issuer's public keys (JWKS, RFC 7517): from an URL, cached and fetched anew when an unknown key id comes, or from a
// file that may change.
import { readFile, stat } from 'node:fs/promises';
import { createLocalJWKSet, createRemoteJWKSet, type JSONWebKeySet, type JWTVerifyGetKey } from 'jose';

export interface KeyCacheTimes {
  /** Keys are fetched again when they are older. */
  readonly maxAgeMs: number;
  /** At most one fetch in this time, however many unknown key ids come. */
  readonly cooldownMs: number;
}

const DEFAULT_TIMES: KeyCacheTimes = { maxAgeMs: 600_000, cooldownMs: 30_000 };

export function remoteKeys(url: URL, times: KeyCacheTimes = DEFAULT_TIMES): JWTVerifyGetKey {
  return createRemoteJWKSet(url, {
    cacheMaxAge: times.maxAgeMs,
    cooldownDuration: times.cooldownMs,
    timeoutDuration: 5000,
  });
}

/** Read again when the file has changed. */
export function fileKeys(file: string): JWTVerifyGetKey {
  let known: { readonly changedMs: number; readonly keys: ReturnType<typeof createLocalJWKSet> } | null =
    null;
  return async (header, token) => {
    const { mtimeMs } = await stat(file);
    if (known?.changedMs !== mtimeMs) {
      const set = JSON.parse(await readFile(file, 'utf8')) as JSONWebKeySet;
      known = { changedMs: mtimeMs, keys: createLocalJWKSet(set) };
    }
    return known.keys(header, token);
  };
}
