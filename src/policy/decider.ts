// Reads what the policy answers to each call. Most answers came before, and reading one costs as much as making it: the
// latest are remembered by their text, which says all there is to a decision.
import type { Decision } from './decision.ts';
import { readDecision } from './read-decision.ts';
import { readAnswer } from './wasm-evaluator.ts';

const KEPT_MAX = 256;
/** Characters; longer ones are rare, and not worth their memory. */
const TEXT_MAX = 4096;

/** `ask` gives the answer as JSON text, whatever the policy makes of the input. Throws as `ask` and `readDecision`. */
export function createDecider(ask: (input: string) => string): (input: string) => Decision {
  const known = new Map<string, Decision>();
  return (input) => {
    const answer = ask(input);
    const before = known.get(answer);
    if (before !== undefined) return before;
    const decision = readDecision(readAnswer(answer));
    if (answer.length > TEXT_MAX) return decision;
    if (known.size === KEPT_MAX) known.clear();
    // One object for many calls: nothing may change it.
    known.set(answer, freeze(decision));
    return decision;
  };
}

function freeze<Value>(value: Value): Value {
  if (typeof value === 'object' && value !== null) Object.values(Object.freeze(value)).forEach(freeze);
  return value;
}
