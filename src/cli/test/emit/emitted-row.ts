// The decisions of a suite that its Rego test asks for again: those that passing cases have shown.
import path from 'node:path';
import { type JsonNode, type JsonObject, printJson } from '../../../policy/arguments/json-node.ts';
import { readArguments } from '../../../proxy/read/read-arguments.ts';
import { isOfPolicy } from '../run/compare-evaluators.ts';
import type { MadeDecision, SuiteResult, TestResult } from '../test-result.ts';

export interface EmittedRow {
  /** Unique in its suite. */
  readonly note: string;
  readonly input: JsonObject;
  readonly outcome: string;
  readonly rule: string | null;
}

/** Of a call that is repeated the first and the last; each input once. */
export function emittedRows({ tests }: SuiteResult): readonly EmittedRow[] {
  const passed = tests.filter(({ kind, status }) => kind === 'case' && status === 'passed');
  const hasFiles = new Set(passed.map(({ position }) => position.file)).size > 1;
  const rows = new Map<string, EmittedRow>();
  for (const test of passed) {
    const title = hasFiles ? `${path.basename(test.position.file)}: ${test.name}` : test.name;
    for (const { decision, label } of chosenDecisions(test)) {
      const note = freeNote(label === '' ? title : `${title} (${label})`, rows);
      rows.set(note, { note, ...readDecided(decision) });
    }
  }
  return [...rows.values()];
}

interface Chosen {
  readonly decision: MadeDecision;
  /** `step 2, call 60`; empty where the case makes one call. */
  readonly label: string;
}

function chosenDecisions({ decisions }: TestResult): readonly Chosen[] {
  const lastCalls = new Map(decisions.map(({ step, call }) => [step, call]));
  const inputs = new Set<string>();
  return decisions.flatMap((decision) => {
    const { step, call, input } = decision;
    const last = lastCalls.get(step) ?? call;
    const isEdge = call === 1 || call === last;
    if (!isEdge || !isOfPolicy(decision) || inputs.has(input)) return [];
    inputs.add(input);
    const label = [lastCalls.size > 1 ? [`step ${step}`] : [], last > 1 ? [`call ${call}`] : []]
      .flat()
      .join(', ');
    return [{ decision, label }];
  });
}

/** What an approval took is told apart by number: it is several decisions on one call. */
function freeNote(note: string, taken: ReadonlyMap<string, unknown>): string {
  for (let number = 2, free = note; ; number += 1) {
    if (!taken.has(free)) return free;
    free = `${note} #${number}`;
  }
}

function readDecided({ input, output }: MadeDecision): Omit<EmittedRow, 'note'> {
  const read = readArguments(Buffer.from(input));
  if ('problem' in read) throw new Error(`the journal holds an input that is no object: ${read.problem}`);
  const { outcome, rule } = JSON.parse(output) as Pick<EmittedRow, 'outcome' | 'rule'>;
  return { input: withPlainId(read.arguments), outcome, rule };
}

/** An approval's id is drawn by lot: equal cases are to be equal files. */
function withPlainId(input: JsonObject): JsonObject {
  const approval = input.get('approval');
  if (!(approval instanceof Map)) return input;
  return new Map([...input, ['approval', new Map([...approval, ['id', 'approval']])]]);
}

/** The members that all inputs have alike. */
export function commonMembers(rows: readonly EmittedRow[]): JsonObject {
  const [first, ...others] = rows;
  if (first === undefined || others.length === 0) return new Map();
  const isCommon = (name: string, value: JsonNode): boolean =>
    others.every(({ input }) => {
      const own = input.get(name);
      return own !== undefined && printJson(own) === printJson(value);
    });
  return new Map([...first.input].filter(([name, value]) => isCommon(name, value)));
}
