// What is said to words that stand where a command is expected, or nothing.
import type { Command } from 'commander';
import { CliError } from '../cli-error.ts';

/** Commands of a group are looked for without its name, and policies are given without `-c`. */
export async function unknownCommand(program: Command, word: string): Promise<CliError> {
  const grouped = program.commands
    .filter((group) => group.commands.some((command) => command.name() === word))
    .map((group) => `regent ${group.name()} ${word}`);
  const nearest = grouped.length > 0 ? undefined : await nearestCommand(program, word);
  const meant = nearest === undefined ? grouped : [`regent ${nearest}`];
  const advice =
    meant.length > 0
      ? `did you mean ${meant.join(' or ')}?`
      : 'regent --help shows all of them; a policy is given with -c FILE';
  return new CliError(`there is no command ${JSON.stringify(word)}; ${advice}`);
}

/** A group runs its `list` where no command of it is named, and so for a mistyped name too. */
export async function refuseWords(group: Command, command: Command): Promise<void> {
  const [word] = command.args;
  if (command.name() !== 'list' || word === undefined) return;
  const name = `regent ${group.name()}`;
  if (group.args[0] === 'list')
    throw new CliError(`${name} list takes no words such as ${JSON.stringify(word)}`);
  const nearest = await nearestCommand(group, word);
  const advice =
    nearest === undefined ? `${name} --help shows all of them` : `did you mean ${name} ${nearest}?`;
  throw new CliError(`there is no command ${JSON.stringify(`${group.name()} ${word}`)}; ${advice}`);
}

export function withoutDashes(command: string, words: readonly string[]): CliError {
  return new CliError(`put -- before the server's command: ${command} … -- ${words.join(' ')}`);
}

/** Whoever types what is right does not wait for this to be loaded. */
async function nearestCommand(group: Command, word: string): Promise<string | undefined> {
  const { nearestWord } = await import('../../../compiler/check/suggest.ts');
  return nearestWord(
    word,
    group.commands.map((command) => command.name()),
  );
}
