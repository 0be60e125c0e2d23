// What every state store must do; each implementation runs it.
import { afterEach, beforeEach, describe } from 'vitest';
import type { StateStore } from '../../src/state/store.ts';
import { testAgents } from './contract/agents.ts';
import { testApprovals } from './contract/approvals.ts';
import { testApprovers } from './contract/approvers.ts';
import { testCommits } from './contract/commits.ts';
import { testDeliveries } from './contract/deliveries.ts';
import { testEndedSessions } from './contract/ended-sessions.ts';
import { testJournal } from './contract/journal.ts';
import { testLockedCommits } from './contract/locked-commits.ts';
import { testRecords } from './contract/records.ts';
import { testUploads } from './contract/uploads.ts';
import { testUsedApprovals } from './contract/used-approvals.ts';
import { testValues } from './contract/values.ts';

/** Where a store keeps its data: each `open` is another client of the same data. */
export interface StorePlace {
  open(): Promise<StateStore>;
  remove(): Promise<void>;
}

export interface ContractSubject {
  /** Empty at the start of each test. */
  readonly store: () => StateStore;
  /** Another client of the same data, closed after the test. */
  readonly openAnother: () => Promise<StateStore>;
}

export function testStore(name: string, makePlace: () => Promise<StorePlace>): void {
  describe(name, () => {
    let place: StorePlace;
    let opened: StateStore[] = [];
    const open = async (): Promise<StateStore> => {
      const store = await place.open();
      opened.push(store);
      return store;
    };
    beforeEach(async () => {
      place = await makePlace();
      await open();
    });
    afterEach(async () => {
      for (const store of opened) await store.close();
      opened = [];
      await place.remove();
    });
    const subject: ContractSubject = {
      store: () => opened[0] as StateStore,
      openAnother: open,
    };
    testCommits(subject);
    testLockedCommits(subject);
    testValues(subject);
    testJournal(subject);
    testAgents(subject);
    testApprovals(subject);
    testUsedApprovals(subject);
    testApprovers(subject);
    testDeliveries(subject);
    testRecords(subject);
    testEndedSessions(subject);
    testUploads(subject);
  });
}
