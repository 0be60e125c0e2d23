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

/** Moves past one instruction and gives its opcode. Throws `PolicyError` where it is not one of those. */
export function skipInstruction(at: WasmCursor): number {
  const opcode = readByte(at);
  skipOperands(at, opcode);
  return opcode;
}

function skipOperands(at: WasmCursor, opcode: number): void {
  if (opcode >= 0x45 && opcode <= 0xc4) return;
  if (opcode >= 0x28 && opcode <= 0x3e) return skipNumbers(at, 2);
  switch (opcode) {
    case 0x00: // unreachable
    case 0x01: // nop
    case 0x05: // else
    case END:
    case 0x0f: // return
    case 0x1a: // drop
    case 0x1b: // select
      return;
    case BLOCK:
    case LOOP:
    case IF:
    case 0x0c: // br
    case 0x0d: // br_if
    case 0x10: // call
    case 0x20: // local.get
    case 0x21: // local.set
    case 0x22: // local.tee
    case 0x23: // global.get
    case 0x24: // global.set
    case 0x3f: // memory.size
    case 0x40: // memory.grow
    case 0x41: // i32.const
    case 0x42: // i64.const
      return skipNumber(at);
    case 0x0e: // br_table
      return skipNumbers(at, readUnsigned(at) + 1);
    case 0x11: // call_indirect
      return skipNumbers(at, 2);
    case 0x43: // f32.const
      return void readBytes(at, 4);
    case 0x44: // f64.const
      return void readBytes(at, 8);
    case 0xfc:
      return skipExtended(at);
  }
  throw refused(opcode);
}

/** Only the conversions that saturate. */
function skipExtended(at: WasmCursor): void {
  const opcode = readUnsigned(at);
  if (opcode > 7) throw refused(opcode);
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
