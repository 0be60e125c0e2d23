// Prints Rego from small parts: bodies, rules, else chains, METADATA; as `opa fmt` would, which takes longer to run.
import { commentText, quoteYaml } from './rego-text.ts';

const LINE_MAX = 70;
const COMPREHENSION_MAX = 100;

/** Expressions that must all hold; each is Rego text. Empty: always. */
export type Body = readonly string[];

export interface Metadata {
  readonly title: string;
  /** One line for each thing that is said. */
  readonly description: readonly string[];
  /** Place in the policy, such as `finance.yaml:19:9`; null for a package. */
  readonly source: string | null;
}

export function printRule(head: string, body: Body): string {
  if (body.length === 0) return head;
  return body.length === 1 && !body[0]?.includes('\n')
    ? `${head} if ${body[0]}`
    : `${head} if ${block(body)}`;
}

export function printDefault(name: string, value: string): string {
  return `default ${name} := ${value}`;
}

/** `name := a if x else := b if y`: the first that holds, so that two can never conflict. */
export function printElseChain(
  name: string,
  branches: ReadonlyArray<{ readonly value: string; readonly body: Body }>,
): string {
  return branches
    .map(({ value, body }, index) => `${index === 0 ? name : 'else'} := ${value} if ${block(body)}`)
    .join(' ');
}

export function printEvery(variable: string, domain: string, body: Body): string {
  return `every ${variable} in ${domain} ${block(body)}`;
}

/** `[true | …]`: one element for each way in which the body holds. */
export function printTruths(body: Body): string {
  return printComprehension('true', body);
}

/** `[element | …]`: the element once for each way in which the body holds. */
export function printComprehension(element: string, body: Body): string {
  const line = `[${element} | ${body.join('; ')}]`;
  const isShort = line.length <= COMPREHENSION_MAX && !line.includes('\n');
  return isShort ? line : `[${element} |\n${body.map(indent).join('\n')}\n]`;
}

export function printObject(members: ReadonlyArray<readonly [string, string]>): string {
  return printList(
    members.map(([key, value]) => `"${key}": ${value}`),
    '{}',
  );
}

export function printArray(elements: readonly string[]): string {
  return printList(elements, '[]');
}

/** Each member once, as `opa fmt` has it. */
export function printSet(members: readonly string[]): string {
  return members.length === 0 ? 'set()' : printList([...new Set(members)], '{}');
}

/** `value in {…}`, or `value == x` where there is one. */
export function printMember(value: string, members: readonly string[]): string {
  return members.length === 1 ? `${value} == ${members[0]}` : `${value} in ${printSet(members)}`;
}

export function printMetadata({ title, description, source }: Metadata): string {
  const lines = [
    'METADATA',
    `title: ${quoteYaml(title)}`,
    ...printDescription(description),
    ...(source === null ? [] : ['custom:', `  source: ${quoteYaml(source)}`]),
  ];
  return lines.map((line) => `# ${line}`.trimEnd()).join('\n');
}

/** Several lines stand as a block, where YAML takes all but line breaks as it is. */
function printDescription(lines: readonly string[]): readonly string[] {
  const [only = '', ...others] = lines;
  if (others.length === 0) return [`description: ${quoteYaml(only)}`];
  return ['description: |', ...lines.map((line) => `  - ${commentText(line)}`)];
}

/** Blocks apart by blank lines; empty ones vanish. */
export function joinBlocks(blocks: readonly string[]): string {
  return blocks.filter((text) => text !== '').join('\n\n');
}

/** On one line where that is short. `opa fmt` keeps the line breaks that it finds. */
function printList(items: readonly string[], brackets: '{}' | '[]'): string {
  const [open, close] = brackets;
  const line = `${open}${items.join(', ')}${close}`;
  return items.length === 1 || line.length <= LINE_MAX
    ? line
    : `${open}\n${items.map((item) => `${indent(item)},\n`).join('')}${close}`;
}

function block(body: Body): string {
  return `{\n${body.map(indent).join('\n')}\n}`;
}

function indent(text: string): string {
  return `\t${text.replaceAll('\n', '\n\t')}`;
}
