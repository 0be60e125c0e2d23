// Hand-written Rego beside a policy: the files that it names under `rego`, and what their counters are called.

/** One module; tests (`_test.rego`) are none. */
export interface RegoFile {
  /** As users know the file: diagnostics bear it. */
  readonly name: string;
  /** Below the listed folder, or the file's own name. */
  readonly path: string;
  readonly text: string;
}

/** What stands behind one item of `rego`. */
export interface RegoSource {
  /** As the policy writes it. */
  readonly listed: string;
  readonly files: readonly RegoFile[];
  /** Why it cannot be used; null where it can. */
  readonly fault: string | null;
}

/** The key of a custom counter in a decision's input and charges. */
export function customCounterKey(name: string): string {
  return `custom/${name}`;
}
