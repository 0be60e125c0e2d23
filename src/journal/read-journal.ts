// Reads the journal page by page, so that a long one never fills the memory.
import type { JournalStore } from '../state/store.ts';
import type { JournalEntry, JournalFilter } from './journal-row.ts';

const PAGE = 500;

/** Oldest first, up to the newest entry there is when the reader gets there. */
export async function* readJournal(store: JournalStore, filter: JournalFilter): AsyncGenerator<JournalEntry> {
  let afterSequence = filter.afterSequence ?? 0;
  let left = filter.limit ?? Number.POSITIVE_INFINITY;
  while (left > 0) {
    const limit = Math.min(PAGE, left);
    const page = await store.list({ ...filter, afterSequence, limit });
    yield* page;
    if (page.length < limit) return;
    left -= page.length;
    afterSequence = page.at(-1)?.sequence ?? afterSequence;
  }
}
