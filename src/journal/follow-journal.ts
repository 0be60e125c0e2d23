// Reads the journal and goes on with what is added to it.
import { setTimeout as sleep } from 'node:timers/promises';
import type { JournalStore } from '../state/store.ts';
import type { JournalEntry, JournalFilter } from './journal-row.ts';
import { readJournal } from './read-journal.ts';

const POLL_MS = 200;

/**
 * The entries that `readJournal` gives, then new ones until `signal` aborts. An entry appears once it is decided, so that
 * a new one has no result yet.
 */
export async function* followJournal(
  store: JournalStore,
  filter: JournalFilter,
  signal: AbortSignal,
): AsyncGenerator<JournalEntry> {
  let afterSequence = filter.afterSequence ?? 0;
  while (!signal.aborted) {
    // Asked before reading: however few entries match, the next round starts behind all that this one has seen.
    const latest = await store.latestSequence();
    if (latest > afterSequence) {
      for await (const entry of readJournal(store, { ...filter, afterSequence })) {
        yield entry;
        if (signal.aborted) return;
        afterSequence = entry.sequence;
      }
    }
    afterSequence = Math.max(afterSequence, latest);
    await sleep(POLL_MS, undefined, { signal }).catch(() => undefined);
  }
}
