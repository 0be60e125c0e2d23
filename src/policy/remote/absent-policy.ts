// Stands where no bundle has come yet: denies every call, lists no tool, and lets nobody in who has no name.
import type { LoadedPolicy } from '../bundle/load-bundle.ts';
import { PolicyError } from '../policy-error.ts';

/** `why` is told with every denial. */
export function absentPolicy(why: string): LoadedPolicy {
  const refuse = (): never => {
    throw new PolicyError('policy-missing', why);
  };
  return {
    revision: '',
    servers: [],
    rego: [],
    isBounded: false,
    notes: [],
    logRules: { mask: null, drop: null },
    countersOf: () => [],
    prepare: refuse,
    decide: refuse,
    decideOnce: refuse,
    isListed: () => false,
    // It may be one that names agents: till then a caller without a name must not reach the server either.
    namesAgents: () => true,
  };
}
