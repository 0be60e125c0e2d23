// The sidecar's settings: flags over the config file over defaults, each checked.
import { parseDuration } from '../../compiler/model/parse-duration.ts';
import type { LogLevel } from '../telemetry/log-levels.ts';
import { CliError } from './cli-error.ts';
import { readConfigFile } from './config-file.ts';
import { defaultStateFile } from './home.ts';

/** As commander and the config file give them. */
export interface SidecarFlags {
  readonly policy?: readonly string[];
  readonly server?: string;
  readonly agent?: string;
  readonly state?: string;
  readonly durability?: 'full' | 'normal';
  readonly hold?: string;
  readonly logLevel?: LogLevel;
  readonly config?: string;
}

export interface SidecarOptions {
  readonly policies: readonly string[];
  readonly server: string | null;
  readonly agent: string;
  readonly state: string;
  readonly durability: 'full' | 'normal';
  readonly holdMs: number;
  readonly logLevel: LogLevel;
  readonly command: readonly [string, ...string[]];
}

const DEFAULT_HOLD = '45s';

/** Throws `CliError` that says what is missing or wrong. */
export async function readSidecarOptions(
  flags: SidecarFlags,
  serverCommand: readonly string[],
): Promise<SidecarOptions> {
  const config = flags.config === undefined ? {} : await readConfigFile(flags.config);
  const settings = { ...config, ...flags };
  const [command, ...args] = serverCommand.length > 0 ? serverCommand : (config.command ?? []);
  if (settings.policy === undefined) throw new CliError('no policy was given; say which with -c POLICY');
  if (command === undefined) {
    throw new CliError(
      'no server was given; put its command after --, such as: regent -c policy.yaml -- npx -y @some/mcp-server',
    );
  }
  return {
    policies: settings.policy,
    server: settings.server ?? null,
    agent: readAgent(settings.agent),
    state: settings.state ?? defaultStateFile(),
    durability: settings.durability ?? 'full',
    holdMs: readHold(settings.hold ?? DEFAULT_HOLD),
    logLevel: settings.logLevel ?? 'info',
    command: [command, ...args],
  };
}

function readAgent(agent: string | undefined): string {
  if (agent === undefined || agent === '') return 'anonymous';
  if (/\p{Cc}/u.test(agent) || agent.length > 128) {
    throw new CliError('--agent must be 1 to 128 characters without control characters');
  }
  return agent;
}

function readHold(text: string): number {
  const holdMs = parseDuration(text);
  if (holdMs === null)
    throw new CliError(`--hold ${JSON.stringify(text)} is not a duration; write it as 45s or 2m`);
  return holdMs;
}
