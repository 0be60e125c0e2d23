// The sidecar's settings as a whole: flags over the config file over defaults, and what they mean together.
import { readFile } from 'node:fs/promises';
import type { ApprovalLimits } from '../../approvals/request-approval.ts';
import { findExposure } from '../../console/exposure.ts';
import type { Verification } from '../../policy/bundle-signature/verification.ts';
import { ANONYMOUS } from '../../policy/decision.ts';
import type { LogLevel } from '../../telemetry/log-levels.ts';
import type { Header } from '../../transport/transport.ts';
import { requireBundles } from '../bundles/read-verification.ts';
import { CliError } from '../cli-error.ts';
import { defaultStateFile } from '../home.ts';
import { whyUnreadable } from '../why-unreadable.ts';
import { ConfigProblems } from './config-problems.ts';
import type { OpaSettings } from './opa/opa-settings.ts';
import { readConfig } from './read-config.ts';
import { readFlags, type SidecarFlags } from './read-flags.ts';
import type { Address } from './read-setting.ts';
import type { JwtSettings, Settings, WebhookSettings } from './settings.ts';

export interface SidecarOptions {
  /** Empty where the policy comes from a bundle server. */
  readonly policies: readonly string[];
  /** How a bundle must be signed; null where it must not be. */
  readonly verification: Verification | null;
  /** The `opa` that builds in place of the built-in one; null for that. */
  readonly opaBinary: string | null;
  /** The server's name in policy and journal; null where the policy says it. */
  readonly serverName: string | null;
  readonly agent: string;
  /** The operator named the agent of this sidecar: callers over HTTP need no credential. */
  readonly isAgentNamed: boolean;
  readonly state: string;
  readonly durability: 'full' | 'normal';
  readonly holdMs: number;
  readonly logLevel: LogLevel;
  readonly server: ServerOptions;
  readonly client: { readonly kind: 'stdio' } | ListenOptions;
  readonly identity: IdentityOptions;
  readonly limits: LimitOptions;
  readonly approvals: ApprovalOptions;
  readonly console: ConsoleOptions;
  /** Null where nothing is said in OPA's words. */
  readonly opa: OpaSettings | null;
}

export interface ApprovalOptions extends ApprovalLimits {
  readonly webhook: WebhookSettings | null;
}

export const DEFAULT_APPROVALS: ApprovalLimits = { useWithinMs: 10 * 60_000, waitingPerAgent: 20 };

export interface ConsoleOptions {
  /** Where it listens beside the proxy; null where none runs here. */
  readonly address: Address | null;
  /** As people see it; null where nothing is said. */
  readonly url: URL | null;
}

export type ServerOptions =
  | { readonly kind: 'command'; readonly command: readonly [string, ...string[]] }
  | UpstreamServer;

export interface UpstreamServer {
  readonly kind: 'upstream';
  readonly url: URL;
  readonly headers: readonly Header[];
}

export interface ListenOptions extends Address {
  readonly kind: 'listen';
  readonly path: string;
  readonly publicUrl: URL | null;
  /** Every caller must send it; null where none is asked for. */
  readonly token: string | null;
  readonly allowedHosts: readonly string[];
  readonly allowedOrigins: readonly string[];
}

export interface IdentityOptions {
  /** Every caller must prove who it is, whatever the policy says. */
  readonly isRequired: boolean;
  readonly jwt: JwtSettings | null;
}

export interface LimitOptions {
  readonly bodyBytes: number;
  readonly headerBytes: number;
  readonly connections: number;
  readonly sessions: number;
  readonly sessionIdleMs: number;
}

/** Throws `CliError` or `ConfigProblems` that say what is missing or wrong. */
export async function readSidecarOptions(
  flags: SidecarFlags,
  serverCommand: readonly string[],
): Promise<SidecarOptions> {
  const config = flags.config === undefined ? {} : await readConfigFile(flags.config);
  const given = readFlags(flags, serverCommand);
  const settings: Settings = { ...withoutOther(config, given), ...given };
  checkPolicySource(settings);
  requireBundles(settings.verification, settings.policy ?? []);
  const client = clientOptions(settings);
  return {
    policies: settings.policy ?? [],
    verification: verificationOf(settings),
    opaBinary: settings.opaBinary ?? null,
    serverName: settings.server ?? null,
    agent: settings.agent ?? ANONYMOUS,
    isAgentNamed: settings.agent !== undefined,
    state: settings.state ?? defaultStateFile(),
    durability: settings.durability ?? 'full',
    holdMs: settings.holdMs ?? 45_000,
    logLevel: settings.logLevel ?? 'info',
    server: serverOptions(settings),
    client,
    identity: { isRequired: settings.isIdentityRequired ?? false, jwt: settings.jwt ?? null },
    limits: {
      bodyBytes: settings.bodyBytes ?? 64 * 1024 ** 2,
      headerBytes: settings.headerBytes ?? 16 * 1024,
      connections: settings.connections ?? 1000,
      sessions: settings.sessions ?? 1000,
      sessionIdleMs: settings.sessionIdleMs ?? 30 * 60_000,
    },
    approvals: {
      useWithinMs: settings.useWithinMs ?? DEFAULT_APPROVALS.useWithinMs,
      waitingPerAgent: settings.waitingPerAgent ?? DEFAULT_APPROVALS.waitingPerAgent,
      webhook: settings.webhook ?? null,
    },
    console: consoleOptions(settings),
    opa: settings.opa ?? null,
  };
}

