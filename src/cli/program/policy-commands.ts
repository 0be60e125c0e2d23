// Commands for people who write policies.
import { type Command, Option } from 'commander';
import { expandHome } from '../home.ts';
import { REPORT_FORMATS } from '../test/report/report-formats.ts';
import { addVerification, headerOption, opaOption, requirePolicy } from './options.ts';
import { withoutDashes } from './unknown-command.ts';

export function addValidate(program: Command): void {
  requirePolicy(program.command('validate'))
    .description('Print all problems of a policy as file:line:col; exit 0 or 1.')
    .option('--server <NAME>', "replaces the policy's own server name")
    .addOption(opaOption())
    .action(async (flags) => (await import('../commands/validate-command.ts')).validatePolicies(flags));
}

export function addCompile(program: Command): void {
  requirePolicy(program.command('compile'))
    .description('Compile policies into an OPA bundle: Rego, WebAssembly, data and manifest.')
    .option('-o, --output <FILE>', 'the bundle', 'bundle.tar.gz')
    .option('--rego <DIR>', 'also write the Rego as readable files')
    .option('--server <NAME>', "replaces the policy's own server name")
    .option(
      '--signing-key <FILE>',
      'sign the bundle with this private key in PEM (or secret), as opa build does',
    )
    .option('--signing-key-id <ID>', 'the name of that key (default: default)')
    .option('--signing-alg <ALG>', 'what it signs with, such as ES256 (default: RS256)')
    .option('--claims-file <FILE>', 'JSON with more to sign, such as a scope')
    .addOption(opaOption())
    .action(async (flags) => (await import('../commands/compile-command.ts')).compilePolicies(flags));
}

export function addInspect(program: Command): void {
  program
    .command('inspect')
    .description('Print what a bundle holds and what it says of itself, its signature included.')
    .argument('<BUNDLE>', 'a bundle.tar.gz, of Regent or of OPA')
    .option('--json', 'as one JSON object')
    .action(async (file, flags) => (await import('../commands/inspect-command.ts')).printBundle(file, flags));
}

export function addVerify(program: Command): void {
  const verify = program
    .command('verify')
    .description('Check the signature of a bundle as OPA does; exit 0 or 1.')
    .argument('<BUNDLE>', 'a bundle.tar.gz, of Regent or of OPA');
  addVerification(verify).action(async (file, flags) =>
    (await import('../commands/verify-command.ts')).verifyBundle(file, flags),
  );
}

export function addEval(program: Command): void {
  const command = requirePolicy(program.command('eval'))
    .description('Print the decision on one call as JSON, without a server. Charges nothing.')
    .requiredOption('--tool <NAME>', 'the tool that is called')
    .option('--arguments <JSON>', 'its arguments; - reads them from stdin', '{}')
    .option('--server <NAME>', "replaces the policy's own server name")
    .addOption(new Option('--agent <NAME>', 'who calls (default: anonymous)').env('REGENT_AGENT'))
    .option('--claims <JSON>', 'what agent.claims is, as the claims of a JWT', '{}')
    .option('--session <NAME>', 'the session of the call', 'eval')
    .option('--state <FILE>', 'judge with the counters of this state file (default: all at zero)', expandHome)
    .option('--at <TIME>', 'judge as at this time, such as 2026-11-22T15:04:00Z (default: now)')
    .addOption(opaOption());
  addVerification(command).action(async (flags) =>
    (await import('../commands/eval-command.ts')).evalCall(flags),
  );
}

export function addTest(program: Command): void {
  program
    .command('test')
    .description('Run the cases and Rego tests of policies; exit 0 or 1.')
    .argument('[PATH...]', 'folders, policies, cases files or _test.rego files', ['.'])
    .addOption(
      new Option('--format <FORMAT>', 'how it is told').choices([...REPORT_FORMATS]).default('pretty'),
    )
    .option('--run <REGEX>', 'only tests whose names it finds')
    .option('--coverage', 'tell which rules and which Rego the tests reach')
    .option('--threshold <PERCENT>', 'fail where fewer of the rules are exercised; tells coverage')
    .option('--emit-rego <DIR>', 'also write the cases as Rego tests for opa test')
    .option('--watch', 'run again whenever a file changes')
    .addOption(opaOption())
    .action(async (paths, flags) => (await import('../commands/test-command.ts')).testPolicies(paths, flags));
}

export function addScan(program: Command, serverCommand: readonly string[]): void {
  program
    .command('scan')
    .description('Ask a server for its tools and write a policy to start from.')
    .usage('[options] -- CMD [ARGS…]\n       regent scan [options] --upstream URL')
    .option('-o, --output <POLICY>', 'the file to write (default: stdout)')
    .option('--force', 'replace the file where it exists')
    .option('--upstream <URL>', 'the server is behind this URL (Streamable HTTP or SSE) instead of a command')
    .addOption(headerOption())
    .allowExcessArguments()
    .passThroughOptions()
    .action(async (flags, command: Command) => {
      if (command.args.length > 0) throw withoutDashes('regent scan', command.args);
      await (await import('../commands/scan-command.ts')).scanCommand(flags, serverCommand);
    });
}
