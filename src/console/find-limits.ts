// How full the limits of the policies in force are.
import { resetsAt, valueAt } from '../state/counter-window.ts';
import type { CounterRecord, PolicyRecord, StateStore } from '../state/store.ts';
import type { LimitGauge, ServerLimits } from './pages/limits.ts';

const GAUGES_MAX = 500;

export async function findLimits(store: StateStore, nowMs: number): Promise<ServerLimits[]> {
  const policies = await store.newestPolicies();
  return Promise.all(policies.map((policy) => limitsOf(store, policy, nowMs)));
}

async function limitsOf(
  store: StateStore,
  { server, counters }: PolicyRecord,
  nowMs: number,
): Promise<ServerLimits> {
  const gauges: LimitGauge[] = [];
  for (const plan of counters) {
    if (plan.limit === null) continue;
    const found = await store.listCounters(plan.base, GAUGES_MAX);
    const own = found.filter(({ key }) => isOf(key, plan.base));
    const records = own.length > 0 ? own : [emptyCounter(plan.base)];
    for (const record of records) {
      gauges.push({
        key: record.key,
        plan,
        value: valueAt(record, plan, nowMs),
        resetsAtMs: resetsAt(record, plan, nowMs),
      });
    }
  }
  return { server, gauges: gauges.slice(0, GAUGES_MAX), isCut: gauges.length > GAUGES_MAX };
}

/** The key is the base, then a currency and what it is kept per, where there are any. */
function isOf(key: string, base: string): boolean {
  const rest = key.slice(base.length);
  return rest === '' || rest.startsWith('@') || /^\/[A-Z0-9]{2,12}(@|$)/s.test(rest);
}

function emptyCounter(key: string): CounterRecord {
  return { key, version: 0, windowStartMs: 0, value: 0, buckets: [] };
}
