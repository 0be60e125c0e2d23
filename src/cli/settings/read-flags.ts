// The sidecar's flags, as commander gives them, become settings.
import type { LogLevel } from '../../telemetry/log-levels.ts';
import { readVerification, type VerificationFlags } from '../bundles/read-verification.ts';
import { CliError } from '../cli-error.ts';
import { readTokenFile } from './read-secret.ts';
import {
  readAddress,
  readAgent,
  readDuration,
  readHeader,
  readPath,
  readUpstreamUrl,
  type TextReader,
} from './read-setting.ts';
import type { Settings } from './settings.ts';

/** Where a console listens that nothing else is said of. */
export const DEFAULT_CONSOLE = '127.0.0.1:8930';

export interface SidecarFlags extends VerificationFlags {
  readonly policy?: readonly string[];
  readonly server?: string;
  readonly agent?: string;
  readonly state?: string;
  readonly durability?: 'full' | 'normal';
  readonly hold?: string;
  readonly logLevel?: LogLevel;
  readonly config?: string;
  readonly upstream?: string;
  readonly header?: readonly string[];
  readonly listen?: string;
  readonly path?: string;
  readonly tokenFile?: string;
  readonly publicUrl?: string;
  readonly console?: string | true;
  readonly opa?: string;
}

/** Throws `CliError` with the first flag that is wrong. */
export function readFlags(flags: SidecarFlags, command: readonly string[]): Settings {
  const { policy, server, state, durability, logLevel, header } = flags;
  // An empty REGENT_AGENT names nobody, and an empty REGENT_OPA no binary.
  const agent = flags.agent === '' ? undefined : flags.agent;
  const opaBinary = flags.opa === '' ? undefined : flags.opa;
  const all: Record<string, unknown> = {
    policy,
    server,
    state,
    durability,
    logLevel,
    opaBinary,
    agent: readFlag('--agent', agent, readAgent),
    holdMs: readFlag('--hold', flags.hold, readDuration),
    upstream: readFlag('--upstream', flags.upstream, readUpstreamUrl),
    headers: header?.map((text) => readFlag('--header', text, readHeader)),
    listen: readFlag('--listen', flags.listen, readAddress),
    path: readFlag('--path', flags.path, readPath),
    token: readFlag('--token-file', flags.tokenFile, readTokenFile),
    publicUrl: readFlag('--public-url', flags.publicUrl, readUpstreamUrl),
    console: readFlag('--console', flags.console === true ? DEFAULT_CONSOLE : flags.console, readAddress),
    command: command.length > 0 ? command : undefined,
    verification: readVerification(flags) ?? undefined,
  };
  return Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined));
}

function readFlag<T>(name: string, text: string | undefined, read: TextReader<T>): T | undefined {
  if (text === undefined) return undefined;
  const result = read(text);
  if ('value' in result) return result.value;
  // What a header field holds may be a secret.
  const shown = name === '--header' ? (text.split(':')[0] ?? '') : text;
  throw new CliError(
    `${name}${result.isSecret === true ? '' : ` ${JSON.stringify(shown)}`} ${result.problem}`,
  );
}
