// What of a call reaches hand-written Rego: the paths that it names, or all arguments where it looks at them as a whole.
import { gunzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { readRegoLibrary } from '../../../compiler/generate/rego-library.ts';
import { compilePolicy } from '../../../compiler/index.ts';
import { inspectRego } from '../../../compiler/opa/opa-operations.ts';
import { compileSoundly, QUERY_POLICY } from './compile-custom.ts';

const ALL = '(all)';
const READS: ReadonlyArray<readonly [what: string, body: string, paths: readonly string[]]> = [
  ['nothing', 'input.tool == "query"', []],
  ['a path', 'input.arguments.a.b == 1', ['a.b']],
  ['a path in brackets', 'input["arguments"]["a"] == 1', ['a']],
  ['elements', 'input.arguments.items[_].price > 5', ['items']],
  ['an element', 'input.arguments.items[0].price > 5', ['items']],
  ['a name that the call gives', 'input.arguments.a[input.arguments.b] == 1', ['a', 'b']],
  ['what stands in a comprehension', 'count([x | some x in input.arguments.list]) > 5', ['list']],
  ['an argument of a function', 'startswith(input.arguments.sql, "SELECT")', ['sql']],
  ['a template string', '$"{input.arguments.who}" == "x"', ['who']],
  ['behind every', 'every x in input.arguments.list { x > 1 }', ['list']],
  ['behind not', 'not input.arguments.force', ['force']],
  ['under an import', 'imported == 1', ['imported']],
  ['the arguments as a whole', 'count(input.arguments) > 5', [ALL]],
  ['the arguments under another name', 'args := input.arguments\n\targs.a == 1', [ALL]],
  ['an argument by a computed name', 'input.arguments[lower("A")] == 1', [ALL]],
  ['the input as a whole', 'object.get(input, ["arguments", "a"], 1) == 1', [ALL]],
  ['the input as an argument', 'f(input)', [ALL]],
  ['the input by a computed name', 'some key in ["arguments"]\n\tinput[key].a == 1', [ALL]],
];

test('the host sends what a module names, and everything where it looks at everything', async () => {
  const custom = READS.map(([, body], index) => {
    const head = `package regent.custom.m${index}\n\n${body.includes('imported') ? 'import input.arguments.imported\n\n' : ''}`;
    const helper = body.startsWith('f(') ? 'f(call) if call.arguments.a == 1\n\n' : '';
    const rule = `deny contains {"rule": "a", "msg": "no"} if {\n\t${body}\n}\n`;
    return { path: `regent/custom/m${String(index).padStart(2, '0')}.rego`, text: `${head}${helper}${rule}` };
  });
  const seen = await inspectRego({ modules: readRegoLibrary(), custom, patterns: [] });
  expect(seen.problems).toEqual([]);
  const told = seen.custom.map((module, index) => [
    READS[index]?.[0],
    (module.arguments ?? []).map((path) => (path.length === 0 ? ALL : path.join('.'))).sort(),
  ]);
  expect(told).toEqual(READS.map(([what, , paths]) => [what, paths]));
});

test('masks and drops of decision logs read no call, and become entry points', async () => {
  const log =
    'package system.log\n\nmask contains "/input/arguments/sql"\n\ndrop if input.result.outcome == "allow"\n';
  const { metadata, bundle } = await compileSoundly(QUERY_POLICY, { 'log.rego': log });
  expect(metadata.servers.main?.custom?.arguments).toEqual([]);
  const text = gunzipSync(bundle).toString('latin1');
  expect(text).toContain('"entrypoint":"system/log/mask"');
  expect(text).toContain('"entrypoint":"system/log/drop"');
  expect(text).toContain('"roots":["regent","system/log"]');
});

test('modules judge the calls of the servers whose policies name them', async () => {
  const file = (server: string) => {
    const text = `package regent.custom.${server}\n\ndeny contains {"rule": "${server}", "msg": "no"}\n`;
    const name = `${server}.rego`;
    return {
      name: `${server}.yaml`,
      text: `version: "1"\nserver: ${server}\nrego: [${name}]\ndefault: allow\n`,
      rego: [{ listed: name, files: [{ name, path: name, text }], fault: null }],
    };
  };
  const result = await compilePolicy([file('a'), file('b')]);
  if (!result.ok) throw new Error(JSON.stringify(result.diagnostics));
  const joined = result.modules.filter(({ path }) => path.startsWith('regent/custom_rules/'));
  expect(
    joined.map(({ path, text }) => [path, text.includes('custom.a.deny'), text.includes('custom.b.deny')]),
  ).toEqual([
    ['regent/custom_rules/a.rego', true, false],
    ['regent/custom_rules/b.rego', false, true],
  ]);
});
