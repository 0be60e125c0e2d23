// What regent.yaml says in OPA's words, each value checked.
import type { Verification } from '../../../policy/bundle-signature/verification.ts';
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
  readonly verification: Verification | null;
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
