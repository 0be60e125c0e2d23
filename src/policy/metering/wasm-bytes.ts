// Reads and writes the variable-length numbers of the WebAssembly binary format.
import { PolicyError } from '../policy-error.ts';

/** A place in the bytes that moves on as it is read. */
export interface WasmCursor {
  readonly bytes: Buffer;
  offset: number;
}

export function readByte(at: WasmCursor): number {
  const byte = at.bytes[at.offset];
  if (byte === undefined) throw cutOff();
  at.offset += 1;
  return byte;
}

/** An unsigned LEB128 number of at most 32 bits. */
export function readUnsigned(at: WasmCursor): number {
  let value = 0;
  for (let shift = 0; shift < 35; shift += 7) {
    const byte = readByte(at);
    value += (byte & 0x7f) * 2 ** shift;
    if (byte < 0x80) return value;
  }
  throw cutOff();
}

/** A signed or unsigned LEB128 number whose value does not matter. */
export function skipNumber(at: WasmCursor): void {
  while (readByte(at) >= 0x80);
}

/** The next `length` bytes. */
export function readBytes(at: WasmCursor, length: number): Buffer {
  const end = at.offset + length;
  if (end > at.bytes.length) throw cutOff();
  const bytes = at.bytes.subarray(at.offset, end);
  at.offset = end;
  return bytes;
}

export function printUnsigned(value: number): Buffer {
  const bytes: number[] = [];
  let rest = value;
  do {
    const low = rest % 0x80;
    rest = Math.floor(rest / 0x80);
    bytes.push(rest > 0 ? low | 0x80 : low);
  } while (rest > 0);
  return Buffer.from(bytes);
}

/** A number of at least 0 in the signed form: the sign bit of the last byte stays clear. */
export function printSigned(value: number): Buffer {
  const bytes: number[] = [];
  let rest = value;
  while (rest >= 0x40) {
    bytes.push((rest % 0x80) | 0x80);
    rest = Math.floor(rest / 0x80);
  }
  return Buffer.from([...bytes, rest]);
}

function cutOff(): PolicyError {
  return new PolicyError('bundle-broken', 'the policy.wasm of the bundle is cut off or damaged');
}
