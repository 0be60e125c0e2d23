// A compiled policy in memory, as OPA's SDK and Regent's own loader give it.

/** The SDK's class as far as it is used; its own types do not describe `loadPolicySync`, nor the import that has it. */
export interface LoadedPolicy {
  readonly mem: WebAssembly.Memory;
  readonly wasmInstance: WebAssembly.Instance;
  /** Where the policy's data stands, and where the heap is free behind it. */
  readonly dataAddr: number;
  readonly dataHeapPtr: number;
  readonly entrypoints: Readonly<Record<string, number>>;
  setData(data: ArrayBuffer): void;
}