/** A bundle may come later, so that it cannot say which server the sidecar stands in front of. */
function checkPolicySource({ policy, opa, server, verification }: Settings): void {
  const bundle = opa?.bundle ?? null;
  if (policy === undefined && bundle === null)
    throw new CliError('no policy was given; say which with -c POLICY');
  if (policy !== undefined && bundle !== null) {
    throw new CliError(
      `the policy was given twice: as a file, and as the bundle ${bundle.name} in the config file; take one of them`,
    );
  }
  if (bundle !== null && verification !== undefined)
    throw new CliError(
      '--verification-key is for -c BUNDLE; of a bundle server, keys and signing in the config file say it',
    );
  if (bundle !== null && server === undefined) {
    throw new CliError(
      'the policy comes from a bundle server: say which MCP server this is, with server in the config file or --server',
    );
  }
}

function consoleOptions(settings: Settings): ConsoleOptions {
  const { console: address = null, consoleUrl: url = null } = settings;
  const exposure = address === null ? null : findExposure(address.host, url);
  if (exposure !== null) throw new CliError(exposure);
  return { address, url };
}

async function readConfigFile(file: string): Promise<Settings> {
  const text = await readFile(file, 'utf8').catch((cause: unknown) => {
    throw new CliError(`the config file ${file} cannot be read: ${whyUnreadable(cause)}`, { cause });
  });
  const { settings, diagnostics } = readConfig(file, text);
  if (diagnostics.length > 0) throw new ConfigProblems(diagnostics);
  return settings;
}

/** A flag that names one kind of server wins over the file's other kind. */
function withoutOther(config: Settings, { command, upstream }: Settings): Settings {
  const { command: fileCommand, upstream: fileUpstream, headers, ...rest } = config;
  if (command !== undefined) return rest;
  if (upstream !== undefined) return { ...rest, ...(headers === undefined ? {} : { headers }) };
  return config;
}

/** Keys say that bundles are signed. A policy in YAML bears no signature, and needs none. */
function verificationOf({ verification, keys, signing }: Settings): Verification | null {
  if (verification !== undefined) return verification;
  const { keyId = '', scope = '', excludeFiles = [] } = signing ?? {};
  if (keys === undefined || Object.keys(keys).length === 0) {
    if (signing === undefined) return null;
    throw new CliError('signing in regent.yaml needs keys to verify with; say them under keys');
  }
  if (keyId !== '' && !Object.hasOwn(keys, keyId))
    throw new CliError(`signing.keyid in regent.yaml is ${JSON.stringify(keyId)}, and keys has no such key`);
  return { keys, keyId, scope, excludeFiles };
}

/** Throws `CliError` where no server is named, or two are. */
export function serverOptions({ command: words = [], upstream, headers = [] }: Settings): ServerOptions {
  const [command, ...args] = words;
  if (command !== undefined && upstream !== undefined) {
    throw new CliError('both a command and --upstream were given; there is one server, so keep one of them');
  }
  if (upstream !== undefined) return { kind: 'upstream', url: upstream, headers };
  if (command === undefined) {
    throw new CliError(
      'no server was given; put its command after --, such as: regent -c policy.yaml -- npx -y @some/mcp-server; or name its URL with --upstream',
    );
  }
  if (headers.length > 0) throw new CliError('--header is for a server behind --upstream');
  return { kind: 'command', command: [command, ...args] };
}

function clientOptions(settings: Settings): SidecarOptions['client'] {
  const { listen, path, publicUrl, token, allowedHosts = [], allowedOrigins = [] } = settings;
  if (listen === undefined) {
    if (token !== undefined || publicUrl !== undefined || path !== undefined) {
      throw new CliError(
        '--path, --token-file and --public-url are for a sidecar that listens; add --listen HOST:PORT',
      );
    }
    return { kind: 'stdio' };
  }
  if (token !== undefined && (settings.isIdentityRequired === true || settings.jwt !== undefined)) {
    throw new CliError(
      '--token-file names nobody, and identity in regent.yaml asks everybody for a name; take one of them',
    );
  }
  const provesCallers =
    token !== undefined || settings.isIdentityRequired === true || settings.jwt !== undefined;
  if (!isLoopback(listen.host) && !provesCallers) {
    throw new CliError(
      `${listen.host} can be reached from other machines: say with --token-file, or with identity in regent.yaml, how callers prove themselves`,
    );
  }
  return {
    kind: 'listen',
    ...listen,
    path: path ?? '/mcp',
    publicUrl: publicUrl ?? null,
    token: token ?? null,
    allowedHosts: publicUrl === undefined ? allowedHosts : [...allowedHosts, publicUrl.hostname],
    allowedOrigins,
  };
}

function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || host.startsWith('127.');
}
