// `regent console`: serves the console on a state file, beside sidecars that run elsewhere on the machine.
import { findExposure } from '../../console/exposure.ts';
import { openConsole } from '../../console/open-console.ts';
import { openRecoveringStore } from '../../state/recovering-store.ts';
import { openSqliteStore } from '../../state/sqlite-store.ts';
import type { LogLevel } from '../../telemetry/log-levels.ts';
import { createLogger } from '../../telemetry/logger.ts';
import { CliError } from '../cli-error.ts';
import { defaultStateFile } from '../home.ts';
import { DEFAULT_CONSOLE } from '../settings/read-flags.ts';
import { readAddress, readOtherUrl, type TextReader } from '../settings/read-setting.ts';
import { nextSignal } from '../sidecar/stop-signals.ts';
import { localPerson } from './local-person.ts';

export interface ConsoleFlags {
  readonly listen?: string;
  readonly publicUrl?: string;
  readonly state?: string;
  readonly logLevel?: LogLevel;
}

/** Runs until a signal asks it to end. */
export async function serveConsole(flags: ConsoleFlags): Promise<void> {
  const file = flags.state ?? defaultStateFile();
  const address = read('--listen', flags.listen ?? DEFAULT_CONSOLE, readAddress);
  const publicUrl =
    flags.publicUrl === undefined ? null : read('--public-url', flags.publicUrl, readOtherUrl);
  const exposure = findExposure(address.host, publicUrl);
  if (exposure !== null) throw new CliError(exposure);
  const store = openRecoveringStore(({ mustExist }) =>
    openSqliteStore({ file, durability: 'full', mustExist }),
  );
  await store.read([]);
  const log = createLogger(flags.logLevel ?? 'info');
  const operator = localPerson();
  const console = await openConsole({ ...address, store, log, now: Date.now, publicUrl, operator }).catch(
    (cause: unknown) => {
      throw new CliError(`the console cannot listen on ${address.host}:${address.port}: ${String(cause)}`, {
        cause,
      });
    },
  );
  process.stderr.write(
    `console on ${console.url.href}\n` +
      `sign in once as ${operator.name}: ${console.url.href}sign-in#code=${console.code ?? ''}\n` +
      'others sign in with a token: regent approvers add NAME\n',
  );
  await nextSignal();
  await console.close();
  await store.close();
}

function read<T>(flag: string, text: string, reader: TextReader<T>): T {
  const result = reader(text);
  if ('value' in result) return result.value;
  throw new CliError(`${flag} ${JSON.stringify(text)} ${result.problem}`);
}
