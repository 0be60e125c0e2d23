// Prints JSON values as Rego: numbers by their own digits, long ones over several lines. `opa fmt` indents them.
import { quoteText } from '../../../../compiler/generate/print/rego-text.ts';
import { type JsonNode, JsonNumber } from '../../../policy/arguments/json-node.ts';

/** Of what stands on one line, without its indentation. */
const LINE_MAX = 95;

export function printValue(node: JsonNode): string {
  if (node instanceof JsonNumber) return node.text;
  if (typeof node === 'string') return quoteText(node);
  if (Array.isArray(node)) return printItems(node.map(printValue), '[]');
  if (node instanceof Map) return printMembers(Array.from(node, ([key, value]) => [key, printValue(value)]));
  return String(node);
}

/** Values are Rego; keys are any texts. */
export function printMembers(members: ReadonlyArray<readonly [key: string, value: string]>): string {
  return printItems(
    members.map(([key, value]) => `${quoteText(key)}: ${value}`),
    '{}',
  );
}

function printItems(items: readonly string[], brackets: '{}' | '[]'): string {
  const [open, close] = brackets;
  const line = `${open}${items.join(', ')}${close}`;
  if (line.length <= LINE_MAX && !line.includes('\n')) return line;
  return `${open}\n${items.map((item) => `${item},\n`).join('')}${close}`;
}
