// Names of agents, as they stand in policies, counters and the journal.
import { ANONYMOUS } from '../../policy/decision.ts';

const CHARACTERS_MAX = 128;

/** Whether `name` can be somebody's: 1 to 128 characters, none of them a control character, and not `anonymous`. */
export function isAgentName(name: string): boolean {
  return name !== '' && name.length <= CHARACTERS_MAX && !/\p{Cc}/u.test(name) && name !== ANONYMOUS;
}
