// Asks OPA's own interpreter for every decision that the compiled policy made: both must say the same.
//
// The interpreter shares the parser and the type checker with the compiler, but neither the planner nor the WebAssembly;
// `opa test`, `opa eval` and OPA's servers use it.
import { evaluateRego } from '../../../../compiler/opa/opa-operations.ts';
import {
  type OpaCoverage,
  OpaError,
  type OpaEvaluation,
  type OpaValue,
  type RegoModule,
} from '../../../../compiler/opa/run-opa.ts';
import { PolicyError } from '../../../policy/policy-error.ts';
import { readDecision } from '../../../policy/read-decision.ts';
import { wasStopped } from '../../../policy/wasm-evaluator.ts';
import type { MadeDecision } from '../test-result.ts';
import type { RunTask } from './bounded-tasks.ts';

const ENTRYPOINT = 'regent/gateway/decision';

/** A process takes about as long to start as for so many inputs. */
const INPUTS_PER_PROCESS = 500;

/** Decisions of one bundle, as the journal holds them. */
export interface DecisionsToCompare {
  readonly modules: readonly RegoModule[];
  /** JSON texts. */
  readonly decisions: ReadonlyArray<{ readonly input: string; readonly output: string }>;
}

/** What the interpreter says (JSON text, or why it gives no decision), where that is another decision; else null. */
export type Difference = string | null;

export interface Compared {
  /** Beside the decisions. */
  readonly differences: readonly Difference[];
  /** Of parts of the inputs; empty unless it is wanted. */
  readonly coverage: readonly OpaCoverage[];
}

export interface CompareOptions {
  readonly runTask: RunTask;
  readonly coverage: boolean;
}

/** Beside what was given. Each input of a bundle is asked once. */
export async function compareEvaluators(
  bundles: readonly DecisionsToCompare[],
  { runTask, coverage }: CompareOptions,
): Promise<readonly Compared[]> {
  const asked = bundles.flatMap(({ modules, decisions }, bundle) => {
    const inputs = [...new Set(decisions.filter(isOfPolicy).map(({ input }) => input))];
    return splitList(inputs, INPUTS_PER_PROCESS).map(
      (part): Asked => ({ bundle, modules, entrypoint: ENTRYPOINT, inputs: part }),
    );
  });
  const answers = await Promise.all(groupParts(asked).map((group) => runTask(() => askOpa(group, coverage))));
  const values = answers.flat();
  return bundles.map(({ decisions }, bundle) => {
    const own = values.filter((one) => one.bundle === bundle);
    const said = new Map(own.flatMap((one) => [...one.values]));
    const differences = decisions.map((decision) => {
      if (!isOfPolicy(decision)) return null;
      const text = decisionText(said.get(decision.input));
      return isSame(text, decision.output) ? null : text;
    });
    return { differences, coverage: own.flatMap((one) => one.coverage) };
  });
}

/** A part of the inputs of one bundle. */
interface Asked extends OpaEvaluation {
  readonly bundle: number;
}

/**
 * The host alone refuses what it cannot show to the policy, and approvals that cannot be used. It alone stops what takes too
 * long: the interpreter has no bounds, and would go on for minutes.
 */
export function isOfPolicy({ input, output }: Pick<MadeDecision, 'input' | 'output'>): boolean {
  const { rule, reason } = JSON.parse(output) as { readonly rule?: unknown; readonly reason?: unknown };
  if (input === 'null' || rule === 'approval-unusable') return false;
  return !(rule === 'evaluation-failed' && wasStopped(String(reason)));
}

function splitList<T>(items: readonly T[], length: number): T[][] {
  const parts: T[][] = [];
  for (let start = 0; start < items.length; start += length) parts.push(items.slice(start, start + length));
  return parts;
}

/** Small parts share a process. */
function groupParts(parts: readonly Asked[]): Asked[][] {
  const groups: Asked[][] = [];
  let size = Number.POSITIVE_INFINITY;
  for (const part of parts) {
    size += part.inputs.length;
    if (size > INPUTS_PER_PROCESS) {
      groups.push([]);
      size = part.inputs.length;
    }
    groups.at(-1)?.push(part);
  }
  return groups;
}

interface Answered {
  readonly bundle: number;
  readonly values: ReadonlyArray<readonly [input: string, value: OpaValue]>;
  readonly coverage: readonly OpaCoverage[];
}

async function askOpa(parts: readonly Asked[], wantsCoverage: boolean): Promise<Answered[]> {
  const evaluations = parts.map(({ bundle: _, ...evaluation }) => evaluation);
  return (await evaluateRego(evaluations, { coverage: wantsCoverage })).map((answer, index) => {
    const { bundle = -1, inputs = [] } = parts[index] ?? {};
    if (!answer.ok) {
      const [problem] = answer.problems;
      throw new OpaError('bad-answer', `OPA does not take the Rego of the policy: ${problem?.message}`);
    }
    const values = inputs.map((input, place) => [input, answer.values[place] ?? {}] as const);
    return { bundle, values, coverage: answer.coverage };
  });
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
