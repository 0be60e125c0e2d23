// `regent -c POLICY -- CMD`: reads the settings, runs the sidecar, ends as the server ended.
import { runSidecar } from './run-sidecar.ts';
import type { SidecarFlags } from './settings/read-flags.ts';
import { readSidecarOptions } from './settings/sidecar-options.ts';

export async function runSidecarCommand(
  flags: SidecarFlags,
  serverCommand: readonly string[],
): Promise<void> {
  const exitCode = await runSidecar(await readSidecarOptions(flags, serverCommand));
  // Timers and handles of a session that is over must not keep the process.
  process.exit(exitCode);
}
