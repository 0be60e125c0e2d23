// The manifest's metadata: for each server and tool, what a decision reads.

import { type CustomModule, modulesOf } from '../custom/custom-module.ts';
import { findCommonEntry, findGlobEntries } from '../generate/server-rego.ts';
import { BUNDLE_FORMAT, type BundleMetadata, type ServerPlan } from '../model/manifest.ts';
import type { Policy } from '../model/policy.ts';
import { planCustom } from './custom-plan.ts';
import { NOTHING_READ, planEntry } from './tool-plan.ts';

export function planServers(
  policies: readonly Policy[],
  custom: readonly CustomModule[] = [],
): BundleMetadata {
  const servers = policies.map(
    (policy) => [policy.server, planServer(policy, modulesOf(policy, custom))] as const,
  );
  return { format: BUNDLE_FORMAT, servers: Object.fromEntries(servers) };
}

function planServer(policy: Policy, custom: readonly CustomModule[]): ServerPlan {
  const exact = policy.tools.filter(({ name }) => !name.isGlob && name.text !== '*');
  const common = findCommonEntry(policy);
  return {
    namesAgents: policy.agents !== null,
    default: policy.default,
    // `fromEntries` defines own members, so that a tool may bear the name `__proto__`.
    tools: Object.fromEntries(exact.map((entry) => [entry.name.text, planEntry(policy, entry)])),
    globs: findGlobEntries(policy).map((entry) => ({
      glob: entry.name.text,
      plan: planEntry(policy, entry),
    })),
    all: common === null ? NOTHING_READ : planEntry(policy, common),
    ...(policy.custom === null ? {} : { custom: planCustom(policy, custom) }),
  };
}
