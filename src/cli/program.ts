// The command line as `regent --help` shows it. Each command's code is loaded when it is asked for: starting the
// sidecar must not pay for the compiler.
import { Command, Option } from 'commander';
import { LOG_LEVELS } from '../telemetry/log-levels.ts';
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
    .showHelpAfterError('(regent --help shows all options)')
    .addHelpText('after', EXAMPLES)
    .exitOverride();
  addSidecar(program, serverCommand);
  addValidate(program);
  addCompile(program);
  addEval(program);
  addJournal(program);
  addScan(program, serverCommand);
  addAgents(program);
  addApprovals(program);
  addApprovers(program);
  addConsole(program);
  return program;
}

function addSidecar(program: Command, serverCommand: readonly string[]): void {
  program
    .addOption(policyOption())
    .option('--server <NAME>', "name of the MCP server; replaces the policy's own")
    .addOption(
      new Option('--agent <NAME>', 'who calls, in rules, counters and journal (default: anonymous)').env(
        'REGENT_AGENT',
      ),
    )
    .option('--state <FILE>', 'counters and journal (default: ~/.regent/state.db)')
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
    .addOption(
      new Option('--log-level <LEVEL>', 'what goes to stderr (default: info)').choices([...LOG_LEVELS]),
    )
    .option('--upstream <URL>', 'the server is behind this URL (Streamable HTTP or SSE) instead of a command')
    .addOption(
      new Option(
        '--header <FIELD>',
        'header field for the upstream, such as "Authorization: Bearer …"; give it again for more',
      ).argParser(collect),
    )
    .option('--listen <HOST:PORT>', 'listen for agents over HTTP instead of stdio; port 0 takes a free one')
    .option('--path <PATH>', 'the endpoint of --listen (default: /mcp)')
    .option('--token-file <FILE>', 'holds the bearer token that every caller of --listen must send')
    .option(
      '--public-url <URL>',
      "the endpoint's URL as clients see it; serves OAuth resource metadata for it",
    )
    .option(
      '--console [HOST:PORT]',
      'serve the console beside the proxy, for people who approve calls (default: 127.0.0.1:8930)',
    )
    .option('--config <FILE>', 'regent.yaml with these options and more; a flag wins')
    .action(async (flags: object) => {
      const { runSidecarCommand } = await import('./sidecar-command.ts');
      await runSidecarCommand(flags, serverCommand);
    });
}

function addValidate(program: Command): void {
  program
    .command('validate')
    .description('Print all problems of a policy as file:line:col; exit 0 or 1.')
    .addOption(requiredPolicy())
    .option('--server <NAME>', "replaces the policy's own server name")
    .action(async (flags) => (await import('./validate-command.ts')).validatePolicies(flags));
}

function addCompile(program: Command): void {
  program
    .command('compile')
    .description('Compile policies into an OPA bundle: Rego, WebAssembly, data and manifest.')
    .addOption(requiredPolicy())
    .option('-o, --output <FILE>', 'the bundle', 'bundle.tar.gz')
    .option('--rego <DIR>', 'also write the Rego as readable files')
    .option('--server <NAME>', "replaces the policy's own server name")
    .action(async (flags) => (await import('./compile-command.ts')).compilePolicies(flags));
}

function addEval(program: Command): void {
  program
    .command('eval')
    .description('Print the decision on one call as JSON, without a server. Charges nothing.')
    .addOption(requiredPolicy())
    .requiredOption('--tool <NAME>', 'the tool that is called')
    .option('--arguments <JSON>', 'its arguments; - reads them from stdin', '{}')
    .option('--server <NAME>', "replaces the policy's own server name")
    .addOption(new Option('--agent <NAME>', 'who calls (default: anonymous)').env('REGENT_AGENT'))
    .option('--session <NAME>', 'the session of the call', 'eval')
    .option('--state <FILE>', 'judge with the counters of this state file (default: all at zero)')
    .option('--at <TIME>', 'judge as at this time, such as 2026-11-22T15:04:00Z (default: now)')
    .action(async (flags) => (await import('./eval-command.ts')).evalCall(flags));
}

function addJournal(program: Command): void {
  program
    .command('journal')
    .description('Print who called what, when, and what was decided by which rule.')
    .option('--state <FILE>', 'the state file to read (default: ~/.regent/state.db)')
    .option('--tool <GLOB>', 'only these tools')
    .option('--agent <NAME>', 'only this agent')
    .addOption(
      new Option('--outcome <OUTCOME>', 'only this outcome').choices(['allow', 'deny', 'require_approval']),
    )
    .option('--since <TIME>', 'only from then on: 15m, 24h, 7d or 2026-11-22T15:04:00Z')
    .option('--json', 'one JSON object a line, with the input and output of each decision')
    .option('--follow', 'go on printing what is decided')
    .action(async (flags) => (await import('./journal-command.ts')).printJournal(flags));
}

