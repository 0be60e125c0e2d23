// What hand-written Rego reads of a call, for the bundle's manifest: the host sends it for every call of the server.
import type { CustomModule } from '../custom/custom-module.ts';
import { counterBase } from '../model/counter-key.ts';
import { customCounterKey } from '../model/custom-rego.ts';
import type { CounterPlan, ToolPlan } from '../model/manifest.ts';
import type { CustomCounter, Policy } from '../model/policy.ts';
import { withoutInner } from './read-paths.ts';

export function planCustom({ server, custom }: Policy, modules: readonly CustomModule[]): ToolPlan {
  return {
    arguments: withoutInner(modules.flatMap((module) => module.arguments ?? [])),
    counters: (custom?.counters ?? []).map((counter) => planCounter(server, counter)),
    amounts: [],
  };
}

/** Custom rules know their counters by short keys, which say nothing of the server, the window or `per`. */
function planCounter(server: string, { name, window, sliding, per }: CustomCounter): CounterPlan {
  return {
    base: counterBase({ server, tool: '*', name: null, kind: { custom: name }, window, sliding }),
    rule: `custom:${name}`,
    window,
    sliding,
    currency: null,
    per,
    limit: null,
    unit: 'amount',
    scale: 0,
    knownAs: customCounterKey(name),
  };
}
