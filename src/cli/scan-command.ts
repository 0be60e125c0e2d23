// `regent scan -- CMD`: hands the command line to the scan.
import { CliError } from './cli-error.ts';
import { runScan } from './scan/run-scan.ts';

export interface ScanFlags {
  readonly output?: string;
  readonly force?: boolean;
}

export async function scanCommand(flags: ScanFlags, serverCommand: readonly string[]): Promise<void> {
  const [command, ...args] = serverCommand;
  if (command === undefined) {
    throw new CliError(
      'no server was given; put its command after --, such as: regent scan -- npx -y @some/mcp-server',
    );
  }
  await runScan({ out: flags.output ?? null, force: flags.force ?? false, command, args });
}
