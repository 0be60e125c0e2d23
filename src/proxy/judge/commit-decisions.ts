// Writes decisions at the first try where nobody else writes, and under the lock where somebody does.
import type { Approval } from '../../approvals/approval.ts';
import type { CommitBatch, CounterRecord, CounterStore } from '../../state/store.ts';
import { createCounterCache } from './counter-cache.ts';

/** Makes the batch from these records; called again with newer ones when another sidecar was faster. */
export type BuildBatch = (records: readonly CounterRecord[], approvals: readonly Approval[]) => CommitBatch;

/** What the batch rests on. */
export interface BatchNeeds {
  readonly keys: readonly string[];
  /** Read under the lock only: a batch that uses approvals makes no first try. */
  readonly approvalIds: readonly string[];
}

export interface Committer {
  /** Resolves once what `build` made last is durable. Throws `StateError`. */
  commit(needs: BatchNeeds, build: BuildBatch): Promise<void>;
  /** As `commit`, without a first try. */
  commitLocked(needs: BatchNeeds, build: BuildBatch): Promise<void>;
}

/** After a collision with another sidecar, so many batches take the lock at once instead of hoping. */
const LOCKED_BATCHES = 16;

export function createCommitter(store: CounterStore): Committer {
  const cache = createCounterCache(store);
  let lockedBatches = 0;

  const forget = (keys: readonly string[]): ((error: unknown) => never) => {
    return (error) => {
      cache.forget(keys);
      throw error;
    };
  };
  const writeLocked = async ({ keys, approvalIds }: BatchNeeds, build: BuildBatch): Promise<void> => {
    const written: CommitBatch[] = [];
    const buildOnce: BuildBatch = (records, approvals) => {
      cache.replace(records);
      const batch = build(records, approvals);
      written.push(batch);
      return batch;
    };
    await store.commitLocked(keys, buildOnce, approvalIds);
    cache.keep(written.at(-1)?.writes ?? []);
  };
  const write = async (needs: BatchNeeds, build: BuildBatch): Promise<void> => {
    if (needs.approvalIds.length > 0) return writeLocked(needs, build);
    if (lockedBatches > 0) {
      lockedBatches -= 1;
      return writeLocked(needs, build);
    }
    const batch = build(cache.known(needs.keys) ?? (await cache.read(needs.keys)), []);
    const { status } = await store.commit(batch);
    if (status === 'committed') return cache.keep(batch.writes);
    lockedBatches = LOCKED_BATCHES;
    return writeLocked(needs, build);
  };

  return {
    commit: (needs, build) => write(needs, build).catch(forget(needs.keys)),
    commitLocked: (needs, build) => writeLocked(needs, build).catch(forget(needs.keys)),
  };
}
