// What regent.yaml says in OPA's words, each value checked.
import type { ServiceOptions } from '../../../transport/service/open-service.ts';

export interface OpaSettings {
  readonly services: readonly ServiceOptions[];
  readonly bundle: BundleSettings | null;
  readonly labels: Readonly<Record<string, string>>;
  readonly decisionLogs: DecisionLogSettings | null;
  readonly status: StatusSettings | null;
  /** Null where the default folder serves. */
  readonly persistenceDirectory: string | null;
}

export interface BundleSettings {
  readonly name: string;
  readonly source:
    | { readonly kind: 'service'; readonly service: string; readonly resource: string }
    | { readonly kind: 'file'; readonly file: string };
  readonly minDelayMs: number;
  readonly maxDelayMs: number;
  readonly longPollingSeconds: number | null;
  readonly isPersisted: boolean;
  readonly maxBytes: number;
  /** Null where no bundle need be signed. */
  readonly verification: BundleVerification | null;
}

/** How OPA's `keys` and `signing` say that a bundle is to be verified. */
export interface BundleVerification {
  readonly keys: Readonly<Record<string, VerificationKey>>;
  /** Empty where the signature says which key it is. */
  readonly keyId: string;
  /** Empty where the key says it. */
  readonly scope: string;
  readonly excludeFiles: readonly string[];
}

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

export interface VerificationKey {
  /** PEM of a public key, or a shared secret. */
  readonly key: string;
  readonly algorithm: (typeof SIGNATURE_ALGORITHMS)[number];
  readonly scope: string;
}

export interface DecisionLogSettings {
  /** Null where only the console has them. */
  readonly upload: { readonly service: string; readonly resource: string } | null;
  readonly isConsole: boolean;
  readonly minDelayMs: number;
  readonly maxDelayMs: number;
  readonly uploadBytes: number;
  readonly decisionsPerSecond: number | null;
}

export interface StatusSettings {
  readonly service: string | null;
  readonly resource: string;
  readonly isConsole: boolean;
  readonly isPrometheus: boolean;
}
