// Instantiates a module that nobody vouches for. The SDK does not do here: it looks for the end of a text beyond the end of
// the memory, prints what the module asks it to (stdout belongs to MCP), and offers functions of its own.
import type { LoadedPolicy } from '../bundle/wasm-policy.ts';

type WasmFunction = (...args: number[]) => number;

interface OpaExports {
  readonly opa_malloc: WasmFunction;
  readonly opa_json_parse: WasmFunction;
  readonly opa_json_dump: WasmFunction;
  readonly opa_heap_ptr_get: WasmFunction;
  readonly opa_heap_ptr_set: WasmFunction;
  readonly opa_eval: WasmFunction;
  readonly entrypoints: WasmFunction;
  readonly builtins: WasmFunction;
}
const EXPORTS = [
  'opa_malloc',
  'opa_json_parse',
  'opa_json_dump',
  'opa_heap_ptr_get',
  'opa_heap_ptr_set',
  'opa_eval',
  'entrypoints',
  'builtins',
];
const BUILTINS = ['opa_builtin0', 'opa_builtin1', 'opa_builtin2', 'opa_builtin3', 'opa_builtin4'];

/** Throws whatever the module does wrong. */
export function instantiateBounded(
  module: WebAssembly.Module,
  pages: { readonly initial: number; readonly maximum: number },
): LoadedPolicy {
  const mem = new WebAssembly.Memory(pages);
  const wasmInstance = new WebAssembly.Instance(module, { env: hostOf(mem) });
  const opa = exportsOf(wasmInstance);
  const base = parseJson(mem, opa, Buffer.from('{}'));
  const baseHeapPtr = opa.opa_heap_ptr_get();
  const entrypoints = readEntrypoints(readText(mem, opa.opa_json_dump(opa.entrypoints())));
  const policy = {
    mem,
    wasmInstance,
    dataAddr: base,
    dataHeapPtr: baseHeapPtr,
    entrypoints,
    setData: (data: ArrayBuffer) => {
      opa.opa_heap_ptr_set(baseHeapPtr);
      policy.dataAddr = parseJson(mem, opa, Buffer.from(data));
      policy.dataHeapPtr = opa.opa_heap_ptr_get();
    },
  };
  return policy;
}

/** What the module may call ends its evaluation, whatever it is. */
function hostOf(memory: WebAssembly.Memory): Record<string, unknown> {
  const refuse = (): never => {
    throw new Error('it calls its host, which offers nothing');
  };
  return {
    memory,
    opa_abort: (address: number): never => {
      throw new Error(readText(memory, address));
    },
    opa_println: refuse,
    ...Object.fromEntries(BUILTINS.map((name) => [name, refuse])),
  };
}

function exportsOf({ exports }: WebAssembly.Instance): OpaExports {
  const missing = EXPORTS.find((name) => typeof exports[name] !== 'function');
  if (missing !== undefined) throw new Error(`it has no function ${missing}`);
  return exports as unknown as OpaExports;
}

function parseJson(memory: WebAssembly.Memory, opa: OpaExports, json: Buffer): number {
  const address = opa.opa_malloc(json.length);
  json.copy(new Uint8Array(memory.buffer, address, json.length));
  const parsed = opa.opa_json_parse(address, json.length);
  if (parsed === 0) throw new Error('it cannot read its data');
  return parsed;
}

/** Names, each with its number. */
function readEntrypoints(text: string): Record<string, number> {
  const value: unknown = JSON.parse(text);
  const isMap = typeof value === 'object' && value !== null && !Array.isArray(value);
  if (!isMap || Object.values(value).some((id) => typeof id !== 'number'))
    throw new Error('it does not say what its entry points are');
  return value as Record<string, number>;
}

/** Up to the next NUL, which must be there. */
function readText(memory: WebAssembly.Memory, address: number): string {
  const bytes = Buffer.from(memory.buffer);
  const end = address >= 0 ? bytes.indexOf(0, address) : -1;
  if (end < 0) throw new Error('it points outside of its memory');
  return bytes.toString('utf8', address, end);
}
