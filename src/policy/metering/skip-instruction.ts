// The instructions of WebAssembly as far as OPA's compiler emits them: how long each one is, in bytes and in time.
//
// What stands between two of them must be known exactly, or a counter would land inside a constant. An instruction that
// is not listed is refused: threads could wait for ever, and bulk copies do much work in one step.
import { PolicyError } from '../policy-error.ts';
import { readBlockType, readMemoryPlace } from './plain-module.ts';
import { readByte, readBytes, readUnsigned, skipNumber, type WasmCursor } from './wasm-bytes.ts';

export const BLOCK = 0x02;
export const LOOP = 0x03;
export const IF = 0x04;
export const END = 0x0b;
const MEMORY_GROW = 0x40;

/** For so many plain instructions a slow one counts. */
const SLOW = 16;

/** Of those behind 0xfc only the conversions that saturate: copying and filling memory come after them. */
const LAST_CONVERSION = 7;

/** unreachable, nop, else, end, return, drop and select stand alone; the others name a block, a place or a value. */
const NUMBERS = new Map([
  ...[0x00, 0x01, 0x05, END, 0x0f, 0x1a, 0x1b].map((opcode) => [opcode, 0] as const),
  ...[0x0c, 0x0d, 0x10].map((opcode) => [opcode, 1] as const),
  ...[0x20, 0x21, 0x22, 0x23, 0x24, 0x3f, 0x40, 0x41, 0x42].map((opcode) => [opcode, 1] as const),
  [0x11, 2] as const,
]);

/**
 * How many plain instructions one counts for. Memory that is in no cache, division, and decimals that are nearly 0 take up to a
 * hundred times as long as an addition; more memory is a matter for the engine.
 */
export function weightOf(opcode: number): number {
  if (opcode === MEMORY_GROW) return 64;
  const isSlow = isMemoryAccess(opcode) || isDivision(opcode) || (opcode >= 0x8b && opcode <= 0xa6);
  return isSlow ? SLOW : 1;
}

function isDivision(opcode: number): boolean {
  return (opcode >= 0x6d && opcode <= 0x70) || (opcode >= 0x7f && opcode <= 0x82);
}

/** Moves past one instruction and gives its opcode. Throws `PolicyError` where it is not one of those. */
export function skipInstruction(at: WasmCursor): number {
  const opcode = readByte(at);
  skipOperands(at, opcode);
  return opcode;
}

function skipOperands(at: WasmCursor, opcode: number): void {
  const numbers = numbersOf(opcode);
  if (numbers !== undefined) skipNumbers(at, numbers);
  else if (opcode === BLOCK || opcode === LOOP || opcode === IF) readBlockType(at);
  else if (isMemoryAccess(opcode)) readMemoryPlace(at);
  else if (opcode === 0x0e) skipNumbers(at, readUnsigned(at) + 1);
  else if (opcode === 0x43) readBytes(at, 4);
  else if (opcode === 0x44) readBytes(at, 8);
  else if (opcode !== 0xfc || readUnsigned(at) > LAST_CONVERSION) throw refused(opcode);
}

/** How many numbers stand behind the opcode; undefined where it is not as simple as that. */
function numbersOf(opcode: number): number | undefined {
  if (opcode >= 0x45 && opcode <= 0xc4) return 0;
  return NUMBERS.get(opcode);
}

function isMemoryAccess(opcode: number): boolean {
  return opcode >= 0x28 && opcode <= 0x3e;
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
