// OPA's interpreter, and what it and the tester have covered.
import { expect, test } from 'vitest';
import { evaluateRego, testRego } from '../../../compiler/opa/opa-operations.ts';

const MODULE = {
  path: 'a.rego',
  text: 'package a\n\ndefault big := false\n\nbig if input.n > 5\n\nsame := input.n\n\nset contains x if some x in input.list\n',
};
const TEST = {
  path: 'a_test.rego',
  text: 'package a_test\n\ntest_big if data.a.big with input as {"n": 6}\n',
};

test('gives a value for each input, beside it; numbers keep every digit', async () => {
  const inputs = ['{"n": 9007199254740993}', '{"n": 6}', '{}', '{'];
  const [big, same, set] = await evaluateRego([
    { modules: [MODULE], entrypoint: 'a/big', inputs },
    { modules: [MODULE, TEST], entrypoint: 'a/same', inputs: ['{"n": 1.50}', '{}'] },
    { modules: [MODULE], data: { list: ['x'] }, entrypoint: 'a/set', inputs: ['{"list": ["b", "a"]}'] },
  ]);
  expect(big).toMatchObject({ ok: true, values: [{ value: true }, { value: true }, { value: false }, {}] });
  expect(big?.ok === true && big.values[3]?.error).toBeTruthy();
  expect(same).toMatchObject({ ok: true, values: [{ value: 1.5 }, {}] });
  expect(same?.ok === true && Object.keys(same.values[1] ?? {})).toEqual([]);
  expect(set).toMatchObject({ ok: true, values: [{ value: ['a', 'b'] }] });
});

test('reads data, and tells Rego that does not compile apart from Rego that does', async () => {
  const modules = [{ path: 'd.rego', text: 'package d\n\nlimit := data.limits[input.tool]\n' }];
  const [good, bad] = await evaluateRego([
    { modules, data: { limits: { pay: 5 } }, entrypoint: 'd/limit', inputs: ['{"tool": "pay"}'] },
    {
      modules: [{ path: 'x.rego', text: 'package x\n\ny := time.now_ns()\n' }],
      entrypoint: 'x/y',
      inputs: ['{}'],
    },
  ]);
  expect(good).toMatchObject({ ok: true, values: [{ value: 5 }] });
  expect(bad).toMatchObject({ ok: false, problems: [{ file: 'x.rego', row: 3 }] });
});

test('says which lines were evaluated, by inputs and by tests', async () => {
  const evaluation = { modules: [MODULE], entrypoint: 'a/same', inputs: ['{"n": 1}'] };
  const [evaluated] = await evaluateRego([evaluation], { coverage: true });
  expect(evaluated?.ok === true && linesOf(evaluated.coverage)).toEqual([['a.rego', [7], [3, 5, 9]]]);
  const tested = await testRego([MODULE, TEST], { coverage: true });
  expect(tested.ok && linesOf(tested.coverage)).toEqual([['a.rego', [5], [3, 7, 9]]]);
  const plain = await testRego([MODULE, TEST]);
  expect(plain).toMatchObject({ ok: true, coverage: [] });
});

type Coverage = Extract<Awaited<ReturnType<typeof testRego>>, { ok: true }>['coverage'];

function linesOf(coverage: Coverage): unknown[] {
  const rows = (ranges: Coverage[number]['covered']): number[] => [
    ...new Set(ranges.map(({ start }) => start.row)),
  ];
  return coverage.map(({ path, covered, notCovered }) => [path, rows(covered), rows(notCovered)]);
}
