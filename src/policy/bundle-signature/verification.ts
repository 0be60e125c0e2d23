// What a bundle is verified with, in OPA's own terms.

/** The algorithms of OPA's keys (RFC 7518). */
export const SIGNATURE_ALGORITHMS = [
  'ES256',
  'ES384',
  'ES512',
  'HS256',
  'HS384',
  'HS512',
  'PS256',
  'PS384',
  'PS512',
  'RS256',
  'RS384',
  'RS512',
] as const;

export type SignatureAlgorithm = (typeof SIGNATURE_ALGORITHMS)[number];

export const DEFAULT_ALGORITHM: SignatureAlgorithm = 'RS256';

/** `keys.<id>` of OPA's configuration. */
export interface VerificationKey {
  /** PEM of a public key or certificate; for HS256 and the like the secret itself. */
  readonly key: string;
  readonly algorithm: SignatureAlgorithm;
  /** Empty where signatures must name none. */
  readonly scope: string;
}

/** `keys` and `bundles.<name>.signing` of OPA's configuration. A bundle that meets it is signed. */
export interface Verification {
  readonly keys: Readonly<Record<string, VerificationKey>>;
  /** The key to verify with; empty where the signature names it. */
  readonly keyId: string;
  /** Wins over the scope of the key; empty where the key says it. */
  readonly scope: string;
  /** Globs of files that need not be signed, as in Go's `path.Match`. */
  readonly excludeFiles: readonly string[];
}
