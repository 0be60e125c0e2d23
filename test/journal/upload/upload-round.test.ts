// Rounds of uploads on a real state file: pages, failures half way, claims that are lost, counts.
import { pino } from 'pino';
import { expect, onTestFinished, test } from 'vitest';
import type { JournalRow } from '../../../src/journal/journal-row.ts';
import { startDecisionLog } from '../../../src/journal/upload/decision-log.ts';
import { createEventRate } from '../../../src/journal/upload/event-rate.ts';
import type { EventSink } from '../../../src/journal/upload/event-sink.ts';
import { createLogCounters } from '../../../src/journal/upload/log-counts.ts';
import type { EventText } from '../../../src/journal/upload/pack-events.ts';
import { type UploadParts, uploadRound } from '../../../src/journal/upload/upload-round.ts';
import type { LogRules } from '../../../src/policy/log-rules.ts';
import { parseNode } from '../../../src/proxy/read/parse-node.ts';
import { openSqliteStore } from '../../../src/state/sqlite-store.ts';
import type { StateStore } from '../../../src/state/store.ts';
import { SAMPLE_TIME_MS, sampleRow } from '../../state/sample-batch.ts';
import { temporaryFolder } from '../../state/temporary-folder.ts';

const PART = 10;

interface Bench {
  readonly store: StateStore;
  readonly parts: UploadParts;
  /** Sequences that the sink has taken. */
  readonly taken: number[];
  /** Runs before a part is taken; a rejection refuses it. */
  beforePart: (sequences: readonly number[]) => Promise<void> | void;
  rules: LogRules;
  commit(count: number, changes?: Partial<JournalRow>): Promise<void>;
}

async function bench(perSecond: number | null = null): Promise<Bench> {
  const file = `${temporaryFolder()}/state.db`;
  const store = await openSqliteStore({ file, durability: 'normal' });
  onTestFinished(() => store.close());
  const taken: number[] = [];
  const sink: EventSink = {
    target: 'sink',
    delay: { minDelayMs: 1, maxDelayMs: 1 },
    leaseMs: 60_000,
    *parts(events, onOversized) {
      const isHuge = ({ text }: EventText): boolean => text.includes('"huge"');
      for (const event of events.filter(isHuge)) onOversized(event);
      const fitting = events.filter((event) => !isHuge(event));
      for (let start = 0; start < fitting.length; start += PART) {
        const sequences = fitting.slice(start, start + PART).map(({ sequence }) => sequence);
        const send = async (): Promise<void> => {
          await made.beforePart(sequences);
          taken.push(...sequences);
        };
        yield { count: sequences.length, lastSequence: sequences.at(-1) ?? 0, send };
      }
    },
  };
  const made: Bench = {
    store,
    taken,
    rules: { mask: null, drop: null },
    beforePart: () => {},
    parts: {
      store,
      sink,
      server: 'finance',
      maker: () => ({
        labels: {},
        bundle: null,
        rules: made.rules,
        parse: (text) => parseNode(Buffer.from(text), 0),
      }),
      rate: createEventRate(perSecond),
      counters: createLogCounters(),
      holder: 'me',
      sinceMs: 0,
      log: pino({ level: 'silent' }),
    },
    commit: async (count, changes) => {
      const rows = Array.from({ length: count }, () => sampleRow(changes));
      await store.commit({ rows, reads: [], writes: [] });
    },
  };
  return made;
}

const upTo = (last: number): number[] => Array.from({ length: last }, (_, index) => index + 1);

test('a round takes everything, over several pages, and the next one only what is new', async () => {
  const { parts, taken, commit } = await bench();
  await commit(123);
  await uploadRound(parts);
  expect(taken).toEqual(upTo(123));
  await uploadRound(parts);
  await commit(2);
  await uploadRound(parts);
  expect(taken).toEqual(upTo(125));
});

test('a part that is refused ends the round, and the next round begins with it', async () => {
  const made = await bench();
  await made.commit(45);
  made.beforePart = (sequences) => {
    if (sequences.includes(25)) throw new Error('refused');
  };
  await expect(uploadRound(made.parts)).rejects.toThrow('refused');
  expect(made.taken).toEqual(upTo(20));
  made.beforePart = () => {};
  await uploadRound(made.parts);
  expect(made.taken).toEqual(upTo(45));
  expect(made.parts.counters.counts()).toMatchObject({ uploadedEvents: 45, failedChunks: 1 });
});

test('rows of other servers are passed over, and are not read again', async () => {
  const { parts, store, taken, commit } = await bench();
  await commit(60, { server: 'github' });
  await commit(1);
  await commit(60, { server: 'github' });
  await uploadRound(parts);
  expect(taken).toEqual([61]);
  const cursor = await store.claimUpload({
    target: 'sink',
    holder: 'x',
    nowMs: Date.now(),
    leaseMs: 1,
    sinceMs: 0,
  });
  expect(cursor).toBe(121);
});

test('what another sidecar holds is left to it, also when it takes over in the middle', async () => {
  const made = await bench();
  await made.commit(30);
  const other = { target: 'sink', holder: 'other', sinceMs: 0, leaseMs: 60_000 };
  await made.store.claimUpload({ ...other, nowMs: Date.now() });
  await uploadRound(made.parts);
  expect(made.taken).toEqual([]);
  await made.store.releaseUpload(other);
  // This one stood still for so long that its claim was over.
  made.beforePart = async (sequences) => {
    if (sequences[0] === 11) await made.store.claimUpload({ ...other, nowMs: Date.now() + 120_000 });
  };
  await uploadRound(made.parts);
  expect(made.taken).toEqual(upTo(20));
});

test('what is left out is counted once, however often its page is tried', async () => {
  const made = await bench(8);
  made.rules = { mask: null, drop: (event) => event.includes('"tool":"ping"') };
  await made.commit(1, { tool: 'ping' });
  await made.commit(1, { input: '"huge"' });
  await made.commit(10);
  made.beforePart = () => Promise.reject(new Error('down'));
  for (let attempt = 0; attempt < 3; attempt += 1)
    await expect(uploadRound(made.parts)).rejects.toThrow('down');
  expect(made.parts.counters.counts().dropped).toMatchObject({ drop_rule: 0, oversized: 0, rate_limit: 0 });
  made.beforePart = () => {};
  await uploadRound(made.parts);
  expect(made.taken).toEqual([3, 4, 5, 6, 7, 8]);
  expect(made.parts.counters.counts().dropped).toEqual({
    drop_rule: 1,
    oversized: 1,
    rate_limit: 4,
    rule_failed: 0,
  });
});

test('without a policy nothing is uploaded, and nothing is passed over', async () => {
  const made = await bench();
  await made.commit(3);
  await uploadRound({ ...made.parts, maker: () => null });
  expect(made.taken).toEqual([]);
  await uploadRound(made.parts);
  expect(made.taken).toEqual([1, 2, 3]);
});

test('what one sidecar decides before another starts is uploaded, whoever comes first', async () => {
  const made = await bench();
  const log = startDecisionLog({
    ...made.parts,
    maker: () => null,
    sinceMs: SAMPLE_TIME_MS,
    onRound: () => {},
  });
  await log.begun;
  await made.commit(2, { atMs: SAMPLE_TIME_MS + 1 });
  await log.close();
  await uploadRound({ ...made.parts, holder: 'later', sinceMs: SAMPLE_TIME_MS + 2 });
  expect(made.taken).toEqual([1, 2]);
});
