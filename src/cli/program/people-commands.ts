// Commands for people who run sidecars and answer requests.
import { type Command, Option } from 'commander';
import { expandHome } from '../home.ts';
import { collect, logLevelOption, STATE } from './options.ts';
import { refuseWords } from './unknown-command.ts';

export function addJournal(program: Command): void {
  program
    .command('journal')
    .description('Print who called what, when, and what was decided by which rule.')
    .option('--state <FILE>', 'the state file to read (default: ~/.regent/state.db)', expandHome)
    .option('--tool <GLOB>', 'only these tools')
    .option('--agent <NAME>', 'only this agent')
    .addOption(
      new Option('--outcome <OUTCOME>', 'only this outcome').choices(['allow', 'deny', 'require_approval']),
    )
    .option('--since <TIME>', 'only from then on: 15m, 24h, 7d or 2026-11-22T15:04:00Z')
    .option('--json', 'one JSON object a line, with the input and output of each decision')
    .option('--follow', 'go on printing what is decided')
    .action(async (flags) => (await import('../commands/journal-command.ts')).printJournal(flags));
}

export function addAgents(program: Command): void {
  const agents = program
    .command('agents')
    .description('Tokens by which agents over HTTP are known.')
    .hook('preAction', refuseWords);
  agents
    .command('add')
    .description('Make a bearer token for an agent; it is shown once.')
    .argument('<NAME>', "the agent's name in policies")
    .option(...STATE)
    .action(async (name, flags) => (await import('../commands/agents-command.ts')).addAgent(name, flags));
  agents
    .command('list', { isDefault: true })
    .allowExcessArguments()
    .description('Print the agents that have tokens (the default).')
    .option(...STATE)
    .option('--json', 'one JSON object a line')
    .action(async (flags) => (await import('../commands/agents-command.ts')).listAgents(flags));
  agents
    .command('remove')
    .description("Revoke an agent's tokens.")
    .argument('<NAME>', "the agent's name")
    .option(...STATE)
    .option('--token <ID>', 'only the token of this id')
    .action(async (name, flags) => (await import('../commands/agents-command.ts')).removeAgent(name, flags));
}

export function addApprovals(program: Command): void {
  const approvals = program
    .command('approvals')
    .description('Requests to let a call through: what waits, and your answer.')
    .hook('preAction', refuseWords)
    .addHelpText(
      'after',
      '\nYou answer as the user of this machine, or as the approver of the token in REGENT_APPROVER_TOKEN.',
    );
  const load = () => import('../commands/approvals-command.ts');
  approvals
    .command('list', { isDefault: true })
    .allowExcessArguments()
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
  approvals
    .command('deliveries')
    .description('Print what the webhook was told, and what came of it: the newest 200.')
    .option(...STATE)
    .option('--json', 'one JSON object a line')
    .action(async (flags) => (await import('../commands/deliveries-command.ts')).listDeliveries(flags));
}

export function addApprovers(program: Command): void {
  const approvers = program
    .command('approvers')
    .description('People who may approve calls, and their tokens.')
    .hook('preAction', refuseWords);
  const load = () => import('../commands/approvers-command.ts');
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
    .allowExcessArguments()
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

export function addConsole(program: Command): void {
  program
    .command('console')
    .description('Serve pages for people who approve calls: what waits, decisions, limits.')
    .option('--listen <HOST:PORT>', 'where it listens; port 0 takes a free one (default: 127.0.0.1:8930)')
    .option('--public-url <URL>', 'as people see it, where a proxy stands before it')
    .option(...STATE)
    .addOption(logLevelOption())
    .action(async (flags) => (await import('../commands/console-command.ts')).serveConsole(flags));
}
