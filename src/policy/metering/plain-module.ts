// What a module may be made of: the WebAssembly 1.0 that OPA's compiler writes. Everything later is refused here, since
// engines differ in it, and since it would get around the bounds: memories and tables beside the one that is bounded, and
// types that stretch over several bytes, behind which a loop could hide from whoever counts instructions.
import { PolicyError } from '../policy-error.ts';
import { readByte, readUnsigned, skipNumber, type WasmCursor } from './wasm-bytes.ts';

/** Of functions that are called by their place: a few bytes each, and OPA puts each function in at most once. */
const TABLE_MAX = 1_000_000;

const FUNCTION_FORM = 0x60;
const FUNCTION_REFERENCE = 0x70;

/** i32, i64, f32, f64. */
const NUMBER_TYPES = [0x7f, 0x7e, 0x7d, 0x7c];

const TYPES = 1;
const TABLES = 4;
const MEMORIES = 5;

/** `bodyOf` gives the content of a section. Throws `PolicyError('bundle-broken')`. */
export function requirePlainModule(bodyOf: (section: number) => Buffer | null): void {
  checkTypes(cursorOf(bodyOf(TYPES)));
  checkTables(cursorOf(bodyOf(TABLES)));
  if (readUnsigned(cursorOf(bodyOf(MEMORIES))) > 0) throw notPlain('a memory of its own');
}

/** A section that is not there is an empty list. */
function cursorOf(body: Buffer | null): WasmCursor {
  return { bytes: body ?? Buffer.of(0), offset: 0 };
}

function checkTypes(at: WasmCursor): void {
  for (let left = readUnsigned(at); left > 0; left -= 1) {
    if (readByte(at) !== FUNCTION_FORM) throw notPlain('a type that is no function');
    for (const _ of ['parameters', 'results'])
      for (let values = readUnsigned(at); values > 0; values -= 1) readValueType(at);
  }
}

function checkTables(at: WasmCursor): void {
  const count = readUnsigned(at);
  if (count > 1) throw notPlain('several tables');
  if (count === 0) return;
  if (readByte(at) !== FUNCTION_REFERENCE) throw notPlain('a table of other things than functions');
  readByte(at);
  if (readUnsigned(at) > TABLE_MAX) throw notPlain(`a table of over ${TABLE_MAX} functions`);
}

/** Of a local, a parameter or a result. */
export function readValueType(at: WasmCursor): void {
  if (!NUMBER_TYPES.includes(readByte(at))) throw notPlain('a value that is no number');
}

/** What a block gives: nothing, one number, or as one of the module's types says. */
export function readBlockType(at: WasmCursor): void {
  const first = at.bytes[at.offset] ?? 0;
  const isSimple = first === 0x40 || NUMBER_TYPES.includes(first);
  if (!isSimple && first >= 0x40 && first < 0x80) throw notPlain('a block that gives no number');
  skipNumber(at);
}

/** Alignment and offset. A set bit 6 says that the number of a memory stands between them. */
export function readMemoryPlace(at: WasmCursor): void {
  if (readUnsigned(at) >= 0x40) throw notPlain('several memories');
  skipNumber(at);
}

function notPlain(what: string): PolicyError {
  return new PolicyError(
    'bundle-broken',
    `the policy.wasm of the bundle has ${what}, which OPA's compiler does not write; build it with opa build -t wasm`,
  );
}
