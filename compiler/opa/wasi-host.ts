// A WASI host in memory, for one run of one program: stdin is a text, stdout and stderr are gathered, and that is all
// there is. No file, no network; the clock stands still and random numbers are constant, so that equal requests give
// equal bytes. Node's own WASI is not used: its fast calls crash in longer runs (Node 20 and 22).
import { createWasiMemory, type WasiMemory } from './wasi-memory.ts';

const SUCCESS = 0;
const EBADF = 8;
const ENOSYS = 52;
const CHARACTER_DEVICE = 2;
/** 2026-01-01T00:00:00Z in nanoseconds; only ever read to measure durations. */
const FIXED_TIME_NS = 1_767_225_600_000_000_000n;

export interface ProgramEnd {
  readonly exitCode: number;
  readonly stdout: Buffer;
  readonly stderr: string;
}

/** What a large build takes; pages that are not touched take none. */
const MEMORY_AHEAD = 768 * 2 ** 20;
const PAGE_SIZE = 2 ** 16;

/** Unwinds the program's stack when it exits. */
class ProgramExit extends Error {
  readonly exitCode: number;

  constructor(exitCode: number) {
    super(`the program ended with exit code ${exitCode}`);
    this.exitCode = exitCode;
  }
}

/** Runs a WASI program without arguments or environment to its end. A trap in it is thrown. `stdin` is asked when it reads. */
export function runProgram(module: WebAssembly.Module, stdin: () => Buffer): ProgramEnd {
  const memory = createWasiMemory();
  const output: Buffer[][] = [[], [], []];
  const functions = { ...surroundings(memory), ...streams(memory, stdin, output), ...control(memory) };
  const instance = new WebAssembly.Instance(module, { wasi_snapshot_preview1: importsOf(module, functions) });
  const own = instance.exports.memory as WebAssembly.Memory;
  growAhead(own);
  memory.attach(own);
  const exitCode = runToEnd(instance.exports._start as () => void);
  const [, stdout = [], stderr = []] = output;
  return { exitCode, stdout: Buffer.concat(stdout), stderr: Buffer.concat(stderr).toString('utf8') };
}

/** The program itself grows in small steps, after each of which V8 collects garbage: that is half the time of a build. */
function growAhead(memory: WebAssembly.Memory): void {
  try {
    memory.grow(MEMORY_AHEAD / PAGE_SIZE);
  } catch {
    // Where the system promises no more than it has, small steps may still do.
  }
}

function runToEnd(start: () => void): number {
  try {
    start();
    return 0;
  } catch (error) {
    if (error instanceof ProgramExit) return error.exitCode;
    throw error;
  }
}

type HostFunctions = Readonly<Record<string, (...args: number[]) => number>>;

/** What the program imports and the host does not have answers that it is not supported. */
function importsOf(module: WebAssembly.Module, functions: HostFunctions): HostFunctions {
  const names = WebAssembly.Module.imports(module).map(({ name }) => name);
  return Object.fromEntries(names.map((name) => [name, functions[name] ?? (() => ENOSYS)]));
}

/** Arguments, environment, clock and randomness: all constant. */
function surroundings(memory: WasiMemory): HostFunctions {
  const done = (): number => SUCCESS;
  const writeNoTexts = (count = 0, size = 0): number => {
    memory.writeSizes(count, size, []);
    return SUCCESS;
  };
  const name = [Buffer.from('opa\0')];
  return {
    args_sizes_get: (count = 0, size = 0) => {
      memory.writeSizes(count, size, name);
      return SUCCESS;
    },
    args_get: (pointers = 0, address = 0) => {
      memory.writeTexts(pointers, address, name);
      return SUCCESS;
    },
    environ_sizes_get: writeNoTexts,
    environ_get: done,
    clock_time_get: (_clock, _precision, address = 0) => {
      memory.bytes().writeBigUInt64LE(FIXED_TIME_NS, address);
      return SUCCESS;
    },
    random_get: (address = 0, length = 0) => {
      memory.bytes().fill(7, address, address + length);
      return SUCCESS;
    },
  };
}

/** The three standard streams; there is no other file. */
function streams(memory: WasiMemory, stdin: () => Buffer, output: readonly Buffer[][]): HostFunctions {
  let input: Buffer | null = null;
  let position = 0;
  return {
    fd_read: (descriptor = 0, vectors = 0, count = 0, result = 0) => {
      if (descriptor !== 0) return EBADF;
      input ??= stdin();
      const start = position;
      for (const part of memory.vectors(vectors, count)) position += input.copy(part, 0, position);
      memory.writeNumber(result, position - start);
      return SUCCESS;
    },
    fd_write: (descriptor = 0, vectors = 0, count = 0, result = 0) => {
      if (descriptor !== 1 && descriptor !== 2) return EBADF;
      const written = Buffer.concat(memory.vectors(vectors, count));
      output[descriptor]?.push(written);
      memory.writeNumber(result, written.length);
      return SUCCESS;
    },
    fd_fdstat_get: (descriptor = 0, address = 0) => {
      if (descriptor > 2) return EBADF;
      memory.bytes().fill(0, address, address + 24);
      memory.bytes().writeUInt8(CHARACTER_DEVICE, address);
      return SUCCESS;
    },
    fd_fdstat_set_flags: () => SUCCESS,
    fd_close: () => SUCCESS,
    fd_prestat_get: () => EBADF,
  };
}

function control(memory: WasiMemory): HostFunctions {
  return {
    sched_yield: () => SUCCESS,
    poll_oneoff: (_subscriptions, _events, _count, result = 0) => {
      memory.writeNumber(result, 0);
      return SUCCESS;
    },
    proc_exit: (exitCode = 0) => {
      throw new ProgramExit(exitCode);
    },
  };
}
