// A journal entry as an event of OPA's decision log.
import type { JournalEntry } from '../journal-row.ts';

export interface EventContext {
  /** Of this sidecar: `id`, `version`, and what the operator adds. */
  readonly labels: Readonly<Record<string, string>>;
  /** Name of the bundle that policies come from; null where they do not come from a bundle server. */
  readonly bundle: string | null;
}

/** What an event is made of: JSON texts by key, in the order in which they stand. */
export type EventParts = ReadonlyMap<string, string>;

const PATH = 'regent/gateway/decision';

/** Input and result are the decision's exact texts: parsed into JavaScript numbers, long ones would lose digits. */
export function eventParts(entry: JournalEntry, { labels, bundle }: EventContext): EventParts {
  const { id, sequence, server, tool, agent, revision, atMs } = entry;
  const bundles =
    bundle === null || revision === '' ? [] : [['bundles', { [bundle]: { revision } }] as const];
  return new Map([
    ['labels', JSON.stringify(labels)],
    ['decision_id', JSON.stringify(id)],
    ...bundles.map(([key, value]) => [key, JSON.stringify(value)] as const),
    ['path', JSON.stringify(PATH)],
    ['input', entry.input],
    ['result', entry.output],
    ['requested_by', JSON.stringify(agent)],
    ['timestamp', JSON.stringify(new Date(atMs).toISOString())],
    ['custom', JSON.stringify({ regent: { sequence, server, tool } })],
  ]);
}

export function printEvent(parts: EventParts): string {
  return `{${Array.from(parts, ([key, text]) => `"${key}":${text}`).join(',')}}`;
}
