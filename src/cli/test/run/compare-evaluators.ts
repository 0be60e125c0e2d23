// Asks OPA's own interpreter for every decision that the compiled policy made: both must say the same.
//
// The interpreter shares the parser and the type checker with the compiler, but neither the planner nor the WebAssembly;
// `opa test`, `opa eval` and OPA's servers use it.
import { type Evaluated, evaluateRego } from '../../../../compiler/opa/opa-operations.ts';
import { OpaError, type OpaValue, type RegoModule } from '../../../../compiler/opa/run-opa.ts';
import { PolicyError } from '../../../policy/policy-error.ts';
import { readDecision } from '../../../policy/read-decision.ts';

const ENTRYPOINT = 'regent/gateway/decision';

/** Decisions of one bundle, as the journal holds them. */
export interface DecisionsToCompare {
  readonly modules: readonly RegoModule[];
  /** JSON texts. */
  readonly decisions: ReadonlyArray<{ readonly input: string; readonly output: string }>;
}

/** What the interpreter says (JSON text, or why it gives no decision), where that is another decision; else null. */
export type Difference = string | null;

/** Beside what was given. One process for all of it, which decides each input once. */
export async function compareEvaluators(
  bundles: readonly DecisionsToCompare[],
): Promise<ReadonlyArray<readonly Difference[]>> {
  const asked = bundles.map(({ modules, decisions }) => ({
    modules,
    entrypoint: ENTRYPOINT,
    inputs: [...new Set(decisions.filter(isOfPolicy).map(({ input }) => input))],
  }));
  const inputs = asked.reduce((sum, each) => sum + each.inputs.length, 0);
  const answers = inputs === 0 ? [] : await evaluateRego(asked);
  return bundles.map(({ decisions }, index) => {
    const values = valuesByInput(asked[index]?.inputs ?? [], answers[index]);
    return decisions.map((decision) => {
      if (!isOfPolicy(decision)) return null;
      const text = decisionText(values.get(decision.input));
      return isSame(text, decision.output) ? null : text;
    });
  });
}

/** The host alone refuses what it cannot show to the policy, and approvals that cannot be used. */
function isOfPolicy({ input, output }: { readonly input: string; readonly output: string }): boolean {
  return input !== 'null' && ruleOf(output) !== 'approval-unusable';
}

function valuesByInput(inputs: readonly string[], answer: Evaluated | undefined): Map<string, OpaValue> {
  if (answer === undefined) return new Map();
  if (!answer.ok) {
    const [problem] = answer.problems;
    throw new OpaError('bad-answer', `OPA does not take the Rego of the policy: ${problem?.message}`);
  }
  return new Map(inputs.map((input, index) => [input, answer.values[index] ?? {}]));
}

/** Read as the host reads the answer of policy.wasm: lists sorted, keys in one order. */
function decisionText({ value, error }: OpaValue = {}): string {
  if (error !== undefined) return `no decision: ${error}`;
  try {
    return JSON.stringify(readDecision(value));
  } catch (failure) {
    if (failure instanceof PolicyError) return `no decision: ${failure.message}`;
    throw failure;
  }
}

/** Where neither evaluator has a decision, both deny. */
function isSame(text: string, output: string): boolean {
  return text === output || (text.startsWith('no decision: ') && ruleOf(output) === 'evaluation-failed');
}

function ruleOf(output: string): unknown {
  return (JSON.parse(output) as { readonly rule?: unknown }).rule;
}
