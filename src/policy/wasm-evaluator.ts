// The one place that touches @open-policy-agent/opa-wasm, and closes its traps:
//
//   input   only as bytes in an ArrayBuffer (anything else it stringifies, or takes for "no input")
//   throws  are strings, and leak the C stack: the instance is thrown away after any of them
//   builtin functions that the host lacks are found at load, not in the middle of a decision
//   memory  never shrinks, so it is capped
//
// Code that Regent did not generate is bounded: it counts its steps and stops where they are used up, and has less memory.
import { createRequire } from 'node:module';
import type { LoadedPolicy } from './bundle/wasm-policy.ts';
import { instantiateBounded } from './metering/instantiate-bounded.ts';
import { meterWasm, STEPS_LEFT } from './metering/meter-wasm.ts';
import { PolicyError } from './policy-error.ts';

interface OpaWasm {
  loadPolicySync(
    module: WebAssembly.Module,
    memory: { initial: number; maximum: number },
    builtins: Record<string, never>,
  ): LoadedPolicy;
}
const { loadPolicySync } = createRequire(import.meta.url)('@open-policy-agent/opa-wasm') as OpaWasm;

const PAGE = 64 * 1024;
const INITIAL_PAGES = 64;
const MAXIMUM_PAGES = 2048;

/** What bounded code may do. Constants, since the same bundle must decide the same on every machine. */
export const BOUNDS = {
  /** For one evaluation: some 20 to 100 ms of what OPA's compiler makes. */
  steps: 20_000_000,
  /** For what is asked once for each tool of a list, with nobody waiting for one of them. */
  listSteps: 1_000_000,
  /** For instantiating, with the reading of the bundle's data. */
  loadSteps: 400_000_000,
  /** 64 MiB. */
  pages: 1024,
  /** Every decision is kept in the journal. */
  answerBytes: 1024 * 1024,
} as const;

export interface Evaluator {
  /** What the module can be asked for. */
  readonly entrypoints: readonly string[];
  /**
   * JSON text in, the entry point's value out (`undefined` where it has none). Throws `PolicyError('evaluation-failed')`.
   * `steps` bounds code that is bounded at all.
   */
  evaluate(input: string, entrypoint: string, steps?: number): unknown;
  /** The same as JSON text: that of a list with one object, whose `result` is the value; of an empty one where it has none. */
  answer(input: string, entrypoint: string, steps?: number): string;
}

export interface EvaluatorParts {
  readonly wasm: Buffer;
  /** JSON text. */
  readonly data: string;
  /** Nobody knows what the module does: its steps and its memory are bounded. */
  readonly isBounded: boolean;
}

/** Throws `PolicyError` where the module cannot be used. */
export function createEvaluator({ wasm, data, isBounded }: EvaluatorParts): Evaluator {
  const module = compileModule(isBounded ? meterSound(wasm) : wasm);
  refuseOldInterface(module);
  const load = isBounded ? instantiateBounded : instantiateOwn;
  const pages = pagesFor(wasm, isBounded);
  const instantiate = (): LoadedPolicy => instantiatePolicy(() => load(module, pages), data);
  const first = instantiate();
  let policy: LoadedPolicy | null = first;
  let evaluateOnce: EvaluateOnce | null = createEvaluateOnce(first);

  const answer = (input: string, entrypoint: string, steps: number = BOUNDS.steps): string => {
    try {
      policy ??= instantiate();
      evaluateOnce ??= createEvaluateOnce(policy);
      return evaluateOnce(input, entrypoint, steps);
    } catch (cause) {
      const why = policy === null ? describe(cause) : explainStop(policy, steps, cause);
      policy = null;
      evaluateOnce = null;
      throw new PolicyError('evaluation-failed', `the policy could not be evaluated: ${why}`, cause);
    }
  };
  return {
    entrypoints: Object.keys(first.entrypoints),
    evaluate: (...asked) => readAnswer(answer(...asked)),
    answer,
  };
}

/** Sound before it is metered: what names a global that is not there would find the counter in its place afterwards. */
function meterSound(wasm: Buffer): Buffer {
  compileModule(wasm);
  return meterWasm(wasm, BOUNDS.loadSteps);
}

function instantiateOwn(module: WebAssembly.Module, pages: Pages): LoadedPolicy {
  return loadPolicySync(module, pages, {});
}

interface Pages {
  readonly initial: number;
  readonly maximum: number;
}

function pagesFor(wasm: Buffer, isBounded: boolean): Pages {
  const initial = Math.max(INITIAL_PAGES, Math.ceil(wasm.length / PAGE) + INITIAL_PAGES / 4);
  return { initial, maximum: Math.max(isBounded ? BOUNDS.pages : MAXIMUM_PAGES, initial) };
}

/** A bounded module exports what is left of its steps. */
function stepsOf({ wasmInstance }: LoadedPolicy): WebAssembly.Global | null {
  return (wasmInstance.exports[STEPS_LEFT] as WebAssembly.Global | undefined) ?? null;
}

function explainStop(policy: LoadedPolicy, steps: number, cause: unknown): string {
  const left = stepsOf(policy);
  if (left !== null && left.value < 0) return `it took too long, more than ${steps} steps`;
  const why = describe(cause);
  // OPA's arithmetic does not ask whether it got the memory it wanted.
  return /opa_malloc|out of bounds/.test(why) ? `it needs too much memory (${why})` : why;
}

