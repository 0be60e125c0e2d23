// Modules in WebAssembly that came after what OPA's compiler writes: each is a way around the bounds on some engine.
import { describe, expect, test } from 'vitest';
import { meterWasm, STEPS_LEFT } from '../../src/policy/metering/meter-wasm.ts';
import { PolicyError } from '../../src/policy/policy-error.ts';

interface Parts {
  /** Of the only function; it gives an i32. */
  readonly body?: readonly number[];
  readonly locals?: readonly number[];
  /** Behind the type of the function. */
  readonly types?: readonly (readonly number[])[];
  /** Whole sections between the functions and the exports. */
  readonly sections?: readonly number[];
}

const GIVE = [0x41, 7];
const NO_LOCALS = [0];

function length(bytes: readonly number[]): number[] {
  return bytes.length < 0x80 ? [bytes.length] : [(bytes.length & 0x7f) | 0x80, bytes.length >> 7];
}

function section(id: number, bytes: readonly number[]): number[] {
  return [id, ...length(bytes), ...bytes];
}

/** `env.m` is a memory of one page, `f` the function. */
function moduleOf({ body = GIVE, locals = NO_LOCALS, types = [], sections = [] }: Parts): Buffer {
  const code = [...locals, ...body, 0x0b];
  return Buffer.from([
    ...[0x00, 0x61, 0x73, 0x6d, 1, 0, 0, 0],
    ...section(1, [types.length + 1, 0x60, 0, 1, 0x7f, ...types.flat()]),
    ...section(2, [1, 3, 0x65, 0x6e, 0x76, 1, 0x6d, 2, 0, 1]),
    ...section(3, [1, 0]),
    ...sections,
    ...section(7, [1, 1, 0x66, 0, 0]),
    ...section(10, [1, ...length(code), ...code]),
  ]);
}

/** An endless loop in which the type before it, read as an instruction, has swallowed the loop's head. */
const HIDDEN_LOOP = [0x03, 0x40, 0x0c, 0, 0x0b, 0x00, 0x0b, 0x1a, ...GIVE];
const REFERENCE_TO = 0x63;
const I32_LOAD = 0x28;

describe('a module is refused', () => {
  const cases: ReadonlyArray<readonly [string, Parts, string]> = [
    [
      'that hides a loop behind the type of a block',
      { body: [0x02, REFERENCE_TO, I32_LOAD, ...HIDDEN_LOOP] },
      'a block that gives no number',
    ],
    [
      'that hides a loop behind the type of a local',
      { locals: [1, 1, REFERENCE_TO, I32_LOAD], body: HIDDEN_LOOP },
      'a value that is no number',
    ],
    [
      'that hides a loop behind the number of a memory',
      { body: [0x41, 0, I32_LOAD, 0x42, 0, I32_LOAD, ...HIDDEN_LOOP] },
      'several memories',
    ],
    ['with a memory that nobody bounds', { sections: section(5, [1, 0, 1]) }, 'a memory of its own'],
    [
      'with a table of ten million functions',
      { sections: section(4, [1, 0x70, 0, 0x80, 0xad, 0xe2, 0x04]) },
      'a table of over 1000000 functions',
    ],
    ['with several tables', { sections: section(4, [2, 0x70, 0, 1, 0x70, 0, 1]) }, 'several tables'],
    ['with a table of objects', { sections: section(4, [1, 0x6f, 0, 1]) }, 'other things than functions'],
    ['with types of objects', { types: [[0x5e, 0x7f, 1]] }, 'a type that is no function'],
    ['with a function of objects', { types: [[0x60, 1, 0x6f, 0]] }, 'a value that is no number'],
  ];
  test.each(cases)('%s', (_, parts, told) => {
    expect(() => meterWasm(moduleOf(parts), 10)).toThrow(PolicyError);
    expect(() => meterWasm(moduleOf(parts), 10)).toThrow(told);
  });
});

const many = (count: number, bytes: readonly number[]): number[] =>
  Array.from({ length: count }, () => bytes).flat();

test.each([
  ['plain arithmetic', many(20, [0x41, 1, 0x6a]), 1],
  ['reading memory, which may be in no cache', many(20, [I32_LOAD, 2, 0]), 6],
  ['a division', many(20, [0x41, 1, 0x6d]), 6],
  [
    'arithmetic of decimals, which may be nearly 0',
    [0x1a, ...many(20, [0x43, 0, 0, 0, 0, 0x91, 0x1a]), ...GIVE],
    6,
  ],
  ['asking for more memory', many(20, [0x40, 0]), 21],
])('%s pays for the time that it may take', (_, body, steps) => {
  const metered = meterWasm(moduleOf({ body: [...GIVE, ...body] }), 100);
  const memory = new WebAssembly.Memory({ initial: 1, maximum: 1 });
  const { exports } = new WebAssembly.Instance(new WebAssembly.Module(new Uint8Array(metered)), {
    env: { m: memory },
  });
  (exports.f as () => number)();
  expect((exports[STEPS_LEFT] as WebAssembly.Global).value).toBe(100 - steps);
});
