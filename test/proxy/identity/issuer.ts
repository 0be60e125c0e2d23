// An issuer of JWTs: its keys, and tokens of any content, well-formed or not.
import { CompactSign, type CryptoKey, exportJWK, generateKeyPair, type JWK } from 'jose';
import type { Identified } from '../../../src/proxy/identity/identified.ts';
import type { IssuerKeys } from '../../../src/proxy/identity/issuer-keys.ts';
import { createJwtVerifier, type JwtOptions } from '../../../src/proxy/identity/jwt-verifier.ts';

export const ISSUER = 'https://issuer.example.com/';
export const NOW_S = 1_795_359_600;

export interface IssuerKey {
  readonly header: { readonly alg: string; readonly kid?: string };
  readonly privateKey: CryptoKey;
  /** The public half, as the issuer publishes it. */
  readonly jwk: JWK;
}

export async function createKey(alg: string, kid?: string): Promise<IssuerKey> {
  const { publicKey, privateKey } = await generateKeyPair(alg, { extractable: true });
  const named = kid === undefined ? {} : { kid };
  return { header: { alg, ...named }, privateKey, jwk: { ...(await exportJWK(publicKey)), ...named } };
}

export function keySet(...keys: readonly IssuerKey[]): string {
  return JSON.stringify({ keys: keys.map(({ jwk }) => jwk) });
}

/** Good for a minute around `NOW_S`; `undefined` leaves a claim out. */
export function goodClaims(changes: object = {}): object {
  return { iss: ISSUER, aud: 'regent', sub: 'payments-bot', iat: NOW_S, exp: NOW_S + 60, ...changes };
}

export function sign(key: IssuerKey, changes: object = {}): Promise<string> {
  return signText(key, JSON.stringify(goodClaims(changes)));
}

/** Signs a payload that no JSON library would write. */
export function signText({ header, privateKey }: IssuerKey, payload: string | Uint8Array): Promise<string> {
  const bytes = typeof payload === 'string' ? new TextEncoder().encode(payload) : payload;
  return new CompactSign(bytes).setProtectedHeader(header).sign(privateKey);
}

/** What a verifier with these keys says of the token; the clock stands at `NOW_S`. */
export function verify(
  keys: IssuerKeys,
  token: string,
  changes: Partial<JwtOptions> = {},
): Promise<Identified> {
  const options = {
    issuer: ISSUER,
    audience: ['regent', 'https://regent.example.com/mcp'],
    algorithms: ['RS256', 'ES256', 'EdDSA'],
    agentClaim: ['sub'],
    clockSkewMs: 30_000,
    now: () => NOW_S * 1000,
    ...changes,
  };
  return createJwtVerifier(options, keys).verify(token);
}
