// The one place that touches @open-policy-agent/opa-wasm, and closes its traps:
//
//   input   only as bytes in an ArrayBuffer (anything else it stringifies, or takes for "no input")
//   throws  are strings, and leak the C stack: the instance is thrown away after any of them
//   builtin functions that the host lacks are found at load, not in the middle of a decision
//   memory  never shrinks, so it is capped
import { createRequire } from 'node:module';
import { PolicyError } from './policy-error.ts';

/** The SDK's class as far as it is used; its own types do not describe `loadPolicySync`, nor the import that has it. */
interface LoadedPolicy {
  readonly mem: WebAssembly.Memory;
  readonly wasmInstance: WebAssembly.Instance;
  /** Where the policy's data stands, and where the heap is free behind it. */
  readonly dataAddr: number;
  readonly dataHeapPtr: number;
  readonly entrypoints: Readonly<Record<string, number>>;
  setData(data: ArrayBuffer): void;
}
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

export interface Evaluator {
  /** What the module can be asked for. */
  readonly entrypoints: readonly string[];
  /** JSON text in, the entry point's value out (`undefined` where it has none). Throws `PolicyError('evaluation-failed')`. */
  evaluate(input: string, entrypoint: string): unknown;
}

/** `data` is JSON text. Throws `PolicyError` where the module cannot be used. */
export function createEvaluator(wasm: Buffer, data: string): Evaluator {
  const module = compileModule(wasm);
  refuseOldInterface(module);
  const instantiate = (): LoadedPolicy => instantiatePolicy(module, wasm.length, data);
  const first = instantiate();
  let evaluateOnce: EvaluateOnce | null = createEvaluateOnce(first);

  const evaluate = (input: string, entrypoint: string): unknown => {
    try {
      evaluateOnce ??= createEvaluateOnce(instantiate());
      return readResult(evaluateOnce(input, entrypoint));
    } catch (cause) {
      evaluateOnce = null;
      throw new PolicyError(
        'evaluation-failed',
        `the policy could not be evaluated: ${describe(cause)}`,
        cause,
      );
    }
  };
  return { entrypoints: Object.keys(first.entrypoints), evaluate };
}

type EvaluateOnce = (input: string, entrypoint: string) => unknown;

/**
 * One call of the module's `opa_eval` (OPA's ABI 1.2), as the SDK's own `evaluate` makes it, but with the text written
 * straight into the memory and read straight out of it. The heap is reset by every call.
 */
function createEvaluateOnce({
  mem,
  wasmInstance,
  dataAddr,
  dataHeapPtr,
  entrypoints,
}: LoadedPolicy): EvaluateOnce {
  const evaluate = wasmInstance.exports.opa_eval as (...args: number[]) => number;
  let view = Buffer.from(mem.buffer);
  const current = (): Buffer => {
    if (view.buffer !== mem.buffer) view = Buffer.from(mem.buffer);
    return view;
  };
  return (input, entrypoint) => {
    const id = entrypoints[entrypoint];
    if (id === undefined) throw new Error(`the bundle has no entry point ${entrypoint}`);
    const length = Buffer.byteLength(input);
    const missing = dataHeapPtr + length - mem.buffer.byteLength;
    if (missing > 0) mem.grow(Math.ceil(missing / PAGE));
    current().write(input, dataHeapPtr, length, 'utf8');
    const address = evaluate(0, id, dataAddr, dataHeapPtr, length, dataHeapPtr + length, 0);
    const memory = current();
    return JSON.parse(memory.toString('utf8', address, memory.indexOf(0, address)));
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

function instantiatePolicy(module: WebAssembly.Module, size: number, data: string): LoadedPolicy {
  try {
    const initial = Math.max(INITIAL_PAGES, Math.ceil(size / PAGE) + INITIAL_PAGES / 4);
    const policy = loadPolicySync(module, { initial, maximum: Math.max(MAXIMUM_PAGES, initial) }, {});
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

function readResult(results: unknown): unknown {
  const first: unknown = Array.isArray(results) ? results[0] : undefined;
  return typeof first === 'object' && first !== null && 'result' in first ? first.result : undefined;
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
