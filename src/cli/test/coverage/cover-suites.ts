// The coverage of a run, from all of its suites.
import { readPolicies } from '../../../../compiler/check/read-policies.ts';
import type { CustomModule } from '../../../../compiler/custom/custom-module.ts';
import { readRegoLibrary } from '../../../../compiler/generate/rego-library.ts';
import type { OpaCoverage } from '../../../../compiler/opa/run-opa.ts';
import type { PolicySource } from '../../../policy/bundle/bundle-cache.ts';
import type { MadeDecision } from '../test-result.ts';
import { coverRego } from './cover-rego.ts';
import { coverRules, joinRules } from './cover-rules.ts';
import type { Coverage, RegoCoverage } from './coverage.ts';

export interface SuiteToCover {
  readonly policies: readonly string[];
  /** Empty where no policy is tested, or none that compiles. */
  readonly sources: readonly PolicySource[];
  /** Hand-written modules of the policies. */
  readonly custom: readonly CustomModule[];
  readonly decisions: readonly MadeDecision[];
  readonly rego: readonly OpaCoverage[];
}

export function coverSuites(suites: readonly SuiteToCover[]): Pick<Coverage, 'rules' | 'rego'> {
  return {
    rules: joinRules(
      suites.map(({ sources, custom, decisions }) =>
        coverRules({ policies: readPolicies(sources, {}).policies, custom }, decisions),
      ),
    ),
    rego: coverModules(suites),
  };
}

/** Modules that people wrote come first, each once: their tests may be a suite of their own. */
function coverModules(suites: readonly SuiteToCover[]): RegoCoverage[] {
  const shown = suites.map(({ policies, custom, rego }) => ({ policies, parts: shownParts(rego, custom) }));
  const files = new Set(suites.flatMap(({ custom }) => custom.map(({ file }) => file.name)));
  const written = [...files].sort().flatMap((name) => {
    const users = suites.filter(({ custom }) => custom.some(({ file }) => file.name === name));
    const policies = [...new Set(users.flatMap((suite) => suite.policies))];
    return coverRego(
      policies,
      shown.flatMap(({ parts }) => parts.filter(({ path }) => path === name)),
    );
  });
  const others = shown.flatMap(({ policies, parts }) =>
    coverRego(
      policies,
      parts.filter(({ path }) => !files.has(path)),
    ),
  );
  return [...written, ...others];
}

/** Regent's library, and what joins hand-written modules to it, is not for people to cover; their own they know by its files. */
function shownParts(parts: readonly OpaCoverage[], custom: readonly CustomModule[]): OpaCoverage[] {
  const library = new Set(readRegoLibrary().map(({ path }) => path));
  const files = new Map(custom.map(({ path, file }) => [path, file.name]));
  return parts
    .filter(({ path }) => !library.has(path) && !path.startsWith('regent/custom_rules/'))
    .map((part) => ({ ...part, path: files.get(part.path) ?? part.path }));
}
