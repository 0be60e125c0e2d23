// OPA's rules for decision logs, `data.system.log.mask` and `data.system.log.drop`, where the bundle has them.
import type { BundleArchive } from './bundle/bundle-archive.ts';
import { PolicyError } from './policy-error.ts';
import type { Evaluator } from './wasm-evaluator.ts';

/** JSON text of an event in, the rule's value out (`undefined` where it has none). Throws `PolicyError`. */
export type LogRule = (event: string) => unknown;

export interface LogRules {
  /** What to take out of events; null where the policy says nothing. */
  readonly mask: LogRule | null;
  /** Which events to leave out. */
  readonly drop: LogRule | null;
}

export function readLogRules({ rego }: BundleArchive, evaluator: Evaluator): LogRules {
  const find = (name: 'mask' | 'drop'): LogRule | null => {
    const entrypoint = `system/log/${name}`;
    if (evaluator.entrypoints.includes(entrypoint)) return (event) => evaluator.evaluate(event, entrypoint);
    return rego.some(({ text }) => defines(text, name)) ? missing(entrypoint) : null;
  };
  return { mask: find('mask'), drop: find('drop') };
}

/** A rule that stands in the Rego and was forgotten in the build would let everything out that it should hold back. */
function missing(entrypoint: string): LogRule {
  return () => {
    throw new PolicyError(
      'evaluation-failed',
      `the bundle has the rule ${entrypoint}, but not as an entry point; build it with -e ${entrypoint}`,
    );
  };
}

function defines(text: string, rule: string): boolean {
  const [, name] = /^\s*package\s+([\w.]+)/m.exec(text) ?? [];
  const head = name === 'system.log' ? rule : name === 'system' ? `log\\.${rule}` : null;
  return head !== null && new RegExp(`^(default\\s+)?${head}\\b`, 'm').test(text);
}
