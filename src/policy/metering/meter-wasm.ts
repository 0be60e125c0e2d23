// Makes a WebAssembly module that counts its own steps and stops where they are used up, so that foreign code can be
// evaluated in this very process: it ends after bounded work, and after the same work on every machine.
//
//   function body ─▶ take(n)  body …  loop ─▶ take(m)  body …  end
//
// Only a loop or a call can repeat an instruction, so each loop's head and each function's start pay for what stands in
// them: one step, and one more for every 64 instructions. A clock would decide equal calls differently, and a worker
// thread would cost each decision a wake-up of two threads (docs/decisions/0005-steps-not-seconds.md).
import { PolicyError } from '../policy-error.ts';
import { readValueType, requirePlainModule } from './plain-module.ts';
import { BLOCK, END, IF, LOOP, skipInstruction, weightOf } from './skip-instruction.ts';
import {
  printSigned,
  printUnsigned,
  readByte,
  readBytes,
  readUnsigned,
  skipNumber,
  type WasmCursor,
} from './wasm-bytes.ts';

/** The module's exported `i32` that holds what is left; it is below 0 once a module was stopped. */
export const STEPS_LEFT = 'regent_steps_left';

const MAGIC = Buffer.from('\0asm');
const IMPORTS = 2;
const GLOBALS = 6;
const EXPORTS = 7;
const CODE = 10;
/** Known sections in the order that the format asks for; anything else is refused. */
const ORDER = [1, IMPORTS, 3, 4, 5, GLOBALS, EXPORTS, 8, 9, CODE, 11];
const GLOBAL_KIND = 3;
const INSTRUCTIONS_PER_STEP = 64;

interface Section {
  readonly id: number;
  readonly body: Buffer;
}

/** `steps` is what the module may do before anybody sets the counter. Throws `PolicyError('bundle-broken')`. */
export function meterWasm(wasm: Buffer, steps: number): Buffer {
  const sections = readSections(wasm);
  const bodyOf = (id: number): Buffer | null => sections.find((section) => section.id === id)?.body ?? null;
  requirePlainModule(bodyOf);
  const own = bodyOf(GLOBALS);
  const counter = countImportedGlobals(bodyOf(IMPORTS)) + (own === null ? 0 : countOf(own));
  const changed = new Map([
    [
      GLOBALS,
      appendTo(own, Buffer.concat([Buffer.from([0x7f, 1, 0x41]), printSigned(steps), Buffer.from([END])])),
    ],
    [EXPORTS, appendTo(bodyOf(EXPORTS), printExport(counter))],
    [CODE, meterCode(bodyOf(CODE), counter)],
  ]);
  const body = ORDER.flatMap((id) => {
    const kept = changed.get(id) ?? bodyOf(id);
    return kept === null ? [] : [Buffer.from([id]), printUnsigned(kept.length), kept];
  });
  return Buffer.concat([wasm.subarray(0, 8), ...body]);
}

/** Custom sections hold names and notes only, and are dropped. */
function readSections(wasm: Buffer): Section[] {
  if (!wasm.subarray(0, 4).equals(MAGIC))
    throw new PolicyError('bundle-broken', 'the policy.wasm of the bundle is no WebAssembly');
  const at: WasmCursor = { bytes: wasm, offset: 8 };
  const sections: Section[] = [];
  while (at.offset < wasm.length) {
    const id = readByte(at);
    const body = readBytes(at, readUnsigned(at));
    if (id === 0) continue;
    if (!ORDER.includes(id))
      throw new PolicyError(
        'bundle-broken',
        `the policy.wasm of the bundle has a section of the kind ${id}, which OPA's compiler does not write`,
      );
    sections.push({ id, body });
  }
  return sections;
}

