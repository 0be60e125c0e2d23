// The WASI host where the machine does not give what OPA would like to have.
import { expect, test } from 'vitest';
import { runProgram } from '../../../compiler/opa/wasi-host.ts';

/** `(module (memory (export "memory") 1 1) (func (export "_start")))`: its memory cannot grow, and it reads nothing. */
const NOT_GROWING = Buffer.from(
  [
    '0061736d01000000',
    '010401600000',
    '03020100',
    '050401010101',
    '0713',
    '02',
    `06${Buffer.from('memory').toString('hex')}0200`,
    `06${Buffer.from('_start').toString('hex')}0000`,
    '0a040102000b',
  ].join(''),
  'hex',
);

test('a program runs where its memory cannot be had ahead, and its input is not read before it asks', () => {
  const unread = (): Buffer => {
    throw new Error('nobody asked for the input');
  };
  const end = runProgram(new WebAssembly.Module(NOT_GROWING), unread);
  expect(end).toEqual({ exitCode: 0, stdout: Buffer.alloc(0), stderr: '' });
});
