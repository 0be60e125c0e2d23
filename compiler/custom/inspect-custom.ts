// Has OPA read the hand-written modules of policies: all that is wrong with them, or what joining them takes.
import { explainRegoProblem } from '../check/custom-problems.ts';
import type { PoliciesRead } from '../check/read-policies.ts';
import { suggestWord } from '../check/suggest.ts';
import { createModulePaths } from '../generate/print/module-paths.ts';
import { readRegoLibrary } from '../generate/rego-library.ts';
import type { RegoFile } from '../model/custom-rego.ts';
import type { Diagnostic } from '../model/diagnostic.ts';
import type { Policy } from '../model/policy.ts';
import { uniqueBy } from '../model/unique-by.ts';
import { inspectRego, type PatternErrors } from '../opa/opa-operations.ts';
import { type CustomModule, modulesOf } from './custom-module.ts';

export interface CustomRead {
  /** Empty where there are diagnostics. */
  readonly modules: readonly CustomModule[];
  readonly diagnostics: readonly Diagnostic[];
  /** Beside the patterns of the policies; null where OPA was not asked, since there is no module. */
  readonly patternErrors: PatternErrors | null;
}

export async function inspectCustom({ policies, modules, patterns }: PoliciesRead): Promise<CustomRead> {
  if (modules.length === 0) return { modules: [], diagnostics: [], patternErrors: null };
  const files = placeFiles(modules);
  const { custom, problems, patternErrors } = await inspectRego({
    modules: readRegoLibrary(),
    custom: Array.from(files, ([path, { text }]) => ({ path, text })),
    patterns: patterns.map(({ pattern }) => pattern),
  });
  const found = custom.flatMap((one): CustomModule[] => {
    const file = files.get(one.path);
    return file === undefined ? [] : [{ ...one, file }];
  });
  const diagnostics = [
    ...uniqueBy(
      problems.map((problem) => explainRegoProblem(problem, files)),
      placeOf,
    ),
    ...policies.flatMap((policy) => checkCounterNames(policy, modulesOf(policy, found))),
  ];
  return { modules: found, diagnostics, patternErrors };
}

/** OPA's parser tells one slip several times. */
function placeOf({ code, position: { file, line, column } }: Diagnostic): string {
  return JSON.stringify([code, file, line, column]);
}

/** Paths in the bundle: as below the listed folder, each only once. */
function placeFiles(files: readonly RegoFile[]): ReadonlyMap<string, RegoFile> {
  const pathOf = createModulePaths();
  return new Map(
    files.map((file) => [pathOf('regent/custom', file.path.replace(/\.rego$/, '').split('/')), file]),
  );
}

function checkCounterNames({ custom }: Policy, modules: readonly CustomModule[]): Diagnostic[] {
  const known = custom?.counters.map(({ name }) => name) ?? [];
  return modules.flatMap(({ file, counters }) =>
    (counters ?? [])
      .filter(({ name }) => !known.includes(name))
      .map(({ name, row, col }) => ({
        code: 'unknown-counter',
        position: { file: file.name, line: row, column: col },
        path: '',
        message: `the policy declares no counter ${JSON.stringify(name)} under counters`,
        suggestion: suggestWord(name, known) ?? 'declare it under counters',
      })),
  );
}
