// The decisions of a suite as one Rego test: a table of inputs, each with the outcome and the rule that it must have.
import { joinBlocks, printMetadata, printRule } from '../../../../compiler/generate/print/print-rego.ts';
import { quoteText } from '../../../../compiler/generate/print/rego-text.ts';
import { commonMembers, type EmittedRow } from './emitted-row.ts';
import { printMembers, printValue } from './print-value.ts';

/** `files`: the cases files that the rows come from. The text still wants `opa fmt`. */
export function printSuite(name: string, files: readonly string[], rows: readonly EmittedRow[]): string {
  const common = commonMembers(rows);
  const metadata = printMetadata({
    title: `What the cases of ${name} decide`,
    description: [
      `Written by regent test --emit-rego from ${files.join(', ')}; change the cases, not this file.`,
    ],
    source: null,
  });
  const input = common.size === 0 ? 'one.input' : 'object.union(common, one.input)';
  const test = printRule('test_decisions[note]', [
    'some note, one in decisions',
    `decided := gateway.decision with input as ${input}`,
    'decided.outcome == one.outcome',
    'decided.rule == one.rule',
  ]);
  return joinBlocks([
    `${metadata}\npackage ${name}_test`,
    'import data.regent.gateway',
    test,
    common.size === 0 ? '' : `# What all inputs have alike.\ncommon := ${printValue(common)}`,
    `decisions := ${printMembers(rows.map((row) => [row.note, printRow(row, [...common.keys()])]))}`,
  ]);
}

function printRow({ input, outcome, rule }: EmittedRow, common: readonly string[]): string {
  const own = new Map([...input].filter(([name]) => !common.includes(name)));
  return printMembers([
    ['outcome', quoteText(outcome)],
    ['rule', rule === null ? 'null' : quoteText(rule)],
    ['input', printValue(own)],
  ]);
}
