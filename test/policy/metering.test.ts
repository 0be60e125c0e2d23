// Modules that count their own steps: they compute what they did before, and stop where the steps are used up.
import { describe, expect, test } from 'vitest';
import { meterWasm, STEPS_LEFT } from '../../src/policy/metering/meter-wasm.ts';
import { PolicyError } from '../../src/policy/policy-error.ts';

const HEADER = [0x00, 0x61, 0x73, 0x6d, 1, 0, 0, 0];
/** One function, exported as `f`, that takes and gives an i32. */
const TYPES = [1, 6, 1, 0x60, 1, 0x7f, 1, 0x7f];
const FUNCTIONS = [3, 2, 1, 0];
const EXPORTS = [7, 5, 1, 1, 0x66, 0, 0];

function moduleOf(body: readonly number[], before: readonly number[] = []): Buffer {
  const code = [1, body.length + 1, 0, ...body];
  return Buffer.from([...HEADER, ...TYPES, ...before, ...FUNCTIONS, ...EXPORTS, 10, code.length, ...code]);
}

interface Metered {
  readonly f: (value: number) => number;
  readonly left: WebAssembly.Global;
}

function instantiate(wasm: Buffer, imports = {}): Metered {
  const instance = new WebAssembly.Instance(new WebAssembly.Module(wasm), imports);
  return { f: instance.exports.f as Metered['f'], left: instance.exports[STEPS_LEFT] as WebAssembly.Global };
}

// while (true) {}
const ENDLESS = [0x03, 0x40, 0x0c, 0, 0x0b, 0x20, 0, 0x0b];
// do { x = x - 1 } while (x > 0); return x
const COUNTDOWN = [0x03, 0x40, 0x20, 0, 0x41, 1, 0x6b, 0x22, 0, 0x41, 0, 0x4a, 0x0d, 0, 0x0b, 0x20, 0, 0x0b];
// return f(x)
const RECURSIVE = [0x20, 0, 0x10, 0, 0x0b];

test('an endless loop stops', () => {
  const { f, left } = instantiate(meterWasm(moduleOf(ENDLESS), 100_000));
  expect(() => f(0)).toThrow('unreachable');
  expect(left.value).toBe(-1);
});

test('an endless recursion stops before the stack does', () => {
  const { f, left } = instantiate(meterWasm(moduleOf(RECURSIVE), 1000));
  expect(() => f(0)).toThrow('unreachable');
  expect(left.value).toBe(-1);
});

test('a loop pays for each round, and computes what it did before', () => {
  const { f, left } = instantiate(meterWasm(moduleOf(COUNTDOWN), 100));
  expect(f(50)).toBe(0);
  expect(left.value).toBe(100 - 1 - 50);
  left.value = 50;
  expect(() => f(50)).toThrow('unreachable');
  left.value = 51;
  expect(f(50)).toBe(0);
});

test('long bodies pay for their length', () => {
  const long = Array.from({ length: 640 }, () => 0x01);
  const { f, left } = instantiate(meterWasm(moduleOf([...long, 0x20, 0, 0x0b].slice(-100)), 1000));
  expect(f(7)).toBe(7);
  expect(left.value).toBe(1000 - 2);
});

test('globals that the module has already, its own or imported, keep their numbers', () => {
  // import "e" "g" (global i32)
  const imports = [2, 8, 1, 1, 0x65, 1, 0x67, 3, 0x7f, 0];
  const body = [0x23, 0, 0x20, 0, 0x6a, 0x0b];
  const { f, left } = instantiate(meterWasm(moduleOf(body, imports), 10), { e: { g: 40 } });
  expect(f(2)).toBe(42);
  expect(left.value).toBe(9);
});

describe('a module is refused', () => {
  const cases: ReadonlyArray<readonly [string, Buffer, string]> = [
    [
      'that fills memory in one step',
      moduleOf([0x20, 0, 0x20, 0, 0x20, 0, 0xfc, 11, 0, 0x20, 0, 0x0b]),
      '0xfc',
    ],
    ['that could wait for ever', moduleOf([0xfe, 0x01, 2, 0, 0x0b]), '0xfe'],
    ['that uses vectors', moduleOf([0xfd, 0x0c, 0x0b]), '0xfd'],
    ['with an unknown section', Buffer.from([...HEADER, 13, 1, 0]), 'kind 13'],
    ['that is cut off', moduleOf(COUNTDOWN).subarray(0, -4), 'cut off'],
    ['that is no WebAssembly', Buffer.from('not wasm'), 'no WebAssembly'],
    ['that is empty', Buffer.alloc(0), 'no WebAssembly'],
  ];
  test.each(cases)('%s', (_, wasm, told) => {
    expect(() => meterWasm(wasm, 10)).toThrow(PolicyError);
    expect(() => meterWasm(wasm, 10)).toThrow(told);
  });
});