function countImportedGlobals(imports: Buffer | null): number {
  if (imports === null) return 0;
  const at: WasmCursor = { bytes: imports, offset: 0 };
  let globals = 0;
  for (let left = readUnsigned(at); left > 0; left -= 1) {
    readBytes(at, readUnsigned(at));
    readBytes(at, readUnsigned(at));
    if (skipImport(at) === GLOBAL_KIND) globals += 1;
  }
  return globals;
}

function skipImport(at: WasmCursor): number {
  const kind = readByte(at);
  if (kind === 0) skipNumber(at);
  else if (kind === 1) {
    readByte(at);
    skipLimits(at);
  } else if (kind === 2) skipLimits(at);
  else readBytes(at, 2);
  return kind;
}

function skipLimits(at: WasmCursor): void {
  const hasMaximum = readByte(at) === 1;
  skipNumber(at);
  if (hasMaximum) skipNumber(at);
}

function countOf(body: Buffer): number {
  return readUnsigned({ bytes: body, offset: 0 });
}

/** A list of the format with one more element. */
function appendTo(body: Buffer | null, element: Buffer): Buffer {
  if (body === null) return Buffer.concat([printUnsigned(1), element]);
  const at: WasmCursor = { bytes: body, offset: 0 };
  const count = readUnsigned(at);
  return Buffer.concat([printUnsigned(count + 1), body.subarray(at.offset), element]);
}

function printExport(counter: number): Buffer {
  const name = Buffer.from(STEPS_LEFT);
  return Buffer.concat([
    printUnsigned(name.length),
    name,
    Buffer.from([GLOBAL_KIND]),
    printUnsigned(counter),
  ]);
}

function meterCode(code: Buffer | null, counter: number): Buffer | null {
  if (code === null) return null;
  const at: WasmCursor = { bytes: code, offset: 0 };
  const count = readUnsigned(at);
  const parts = [printUnsigned(count)];
  for (let index = 0; index < count; index += 1) {
    const body = meterFunction(readBytes(at, readUnsigned(at)), counter);
    parts.push(printUnsigned(body.length), body);
  }
  return Buffer.concat(parts);
}

interface Toll {
  /** Where it is taken. */
  readonly offset: number;
  instructions: number;
}

function meterFunction(body: Buffer, counter: number): Buffer {
  const parts: Buffer[] = [];
  let from = 0;
  for (const { offset, instructions } of findTolls(body)) {
    parts.push(
      body.subarray(from, offset),
      takeSteps(counter, 1 + Math.floor(instructions / INSTRUCTIONS_PER_STEP)),
    );
    from = offset;
  }
  return Buffer.concat([...parts, body.subarray(from)]);
}

/** The start of the function and every loop's head, in order, with the instructions that belong to no deeper loop. */
function findTolls(body: Buffer): Toll[] {
  const at: WasmCursor = { bytes: body, offset: 0 };
  for (let groups = readUnsigned(at); groups > 0; groups -= 1) {
    skipNumber(at);
    readValueType(at);
  }
  let current: Toll = { offset: at.offset, instructions: 0 };
  const tolls = [current];
  const open: Toll[] = [];
  while (at.offset < body.length) {
    const opcode = skipInstruction(at);
    current.instructions += weightOf(opcode);
    if (opcode === BLOCK || opcode === IF || opcode === LOOP) open.push(current);
    if (opcode === LOOP) {
      current = { offset: at.offset, instructions: 0 };
      tolls.push(current);
    }
    if (opcode === END) current = open.pop() ?? current;
  }
  return tolls;
}

/** `left = left - steps; if (left < 0) unreachable` */
function takeSteps(counter: number, steps: number): Buffer {
  const index = printUnsigned(counter);
  return Buffer.concat([
    Buffer.from([0x23]),
    index,
    Buffer.from([0x41]),
    printSigned(steps),
    Buffer.from([0x6b, 0x24]),
    index,
    Buffer.from([0x23]),
    index,
    Buffer.from([0x41, 0, 0x48, IF, 0x40, 0, END]),
  ]);
}
