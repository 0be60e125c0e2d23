// What flags and regent.yaml say, each value checked; what is not said is absent.
import type { Verification } from '../../policy/bundle-signature/verification.ts';
import type { LogLevel } from '../../telemetry/log-levels.ts';
import type { Header } from '../../transport/transport.ts';
import type { OpaSettings } from './opa/opa-settings.ts';
import type { Address } from './read-setting.ts';

export interface Settings {
  readonly policy?: readonly string[];
  readonly server?: string;
  readonly agent?: string;
  readonly state?: string;
  readonly durability?: 'full' | 'normal';
  readonly holdMs?: number;
  readonly logLevel?: LogLevel;
  readonly command?: readonly string[];
  readonly upstream?: URL;
  readonly headers?: readonly Header[];
  readonly listen?: Address;
  readonly path?: string;
  readonly publicUrl?: URL;
  readonly token?: string;
  readonly allowedHosts?: readonly string[];
  readonly allowedOrigins?: readonly string[];
  readonly isIdentityRequired?: boolean;
  readonly jwt?: JwtSettings;
  readonly bodyBytes?: number;
  readonly headerBytes?: number;
  readonly connections?: number;
  readonly sessions?: number;
  readonly sessionIdleMs?: number;
  readonly useWithinMs?: number;
  readonly waitingPerAgent?: number;
  readonly webhook?: WebhookSettings;
  readonly console?: Address;
  readonly consoleUrl?: URL;
  readonly opaBinary?: string;
  readonly opa?: OpaSettings;
  readonly keys?: Verification['keys'];
  readonly signing?: SigningSettings;
  /** What flags say; it stands alone. */
  readonly verification?: Verification;
}

/** As `bundles.<name>.signing` in OPA's configuration. */
export type SigningSettings = Omit<Verification, 'keys'>;

export interface WebhookSettings {
  readonly url: URL;
  /** Of the signatures. */
  readonly key: Buffer;
  readonly format: 'json' | 'slack';
}

export interface JwtSettings {
  readonly issuer: string;
  readonly audience: readonly string[];
  /** An URL, or the path of a file. */
  readonly jwks: URL | string;
  readonly algorithms: readonly string[];
  readonly agentClaim: readonly string[];
  readonly clockSkewMs: number;
}