function addScan(program: Command, serverCommand: readonly string[]): void {
  program
    .command('scan')
    .description('Ask a server for its tools and write a policy to start from.')
    .usage('[-o POLICY] [--force] -- CMD [ARGS…]')
    .option('-o, --output <POLICY>', 'the file to write (default: stdout)')
    .option('--force', 'replace the file where it exists')
    .action(async (flags) => (await import('./scan-command.ts')).scanCommand(flags, serverCommand));
}

function addAgents(program: Command): void {
  const agents = program.command('agents').description('Tokens by which agents over HTTP are known.');
  agents
    .command('add')
    .description('Make a bearer token for an agent; it is shown once.')
    .argument('<NAME>', "the agent's name in policies")
    .option(...STATE)
    .action(async (name, flags) => (await import('./agents-command.ts')).addAgent(name, flags));
  agents
    .command('list', { isDefault: true })
    .description('Print the agents that have tokens (the default).')
    .option(...STATE)
    .option('--json', 'one JSON object a line')
    .action(async (flags) => (await import('./agents-command.ts')).listAgents(flags));
  agents
    .command('remove')
    .description("Revoke an agent's tokens.")
    .argument('<NAME>', "the agent's name")
    .option(...STATE)
    .option('--token <ID>', 'only the token of this id')
    .action(async (name, flags) => (await import('./agents-command.ts')).removeAgent(name, flags));
}

const STATE = ['--state <FILE>', 'the state file of the sidecar (default: ~/.regent/state.db)'] as const;

function addApprovals(program: Command): void {
  const approvals = program
    .command('approvals')
    .description('Requests to let a call through: what waits, and your answer.')
    .addHelpText(
      'after',
      '\nYou answer as the user of this machine, or as the approver of the token in REGENT_APPROVER_TOKEN.',
    );
  const load = () => import('./approvals-command.ts');
  approvals
    .command('list', { isDefault: true })
    .description('Print what waits for people, or was approved and not used yet (the default).')
    .option(...STATE)
    .option('--all', 'also those that have ended')
    .option('--watch', 'go on printing requests as they come and change')
    .option('--json', 'one JSON object a line')
    .action(async (flags) => (await load()).listApprovals(flags));
  approvals
    .command('show')
    .description('Print one request: the exact arguments, its rule, its counters, its steps.')
    .argument('<ID>', 'of the request')
    .option(...STATE)
    .option('--json', 'as one JSON object')
    .action(async (id, flags) => (await load()).showApproval(id, flags));
  for (const [name, verdict, what] of [
    ['approve', 'approve', 'Let the call through, once.'],
    ['deny', 'reject', 'Reject it; also where it is approved, as long as the call was not sent.'],
  ] as const) {
    approvals
      .command(name)
      .description(what)
      .argument('<ID>', 'of the request')
      .option(...STATE)
      .option('--reason <TEXT>', 'why; on a rejection the agent is told')
      .option('--json', 'print the request as one JSON object')
      .action(async (id, flags) => (await load()).answerRequest(verdict, id, flags));
  }
}

function addApprovers(program: Command): void {
  const approvers = program
    .command('approvers')
    .description('People who may approve calls, and their tokens.');
  const load = () => import('./approvers-command.ts');
  approvers
    .command('add')
    .description('Make a token for a person; it is shown once.')
    .argument('<NAME>', 'who they are, in requests and journal')
    .addOption(
      new Option(
        '--owner-of <AGENT>',
        'an agent (or glob) of theirs, whose calls they cannot approve',
      ).argParser(collect),
    )
    .option(...STATE)
    .action(async (name, flags) => (await load()).addApprover(name, flags));
  approvers
    .command('list', { isDefault: true })
    .description('Print who may approve (the default).')
    .option(...STATE)
    .option('--json', 'one JSON object a line')
    .action(async (flags) => (await load()).listApprovers(flags));
  approvers
    .command('remove')
    .description("Revoke a person's tokens.")
    .argument('<NAME>', 'of the person')
    .option(...STATE)
    .action(async (name, flags) => (await load()).removeApprover(name, flags));
}

function addConsole(program: Command): void {
  program
    .command('console')
    .description('Serve pages for people who approve calls: what waits, decisions, limits.')
    .option('--listen <HOST:PORT>', 'where it listens; port 0 takes a free one (default: 127.0.0.1:8930)')
    .option('--public-url <URL>', 'as people see it, where a proxy stands before it')
    .option(...STATE)
    .addOption(
      new Option('--log-level <LEVEL>', 'what goes to stderr (default: info)').choices([...LOG_LEVELS]),
    )
    .action(async (flags) => (await import('./console-command.ts')).serveConsole(flags));
}

function policyOption(): Option {
  return new Option('-c, --policy <FILE>', 'a policy; give it again for more').argParser(collect);
}

function requiredPolicy(): Option {
  return policyOption().makeOptionMandatory();
}

function collect(value: string, previous: readonly string[] | undefined): string[] {
  return [...(previous ?? []), value];
}
