// Reads what the policy answers to each call. Many answers came before, and reading one costs as much as making it: what
// came twice is remembered by its text, which says all there is to a decision. So are the latest inputs, where one may
// come again: the policy is a pure function of its input.
import type { Decision } from './decision.ts';
import { readDecision } from './read-decision.ts';
import { readAnswer } from './wasm-evaluator.ts';

const ANSWERS_MAX = 256;
const INPUTS_MAX = 64;
/** Answers that came once: few, since an amount makes most charges unlike any other, and what is kept grows old. */
const RECENT_MAX = 8;
/** Characters; longer ones are rare, and not worth their memory. */
const TEXT_MAX = 4096;

export interface Decider {
  /** `input` as `PreparedCall.input` makes it. Throws `PolicyError('evaluation-failed')`. */
  decide(input: string): Decision;
  /** As `decide`, but an input that came lately is not asked about again: for calls that are not counted. */
  decideOnce(input: string): Decision;
}

/** `ask` gives the answer as JSON text, whatever the policy makes of the input. */
export function createDecider(ask: (input: string) => string): Decider {
  const byAnswer = new Map<string, Decision>();
  const byInput = new Map<string, Decision>();
  const recent: string[] = [];
  let oldest = 0;
  const decide = (input: string): Decision => {
    const answer = ask(input);
    const before = byAnswer.get(answer);
    if (before !== undefined) return before;
    const decision = readDecision(readAnswer(answer));
    if (recent.includes(answer)) return keep(byAnswer, ANSWERS_MAX, answer, decision);
    recent[oldest] = answer;
    oldest = (oldest + 1) % RECENT_MAX;
    return decision;
  };
  return {
    decide,
    decideOnce: (input) => {
      const before = byInput.get(input);
      if (before !== undefined) return before;
      return keep(byInput, INPUTS_MAX, input, decide(input));
    },
  };
}

/** One object for many calls from now on: nothing may change it. */
function keep(known: Map<string, Decision>, max: number, text: string, decision: Decision): Decision {
  if (text.length > TEXT_MAX) return decision;
  if (known.size === max) known.clear();
  known.set(text, freeze(decision));
  return decision;
}

const printed = new WeakMap<Decision, string>();

/** As JSON. A decision that many calls share is printed once. */
export function printDecision(decision: Decision): string {
  if (!Object.isFrozen(decision)) return JSON.stringify(decision);
  const before = printed.get(decision);
  if (before !== undefined) return before;
  const text = JSON.stringify(decision);
  printed.set(decision, text);
  return text;
}

function freeze<Value>(value: Value): Value {
  if (typeof value === 'object' && value !== null) Object.values(Object.freeze(value)).forEach(freeze);
  return value;
}
