// `regent inspect`: what a bundle holds, and what it says of itself. Nothing is verified.
import { escapeText } from '../../journal/escape-text.ts';
import { printUnits } from '../../policy/arguments/print-units.ts';
import { type BundleFacts, inspectBundle, type ServerFacts } from '../../policy/bundle/inspect-bundle.ts';
import { readPolicyFile } from '../policy/policy-sources.ts';
import { printOut } from '../print-out.ts';

export async function printBundle(file: string, { json }: { readonly json?: boolean }): Promise<void> {
  const facts = await inspectBundle(await readPolicyFile(file));
  printOut(json === true ? `${JSON.stringify(facts, null, 2)}\n` : printFacts(facts));
}

function printFacts(facts: BundleFacts): string {
  const { revision, roots, bytes, wasm_bytes: wasmBytes, files } = facts;
  const lines = [
    ['revision', revision === '' ? '(none)' : revision],
    ['roots', roots.map((root) => root || '(everything)').join(', ')],
    ['size', `${bytes} bytes, ${files.length} files`],
    ['policy.wasm', wasmBytes === null ? 'none: Regent cannot run it' : `${wasmBytes} bytes`],
    ...facts.entrypoints.flatMap(({ name, annotations }) => [
      ['entry point', name],
      ...annotations.flatMap(titleOf).map((title) => ['', title]),
    ]),
    ...(facts.is_optimized ? [['optimized', 'by opa build -O: decisions may take many times as long']] : []),
    ...printRegent(facts),
    ...printSignature(facts),
    ...files.map((file) => ['file', `${file.name} (${file.bytes} bytes)`]),
  ];
  return (
    lines.map(([label = '', text = '']) => `${label.padEnd(12)} ${escapeText(text)}`.trimEnd()).join('\n') +
    '\n'
  );
}

function titleOf(annotation: unknown): string[] {
  const { title } = (annotation ?? {}) as { title?: unknown };
  return typeof title === 'string' ? [title] : [];
}

function printRegent({ regent }: BundleFacts): string[][] {
  if (regent === null) return [['manifest', "not Regent's: the policy gets all arguments and no counters"]];
  return Object.entries(regent).flatMap(([name, { tools, counters, arguments: read }]) => [
    ['server', name],
    ['tools', tools.join(', ') || '(none)'],
    ['reads', read.join(', ') || '(no arguments)'],
    ...counters.map((counter) => ['counter', printCounter(counter)]),
  ]);
}

function printCounter({ rule, window, limit, ...units }: ServerFacts['counters'][number]): string {
  const most = limit === null ? '' : `, at most ${printUnits(limit, units)}`;
  return `${rule}: ${units.unit} in a ${window}${most}`;
}

function printSignature({ signature }: BundleFacts): string[][] {
  if (signature === null) return [['signature', 'none']];
  const { key_id: keyId, algorithm, scope, files } = signature;
  const scoped = scope === '' ? 'no scope' : `scope ${scope}`;
  const named = keyId === '' ? 'no key id' : `key ${keyId}`;
  return [['signature', `${algorithm}, ${named}, ${scoped}, ${files.length} files (not verified)`]];
}
