// A hand-written module that OPA has read: what it is called in the bundle, and what is in it.
import type { RegoFile } from '../model/custom-rego.ts';
import type { Policy } from '../model/policy.ts';
import type { InspectedRego } from '../opa/run-opa.ts';

export interface CustomModule extends InspectedRego {
  /** Its place in the bundle is `path`; this is what people wrote. */
  readonly file: RegoFile;
}

/** Masks and drops of decision logs. */
export function isLogModule(module: CustomModule): boolean {
  return module.package[0] === 'system';
}

/** Those that the policy names, in the order of their paths. */
export function modulesOf({ custom }: Policy, modules: readonly CustomModule[]): CustomModule[] {
  const names = new Set(custom?.files.map(({ name }) => name));
  return modules.filter(({ file }) => names.has(file.name));
}

/** Entry points that hand-written modules add: what a decision log hides or leaves out. */
export function logEntrypoints(modules: readonly CustomModule[]): string[] {
  const names = modules.flatMap((module) => (isLogModule(module) ? module.names : []));
  return ['mask', 'drop'].filter((name) => names.includes(name)).map((name) => `system/log/${name}`);
}
