// `regent -c POLICY -- CMD`: reads the settings, runs the sidecar, ends as the server ended.
import type { SidecarFlags } from '../settings/read-flags.ts';
import { readSidecarOptions } from '../settings/sidecar-options.ts';
import { runSidecar } from './run-sidecar.ts';

export async function runSidecarCommand(
  flags: SidecarFlags,
  serverCommand: readonly string[],
): Promise<void> {
  // For people's terminals: a tool that shows its server's environment would give the agent an approver's rights.
  delete process.env.REGENT_APPROVER_TOKEN;
  const exitCode = await runSidecar(await readSidecarOptions(flags, serverCommand));
  // Timers and handles of a session that is over must not keep the process.
  process.exit(exitCode);
}
