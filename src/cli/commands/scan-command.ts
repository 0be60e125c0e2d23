// `regent scan`: hands the server that the command line names to the scan.
import { CliError } from '../cli-error.ts';
import { runScan } from '../scan/run-scan.ts';
import { readFlags } from '../settings/read-flags.ts';
import { serverOptions } from '../settings/sidecar-options.ts';

export interface ScanFlags {
  readonly output?: string;
  readonly force?: boolean;
  readonly upstream?: string;
  readonly header?: readonly string[];
}

export async function scanCommand(
  { output, force, ...flags }: ScanFlags,
  serverCommand: readonly string[],
): Promise<void> {
  if (serverCommand.length === 0 && flags.upstream === undefined) {
    throw new CliError(
      'no server was given; put its command after --, such as: regent scan -- npx -y @some/mcp-server; or name its URL with --upstream',
    );
  }
  const server = serverOptions(readFlags(flags, serverCommand));
  await runScan({ out: output ?? null, force: force ?? false, server });
}
