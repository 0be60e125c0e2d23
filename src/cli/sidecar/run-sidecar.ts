// The sidecar, from its settings to its end: between an agent and a server, each over stdio or HTTP.
import { openReports } from '../opa/open-reports.ts';
import type { SidecarOptions } from '../settings/sidecar-options.ts';
import { openBeside } from './open-beside.ts';
import { openGate } from './open-gate.ts';

/** The exit code: the server's own where it ended first. */
export async function runSidecar(options: SidecarOptions): Promise<number> {
  const open = await openGate(options);
  const beside = await openBeside(open, options);
  const reports = await openReports(open, options);
  const { client, ...rest } = options;
  let exitCode: number;
  if (client.kind === 'stdio') {
    const { runOverStdio } = await import('./run-over-stdio.ts');
    exitCode = await runOverStdio(open, rest);
  } else {
    const { runOverHttp } = await import('./run-over-http.ts');
    exitCode = await runOverHttp(open, { ...rest, client, metrics: reports.metrics });
  }
  await Promise.all([beside.close(), reports.close()]);
  await open.close();
  return exitCode;
}
