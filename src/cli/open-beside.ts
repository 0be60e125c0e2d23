// What runs beside a proxy, where settings ask for it: the console, and the webhook.
import { openConsole } from '../console/open-console.ts';
import { openRecoveringStore } from '../state/recovering-store.ts';
import { openSqliteStore } from '../state/sqlite-store.ts';
import { CliError } from './cli-error.ts';
import type { OpenGate } from './open-gate.ts';
import type { SidecarOptions } from './settings/sidecar-options.ts';

export interface Beside {
  close(): Promise<void>;
}

/** On a connection of its own: people who look never hold a call up. Rejects where the address cannot be taken. */
export async function openBeside(
  { gate, showConsoleAt }: OpenGate,
  options: SidecarOptions,
): Promise<Beside> {
  const { address, url } = options.console;
  if (address === null) return { close: async () => {} };
  const store = openRecoveringStore(({ mustExist }) =>
    openSqliteStore({ file: options.state, durability: options.durability, mustExist }),
  );
  const parts = { ...address, store, log: gate.log, now: gate.now, publicUrl: url, operator: null };
  const opened = await openConsole(parts).catch((cause: unknown) => {
    throw new CliError(`the console cannot listen on ${address.host}:${address.port}: ${String(cause)}`, {
      cause,
    });
  });
  showConsoleAt(opened.url);
  process.stderr.write(`console on ${opened.url.href}\n`);
  return {
    close: async () => {
      await opened.close();
      await store.close();
    },
  };
}
