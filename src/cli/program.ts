// The command line as `regent --help` shows it. Each command's code is loaded when it is asked for: starting the
// sidecar must not pay for the compiler.
import { Command } from 'commander';
import { printOut } from './print-out.ts';
import { addAgents, addApprovals, addApprovers, addConsole, addJournal } from './program/people-commands.ts';
import {
  addCompile,
  addEval,
  addInspect,
  addScan,
  addTest,
  addValidate,
  addVerify,
} from './program/policy-commands.ts';
import { addSidecar } from './program/sidecar-command-line.ts';
import { readVersion } from './version.ts';

const EXAMPLES = `
Examples:
  regent scan -o policy.yaml -- npx -y @some/mcp-server    write a policy to start from
  regent validate -c policy.yaml                           find its problems
  regent -c policy.yaml -- npx -y @some/mcp-server         stand in front of the server
  regent journal --outcome deny --since 1h                 see what was denied

In an MCP client's configuration, put regent -c policy.yaml -- before the server's command.
Exit codes: 0 fine, 1 a check found problems, 2 the command could not be carried out;
the sidecar ends with the server's own exit code where the server ended first.`;

/** `serverCommand` is what stood after \`--\`. */
export function createProgram(serverCommand: readonly string[]): Command {
  const program = new Command('regent');
  program
    .description('Policy sidecar for MCP: allows, denies or holds every tool call before the server sees it.')
    .usage(
      '-c POLICY [-c POLICY…] [options] -- CMD [ARGS…]\n       regent -c POLICY [options] --upstream URL\n       regent COMMAND [options]',
    )
    .version(readVersion(), '-V, --version', 'print the version')
    .helpOption('-h, --help', 'print this help')
    .helpCommand('help [command]', 'print the help of a command')
    .enablePositionalOptions()
    // Whoever forgets the -- is told so, and not that the server's options are none of regent's.
    .passThroughOptions()
    .addHelpText('after', EXAMPLES)
    .configureOutput({ writeOut: printOut })
    .exitOverride();
  addSidecar(program, serverCommand);
  addValidate(program);
  addCompile(program);
  addEval(program);
  addInspect(program);
  addVerify(program);
  addTest(program);
  addJournal(program);
  addScan(program, serverCommand);
  addAgents(program);
  addApprovals(program);
  addApprovers(program);
  addConsole(program);
  nameHelp(program, 'regent');
  // Commands take this over when they are added; only here is a word too many told of as an unknown command.
  program.allowExcessArguments();
  return program;
}

/** What an error of the command line ends with, for the command and all below it. */
function nameHelp(command: Command, words: string): void {
  command.showHelpAfterError(`(${words} --help shows all options)`);
  for (const below of command.commands) nameHelp(below, `${words} ${below.name()}`);
}
