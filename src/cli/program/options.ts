// Options that several commands share.
import { type Command, Option } from 'commander';
import { LOG_LEVELS } from '../../telemetry/log-levels.ts';
import { CliError } from '../cli-error.ts';
import { expandHome } from '../home.ts';

export const STATE = [
  '--state <FILE>',
  'the state file of the sidecar (default: ~/.regent/state.db)',
  expandHome,
] as const;

export function policyOption(): Option {
  return new Option('-c, --policy <FILE>', 'a policy; give it again for more').argParser(
    (file: string, previous: readonly string[] | undefined) => collect(expandHome(file), previous),
  );
}

/** Asks for a policy in the words that help whoever gave it without `-c`, or mistyped that. */
export function requirePolicy(command: Command): Command {
  return command
    .addOption(policyOption())
    .allowExcessArguments()
    .hook('preAction', (_, { args: [word] }) => {
      const isGiven = command.opts().policy !== undefined;
      if (isGiven && word === undefined) return;
      const what = isGiven ? `${JSON.stringify(word)} stands alone` : 'no policy was given';
      throw new CliError(`${what}; say which with -c: regent ${command.name()} -c ${word ?? 'policy.yaml'}`);
    });
}

export function logLevelOption(): Option {
  return new Option('--log-level <LEVEL>', 'what goes to stderr (default: info)').choices([...LOG_LEVELS]);
}

export function headerOption(): Option {
  return new Option(
    '--header <FIELD>',
    'header field for the upstream, such as "Authorization: Bearer …"; give it again for more',
  ).argParser(collect);
}

export function opaOption(): Option {
  return new Option('--opa <PATH>', 'an opa binary that builds and tests in place of the built-in one').env(
    'REGENT_OPA',
  );
}

/** How a bundle must be signed, in the words of `opa build` and `opa run`. */
export function addVerification(command: Command): Command {
  return command
    .option(
      '--verification-key <FILE>',
      'the public key in PEM (or the secret) that the bundle must be signed with',
      expandHome,
    )
    .option('--verification-key-id <ID>', 'the name of that key (default: default)')
    .option('--signing-alg <ALG>', 'what that key signs with, such as ES256 (default: RS256)')
    .option('--scope <SCOPE>', 'the scope that the signature must name')
    .addOption(
      new Option(
        '--exclude-files-verify <GLOB>',
        'files of the bundle that need not be signed; give it again for more',
      ).argParser(collect),
    );
}

/** For options that can be given again. */
export function collect(value: string, previous: readonly string[] | undefined): string[] {
  return [...(previous ?? []), value];
}
