// Writes decisions at the first try where nobody else writes, and under the lock where somebody does.
import type { CommitBatch, CounterRecord, CounterStore } from '../../state/store.ts';
import { createCounterCache } from './counter-cache.ts';

/** Makes the batch from these records; called again with newer ones when another sidecar was faster. */
export type BuildBatch = (records: readonly CounterRecord[]) => CommitBatch;

export interface Committer {
  /** Resolves once what `build` made last is durable. Throws `StateError`. */
  commit(keys: readonly string[], build: BuildBatch): Promise<void>;
  /** As `commit`, without a first try. */
  commitLocked(keys: readonly string[], build: BuildBatch): Promise<void>;
}

/** After a collision with another sidecar, so many batches take the lock at once instead of hoping. */
const LOCKED_BATCHES = 16;

export function createCommitter(store: CounterStore): Committer {
  const cache = createCounterCache(store);
  let lockedBatches = 0;

  const forgetOnFailure = async (keys: readonly string[], write: () => Promise<void>): Promise<void> => {
    try {
      await write();
    } catch (error) {
      cache.forget(keys);
      throw error;
    }
  };
  const writeLocked = async (keys: readonly string[], build: BuildBatch): Promise<void> => {
    const written: CommitBatch[] = [];
    await store.commitLocked(keys, (records) => {
      cache.replace(records);
      const batch = build(records);
      written.push(batch);
      return batch;
    });
    cache.keep(written.at(-1)?.writes ?? []);
  };
  const write = async (keys: readonly string[], build: BuildBatch): Promise<void> => {
    if (lockedBatches > 0) {
      lockedBatches -= 1;
      return writeLocked(keys, build);
    }
    const batch = build(await cache.read(keys));
    const { status } = await store.commit(batch);
    if (status === 'committed') return cache.keep(batch.writes);
    lockedBatches = LOCKED_BATCHES;
    return writeLocked(keys, build);
  };

  return {
    commit: (keys, build) => forgetOnFailure(keys, () => write(keys, build)),
    commitLocked: (keys, build) => forgetOnFailure(keys, () => writeLocked(keys, build)),
  };
}
