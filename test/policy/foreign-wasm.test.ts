// Modules that no OPA built: whatever they do, they are refused at load or stopped, and nothing of them gets out.
import { expect, test, vi } from 'vitest';
import { PolicyError } from '../../src/policy/policy-error.ts';
import { createEvaluator, type Evaluator } from '../../src/policy/wasm-evaluator.ts';

/** Bodies of functions; all but the first two give an address. */
interface Bodies {
  readonly opa_eval: readonly number[];
  readonly opa_json_dump: readonly number[];
  readonly entrypoints: readonly number[];
  readonly builtins: readonly number[];
  readonly opa_malloc: readonly number[];
  readonly opa_json_parse: readonly number[];
  readonly opa_heap_ptr_get: readonly number[];
  readonly opa_heap_ptr_set: readonly number[];
}

/** In memory `{}` stands at 8, the entry points at 16, and `null` at 32. */
const EMPTY = [0x41, 8];
const ENTRYPOINTS = [0x41, 16];
const NULL = [0x41, 32];
const ENDLESS = [0x03, 0x40, 0x0c, 0, 0x0b, ...EMPTY];
const PRINTLN = 0;
const ABORT = 1;

const SOUND: Bodies = {
  opa_eval: EMPTY,
  opa_json_dump: [0x20, 0],
  entrypoints: ENTRYPOINTS,
  builtins: EMPTY,
  opa_malloc: EMPTY,
  opa_json_parse: EMPTY,
  opa_heap_ptr_get: EMPTY,
  opa_heap_ptr_set: EMPTY,
};

const text = (value: string): number[] => [value.length, ...Buffer.from(value)];
const section = (id: number, body: readonly number[]): number[] => {
  const length = body.length < 0x80 ? [body.length] : [(body.length & 0x7f) | 0x80, body.length >> 7];
  return [id, ...length, ...body];
};

function moduleOf(bodies: Partial<Bodies>): Buffer {
  const functions = Object.entries({ ...SOUND, ...bodies }).filter(([, body]) => body !== undefined);
  const number = 0x7f;
  const types = [
    3,
    0x60,
    7,
    ...Array<number>(7).fill(number),
    1,
    number,
    0x60,
    1,
    number,
    1,
    number,
    0x60,
    1,
    number,
    0,
  ];
  const host = (name: string): number[] => [...text('env'), ...text(name), 0, 2];
  const imports = [
    3,
    ...host('opa_println'),
    ...host('opa_abort'),
    ...text('env'),
    ...text('memory'),
    2,
    0,
    1,
  ];
  const exports = functions.flatMap(([name], index) => [...text(name), 0, index + 2]);
  const code = functions.flatMap(([, body]) => [body.length + 2, 0, ...body, 0x0b]);
  const data = [
    ...[3, 0, 0x41, 8, 0x0b, ...text('{}\0')],
    ...[0, 0x41, 16, 0x0b, ...text('{"a":0}\0')],
    ...[0, 0x41, 32, 0x0b, ...text('null\0')],
  ];
  return Buffer.from([
    ...[0x00, 0x61, 0x73, 0x6d, 1, 0, 0, 0],
    ...section(1, types),
    ...section(2, imports),
    ...section(3, [functions.length, ...functions.map(([name]) => (name === 'opa_eval' ? 0 : 1))]),
    ...section(7, [functions.length, ...exports]),
    ...section(10, [functions.length, ...code]),
    ...section(11, data),
  ]);
}

function open(bodies: Partial<Bodies>): Evaluator {
  return createEvaluator({ wasm: moduleOf(bodies), data: '{}', isBounded: true });
}

test('a module that keeps to the form is evaluated', () => {
  expect(open({}).evaluate('{}', 'a')).toBeUndefined();
});

test.each<readonly [string, Partial<Record<keyof Bodies, readonly number[]>>, string]>([
  ['that never ends while it is loaded', { opa_malloc: ENDLESS }, 'unreachable'],
  ['that points outside of its memory', { opa_json_dump: [0x41, 0x7f] }, 'outside of its memory'],
  ['that has null for entry points', { entrypoints: NULL }, 'what its entry points are'],
  ['that cannot read its data', { opa_json_parse: [0x41, 0] }, 'cannot read its data'],
  ['that wants functions of its host', { builtins: ENTRYPOINTS }, 'which Regent does not offer'],
  [
    'that names a global that is not there, to find its counter in that place',
    { opa_eval: [0x23, 0] },
    'WebAssembly',
  ],
])('a module %s is refused', (_, bodies, told) => {
  expect(() => open(bodies)).toThrow(PolicyError);
  expect(() => open(bodies)).toThrow(told);
});

test('a module that lacks a function of OPA is refused', () => {
  const { opa_malloc: _, ...others } = SOUND;
  const wasm = moduleOf({ ...others, opa_malloc: undefined } as unknown as Partial<Bodies>);
  expect(() => createEvaluator({ wasm, data: '{}', isBounded: true })).toThrow('no function opa_malloc');
});

test.each([
  ['that never ends', ENDLESS, 'it took too long'],
  ['that prints', [...EMPTY, 0x10, PRINTLN, ...EMPTY], 'it calls its host'],
  [
    'that aborts with a text outside of its memory',
    [0x41, 0x7f, 0x10, ABORT, ...EMPTY],
    'outside of its memory',
  ],
  [
    'that answers with all of its memory, which the journal would have to keep',
    [0x41, 0x7f],
    'its answer is too long',
  ],
])('an evaluation %s is none, and nothing is printed', (_, opaEval, told) => {
  const print = vi.spyOn(console, 'log');
  const evaluator = open({ opa_eval: opaEval });
  for (let round = 0; round < 3; round += 1) expect(() => evaluator.evaluate('{}', 'a')).toThrow(told);
  expect(print).not.toHaveBeenCalled();
  print.mockRestore();
});
