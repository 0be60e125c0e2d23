// The sidecar, from its settings to its end: between an agent and a server, each over stdio or HTTP.

import { openReports } from './opa/open-reports.ts';
import { openBeside } from './open-beside.ts';
import { openGate } from './open-gate.ts';
import { runOverHttp } from './run-over-http.ts';
import { runOverStdio } from './run-over-stdio.ts';
import type { SidecarOptions } from './settings/sidecar-options.ts';

/** The exit code: the server's own where it ended first. */
export async function runSidecar(options: SidecarOptions): Promise<number> {
  const open = await openGate(options);
  const beside = await openBeside(open, options);
  const reports = await openReports(open, options);
  const { client, ...rest } = options;
  const exitCode =
    client.kind === 'stdio'
      ? await runOverStdio(open, rest)
      : await runOverHttp(open, { ...rest, client, metrics: reports.metrics });
  await Promise.all([beside.close(), reports.close()]);
  await open.close();
  return exitCode;
}
