// The coverage of a run, from all of its suites.
import { readPolicies } from '../../../../compiler/check/read-policies.ts';
import { readRegoLibrary } from '../../../../compiler/generate/rego-library.ts';
import type { OpaCoverage } from '../../../../compiler/opa/run-opa.ts';
import type { PolicySource } from '../../../policy/bundle-cache.ts';
import type { MadeDecision } from '../test-result.ts';
import { coverRego } from './cover-rego.ts';
import { coverRules, joinRules } from './cover-rules.ts';
import type { Coverage } from './coverage.ts';

export interface SuiteToCover {
  readonly policies: readonly string[];
  /** Empty where no policy is tested, or none that compiles. */
  readonly sources: readonly PolicySource[];
  readonly decisions: readonly MadeDecision[];
  readonly rego: readonly OpaCoverage[];
}

export function coverSuites(suites: readonly SuiteToCover[]): Pick<Coverage, 'rules' | 'rego'> {
  const library = new Set(readRegoLibrary().map(({ path }) => path));
  return {
    rules: joinRules(
      suites.map(({ sources, decisions }) => coverRules(readPolicies(sources, {}).policies, decisions)),
    ),
    rego: suites.flatMap(({ policies, rego }) => coverRego(policies, rego, library)),
  };
}
