// Reads regent.yaml: every flag of the sidecar can stand there, and nothing else.
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { LOG_LEVELS, type LogLevel } from '../telemetry/log-levels.ts';
import { CliError } from './cli-error.ts';

export interface ConfigFile {
  readonly policy?: readonly string[];
  readonly server?: string;
  readonly agent?: string;
  readonly state?: string;
  readonly durability?: 'full' | 'normal';
  readonly hold?: string;
  readonly logLevel?: LogLevel;
  /** The server's command and its arguments. */
  readonly command?: readonly string[];
}

type Reader = (value: unknown) => unknown;

const READERS: Readonly<Record<string, readonly [field: keyof ConfigFile, expected: string, read: Reader]>> =
  {
    policy: [
      'policy',
      'a file name or a list of them',
      (value) => readTexts(typeof value === 'string' ? [value] : value),
    ],
    server: ['server', 'a text', readText],
    agent: ['agent', 'a text', readText],
    state: ['state', 'a file name', readText],
    durability: [
      'durability',
      'full or normal',
      (value) => ['full', 'normal'].find((known) => known === value),
    ],
    hold: ['hold', 'a duration such as 45s', readText],
    log_level: ['logLevel', LOG_LEVELS.join(', '), (value) => LOG_LEVELS.find((known) => known === value)],
    command: ['command', "a list: the server's command and its arguments", readTexts],
  };

/** Relative file names in it are taken from its own folder. Throws `CliError` with the first thing that is wrong. */
export async function readConfigFile(file: string): Promise<ConfigFile> {
  const content = await parseYaml(file);
  const config: Record<string, unknown> = {};
  for (const [key, value] of Object.entries(content)) {
    const reader = READERS[key];
    if (reader === undefined) {
      throw new CliError(
        `${file}: ${JSON.stringify(key)} is not a key here; the keys are ${Object.keys(READERS).join(', ')}`,
      );
    }
    const [field, expected, read] = reader;
    const setting = read(value);
    if (setting === undefined) throw new CliError(`${file}: ${key} must be ${expected}`);
    config[field] = setting;
  }
  return withResolvedFiles(config, path.dirname(file));
}

async function parseYaml(file: string): Promise<object> {
  const text = await readFile(file, 'utf8').catch((cause: unknown) => {
    throw new CliError(`the config file ${file} cannot be read: ${String(cause)}`, { cause });
  });
  const { parseDocument } = await import('yaml');
  const document = parseDocument(text, { strict: true, uniqueKeys: true });
  const [problem] = document.errors;
  if (problem !== undefined) throw new CliError(`${file}: ${problem.message}`, { cause: problem });
  const content: unknown = document.toJS();
  if (typeof content !== 'object' || content === null || Array.isArray(content)) {
    throw new CliError(`${file}: must be a mapping of options, such as policy: policy.yaml`);
  }
  return content;
}

function withResolvedFiles(config: ConfigFile, folder: string): ConfigFile {
  return {
    ...config,
    ...(config.policy === undefined
      ? {}
      : { policy: config.policy.map((file) => path.resolve(folder, file)) }),
    ...(config.state === undefined ? {} : { state: path.resolve(folder, config.state) }),
  };
}

function readText(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}

function readTexts(value: unknown): readonly string[] | undefined {
  const isList = Array.isArray(value) && value.length > 0 && value.every((item) => typeof item === 'string');
  return isList ? (value as string[]) : undefined;
}
