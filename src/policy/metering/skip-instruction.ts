// The instructions of WebAssembly as far as OPA's compiler emits them: how long each one is.
//
// What stands between two of them must be known exactly, or a counter would land inside a constant. An instruction that
// is not listed is refused: threads could wait for ever, and bulk copies do much work in one step.
import { PolicyError } from '../policy-error.ts';
import { readByte, readBytes, readUnsigned, skipNumber, type WasmCursor } from './wasm-bytes.ts';

export const BLOCK = 0x02;
export const LOOP = 0x03;
export const IF = 0x04;
export const END = 0x0b;

/** Of those behind 0xfc only the conversions that saturate: copying and filling memory come after them. */
const LAST_CONVERSION = 7;

/** unreachable, nop, else, end, return, drop and select stand alone; the others name a block, a place or a value. */
const NUMBERS = new Map([
  ...[0x00, 0x01, 0x05, END, 0x0f, 0x1a, 0x1b].map((opcode) => [opcode, 0] as const),
  ...[BLOCK, LOOP, IF, 0x0c, 0x0d, 0x10].map((opcode) => [opcode, 1] as const),
  ...[0x20, 0x21, 0x22, 0x23, 0x24, 0x3f, 0x40, 0x41, 0x42].map((opcode) => [opcode, 1] as const),
  [0x11, 2] as const,
]);

/** Moves past one instruction and gives its opcode. Throws `PolicyError` where it is not one of those. */
export function skipInstruction(at: WasmCursor): number {
  const opcode = readByte(at);
  skipOperands(at, opcode);
  return opcode;
}

function skipOperands(at: WasmCursor, opcode: number): void {
  const numbers = numbersOf(opcode);
  if (numbers !== undefined) skipNumbers(at, numbers);
  else if (opcode === 0x0e) skipNumbers(at, readUnsigned(at) + 1);
  else if (opcode === 0x43) readBytes(at, 4);
  else if (opcode === 0x44) readBytes(at, 8);
  else if (opcode !== 0xfc || readUnsigned(at) > LAST_CONVERSION) throw refused(opcode);
}

/** How many numbers stand behind the opcode; undefined where it is not as simple as that. */
function numbersOf(opcode: number): number | undefined {
  if (opcode >= 0x45 && opcode <= 0xc4) return 0;
  if (opcode >= 0x28 && opcode <= 0x3e) return 2;
  return NUMBERS.get(opcode);
}

function skipNumbers(at: WasmCursor, count: number): void {
  for (let index = 0; index < count; index += 1) skipNumber(at);
}

function refused(opcode: number): PolicyError {
  const name = `0x${opcode.toString(16).padStart(2, '0')}`;
  return new PolicyError(
    'bundle-broken',
    `the policy.wasm of the bundle has the instruction ${name}, which OPA's compiler does not use; build it with opa build -t wasm`,
  );
}
