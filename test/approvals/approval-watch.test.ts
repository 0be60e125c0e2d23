// Seeing what other processes decide: each watcher is told once, of its own approval, and of no other.
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test, vi } from 'vitest';
import { createApprovalWatch } from '../../src/approvals/approval-watch.ts';
import { agree, reject } from '../../src/approvals/change-approval.ts';
import { openWith } from './open-store.ts';
import { approvedSample, sampleApproval } from './sample-approval.ts';

const FACTS = { atMs: 1, by: 'alice' };
const soon = (check: () => void): Promise<void> => vi.waitFor(check, 10_000);

test('tells who watches an approval once it is pending no more, and nobody else', async () => {
  const two = sampleApproval({ id: 'apr_2', required: 2 });
  const store = await openWith(sampleApproval(), two);
  const watch = createApprovalWatch(store);
  const told: string[] = [];
  const stops = ['apr_1', 'apr_1', 'apr_2'].map((id) =>
    watch.watch(id, ({ status }) => told.push(`${id} ${status}`)),
  );
  expect([watch.countOf('apr_1'), watch.countOf('apr_2'), watch.countOf('apr_3')]).toEqual([2, 1, 0]);
  await store.changeApprovals({ id: 'apr_2' }, () => [agree(two, FACTS)]);
  await sleep(150);
  expect(told).toEqual([]);
  await store.changeApprovals({ id: 'apr_1' }, () => [reject(sampleApproval(), FACTS)]);
  await soon(() => expect(told).toContain('apr_1 rejected'));
  for (const stop of stops) stop();
  expect(new Set(told)).toEqual(new Set(['apr_1 rejected']));
  expect(watch.countOf('apr_1')).toBe(0);
});

test('tells of what was decided before, and watches on after everybody had left', async () => {
  const store = await openWith(approvedSample());
  const watch = createApprovalWatch(store);
  for (let round = 0; round < 2; round += 1) {
    const onDecided = vi.fn();
    const stop = watch.watch('apr_1', onDecided);
    await soon(() => expect(onDecided).toHaveBeenCalledWith(approvedSample()));
    stop();
    stop();
    await sleep(100);
    const { length } = onDecided.mock.calls;
    await sleep(100);
    expect(onDecided.mock.calls.length).toBe(length);
  }
});

test('never tells who left while the store was being asked', async () => {
  const store = await openWith(approvedSample());
  const watch = createApprovalWatch(store);
  const onDecided = vi.fn();
  const { readApprovals } = store;
  let stop = (): void => {};
  const asked = vi.spyOn(store, 'readApprovals').mockImplementation(async (ids) => {
    const found = await readApprovals(ids);
    stop();
    return found;
  });
  stop = watch.watch('apr_1', onDecided);
  await soon(() => expect(asked).toHaveBeenCalled());
  await sleep(100);
  expect(onDecided).not.toHaveBeenCalled();
});
