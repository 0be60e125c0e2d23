// The command without a name: the sidecar.
import { type Command, Option } from 'commander';
import { expandHome } from '../home.ts';
import type { SidecarFlags } from '../settings/read-flags.ts';
import { addVerification, headerOption, logLevelOption, opaOption, policyOption } from './options.ts';
import { unknownCommand, withoutDashes } from './unknown-command.ts';

/** `serverCommand` is what stood after `--`. */
export function addSidecar(program: Command, serverCommand: readonly string[]): void {
  addVerification(program.addOption(policyOption()))
    .option('--server <NAME>', "name of the MCP server; replaces the policy's own")
    .addOption(
      new Option('--agent <NAME>', 'who calls, in rules, counters and journal (default: anonymous)').env(
        'REGENT_AGENT',
      ),
    )
    .option('--state <FILE>', 'counters and journal (default: ~/.regent/state.db)', expandHome)
    .addOption(
      new Option(
        '--durability <MODE>',
        'full survives power loss, normal the death of the process (default: full)',
      ).choices(['full', 'normal']),
    )
    .option(
      '--hold <DURATION>',
      'the longest that a call waits inline for humans; then it is told to come again (default: 45s)',
    )
    .addOption(logLevelOption())
    .option('--upstream <URL>', 'the server is behind this URL (Streamable HTTP or SSE) instead of a command')
    .addOption(headerOption())
    .option('--listen <HOST:PORT>', 'listen for agents over HTTP instead of stdio; port 0 takes a free one')
    .option('--path <PATH>', 'the endpoint of --listen (default: /mcp)')
    .option(
      '--token-file <FILE>',
      'holds the bearer token that every caller of --listen must send',
      expandHome,
    )
    .option(
      '--public-url <URL>',
      "the endpoint's URL as clients see it; serves OAuth resource metadata for it",
    )
    .option(
      '--console [HOST:PORT]',
      'serve the console beside the proxy, for people who approve calls (default: 127.0.0.1:8930)',
    )
    .addOption(opaOption())
    .option('--config <FILE>', 'regent.yaml with these options and more; a flag wins', expandHome)
    .action(async (flags: SidecarFlags) => {
      const [word] = program.args;
      if (word !== undefined) {
        const isMeant = (flags.policy ?? flags.config) !== undefined && serverCommand.length === 0;
        throw isMeant ? withoutDashes('regent', program.args) : await unknownCommand(program, word);
      }
      const { runSidecarCommand } = await import('../sidecar/sidecar-command.ts');
      await runSidecarCommand(flags, serverCommand);
    });
}