/** Whether `reason`, of a denial, says that an evaluation was stopped by the bounds. */
export function wasStopped(reason: string): boolean {
  return /: it (took too long, more than \d+ steps|needs too much memory)/.test(reason);
}

type EvaluateOnce = (input: string, entrypoint: string, steps: number) => string;

/**
 * One call of the module's `opa_eval` (OPA's ABI 1.2), as the SDK's own `evaluate` makes it, but with the text written
 * straight into the memory and read straight out of it. The heap is reset by every call.
 */
function createEvaluateOnce(policy: LoadedPolicy): EvaluateOnce {
  const { mem, wasmInstance, dataAddr, dataHeapPtr, entrypoints } = policy;
  const left = stepsOf(policy);
  const evaluate = wasmInstance.exports.opa_eval as (...args: number[]) => number;
  let view = Buffer.from(mem.buffer);
  const current = (): Buffer => {
    if (view.buffer !== mem.buffer) view = Buffer.from(mem.buffer);
    return view;
  };
  return (input, entrypoint, steps) => {
    const id = entrypoints[entrypoint];
    if (id === undefined) throw new Error(`the bundle has no entry point ${entrypoint}`);
    const length = Buffer.byteLength(input);
    const missing = dataHeapPtr + length - mem.buffer.byteLength;
    if (missing > 0) mem.grow(Math.ceil(missing / PAGE));
    current().write(input, dataHeapPtr, length, 'utf8');
    if (left !== null) left.value = steps;
    const address = evaluate(0, id, dataAddr, dataHeapPtr, length, dataHeapPtr + length, 0);
    const memory = current();
    const end = memory.indexOf(0, address);
    if (left !== null && end - address > BOUNDS.answerBytes) throw new Error('its answer is too long');
    return memory.toString('utf8', address, end);
  };
}

function compileModule(wasm: Buffer): WebAssembly.Module {
  try {
    return new WebAssembly.Module(exactBuffer(wasm));
  } catch (cause) {
    throw new PolicyError('bundle-broken', 'the policy.wasm of the bundle is not valid WebAssembly', cause);
  }
}

/** `opa_eval` came with version 1.2 of OPA's binary interface (OPA 0.27). */
function refuseOldInterface(module: WebAssembly.Module): void {
  const exports = WebAssembly.Module.exports(module).map(({ name }) => name);
  const missing = ['opa_eval', 'opa_json_dump', 'builtins', 'entrypoints'].filter(
    (name) => !exports.includes(name),
  );
  if (missing.length === 0) return;
  throw new PolicyError(
    'bundle-format',
    `the policy.wasm of the bundle lacks ${missing.join(', ')}: it was built by an OPA before 0.27, or not by OPA; build it with OPA 1.x`,
  );
}

function instantiatePolicy(load: () => LoadedPolicy, data: string): LoadedPolicy {
  try {
    const policy = load();
    refuseHostBuiltins(policy);
    if (data.trim() !== '{}') policy.setData(exactBuffer(new TextEncoder().encode(data)));
    return policy;
  } catch (cause) {
    if (cause instanceof PolicyError) throw cause;
    throw new PolicyError('bundle-broken', `the policy cannot be loaded: ${describe(cause)}`, cause);
  }
}

/** The module lists the functions that it expects of its host; Regent supplies none, so that decisions stay pure. */
function refuseHostBuiltins(policy: LoadedPolicy): void {
  const exports = policy.wasmInstance.exports as Record<string, (...args: number[]) => number>;
  const address = exports.opa_json_dump?.(exports.builtins?.() ?? 0) ?? 0;
  const memory = Buffer.from(policy.mem.buffer);
  const names = Object.keys(
    JSON.parse(memory.toString('utf8', address, memory.indexOf(0, address))) as object,
  );
  if (names.length > 0) {
    throw new PolicyError(
      'bundle-builtin',
      `the policy calls ${names.sort().join(', ')}, which Regent does not offer`,
    );
  }
}

/** The value in an answer. Throws `PolicyError` where it is no JSON, which only code that OPA did not make can write. */
export function readAnswer(answer: string): unknown {
  const [first]: readonly unknown[] = parseList(answer);
  return typeof first === 'object' && first !== null && 'result' in first ? first.result : undefined;
}

function parseList(answer: string): readonly unknown[] {
  try {
    const list: unknown = JSON.parse(answer);
    return Array.isArray(list) ? list : [];
  } catch (cause) {
    throw new PolicyError(
      'evaluation-failed',
      'the policy could not be evaluated: it answers no JSON',
      cause,
    );
  }
}

function exactBuffer(bytes: Uint8Array): ArrayBuffer {
  const { buffer, byteOffset, byteLength } = bytes;
  const isExact = byteOffset === 0 && byteLength === buffer.byteLength;
  return (isExact ? buffer : buffer.slice(byteOffset, byteOffset + byteLength)) as ArrayBuffer;
}

function describe(cause: unknown): string {
  if (cause instanceof Error) return cause.message;
  return typeof cause === 'string' ? cause : JSON.stringify(cause);
}
