// The webhook with several sidecars, restarts, and a store that fails: each step is told, and told once.
import { renameSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { openSqlFile, runSql } from '../../state/sql-file.ts';
import { idsOf, inTurn, startReceiver, status, typesOf } from './receiver.ts';
import { openBench, settled } from './webhook-bench.ts';

describe('several sidecars on one state file', () => {
  test('deliver each step once', async () => {
    const receiver = await startReceiver((response) => void setTimeout(() => response.end(), 20));
    const bench = await openBench();
    for (let sidecar = 0; sidecar < 3; sidecar += 1) bench.open(receiver.url);
    for (let count = 0; count < 30; count += 1) await bench.approve((await bench.request()).id);
    await settled(bench, 60);
    expect(receiver.received).toHaveLength(60);
    expect(new Set(idsOf(receiver.received)).size).toBe(60);
  });
});

test('the steps of one request are told in their order', async () => {
  const receiver = await startReceiver();
  const bench = await openBench();
  const { id } = await bench.request({ required: 2 });
  await bench.approve(id, 'alice');
  await bench.approve(id, 'bob');
  bench.open(receiver.url);
  const told = (await receiver.until(3)).map(({ body }) => JSON.parse(body).data);
  expect(told.map(({ status: state, agreed }) => [state, agreed])).toEqual([
    ['pending', 0],
    ['pending', 1],
    ['approved', 2],
  ]);
});

test('a receiver that is slow with one request is told of the others meanwhile', async () => {
  const receiver = await startReceiver((response, _count, { body }) => {
    if (!JSON.parse(body).data.tool.startsWith('slow')) response.end();
  });
  const bench = await openBench();
  bench.open(receiver.url);
  const slow = await bench.request({ tool: 'slow_tool' });
  await receiver.until(1);
  await bench.approve(slow.id);
  for (let count = 0; count < 3; count += 1) await bench.request();
  const received = await receiver.until(4);
  // The second step of the slow one waits for its first one.
  expect(received.map(({ body }) => JSON.parse(body).data.tool)).toEqual([
    'slow_tool',
    ...Array(3).fill('create_payment'),
  ]);
});

describe('a restart', () => {
  test('delivers what was left', async () => {
    const receiver = await startReceiver(inTurn(() => {}, status(200)));
    const bench = await openBench();
    const first = bench.open(receiver.url);
    const { id } = await bench.request();
    await receiver.until(1);
    await first.close();
    await bench.approve(id);
    expect(await bench.deliveries()).toMatchObject([{ status: 'waiting', attempts: 0 }]);
    bench.open(receiver.url);
    const received = await receiver.until(3);
    expect(typesOf(received)).toEqual(['approval.requested', 'approval.requested', 'approval.approved']);
    expect(idsOf(received)[0]).toBe(idsOf(received)[1]);
    expect(await settled(bench, 2)).toMatchObject([{ status: 'delivered' }, { status: 'delivered' }]);
  });

  test('delivers what a process that died had claimed, once its lease is over', async () => {
    const receiver = await startReceiver();
    const bench = await openBench();
    await bench.request();
    const [claimed] = await bench.store.claimDeliveries({
      nowMs: Date.now(),
      sinceMs: 0,
      leaseMs: 1500,
      limit: 8,
    });
    bench.open(receiver.url);
    const [received] = await receiver.until(1);
    expect((received?.atMs ?? 0) - (claimed?.nextMs ?? 0)).toBeGreaterThanOrEqual(1490);
    expect(await settled(bench)).toMatchObject([{ status: 'delivered', attempts: 1 }]);
  });

  test('tells at its end what has just happened', async () => {
    const receiver = await startReceiver();
    const bench = await openBench();
    const webhook = bench.open(receiver.url);
    const { id } = await bench.request();
    await receiver.until(1);
    await bench.reject(id, 'no');
    await webhook.close();
    expect(typesOf(receiver.received)).toEqual(['approval.requested', 'approval.rejected']);
  });

  test('with a webhook that is new does not tell what was over long before', async () => {
    const receiver = await startReceiver();
    const bench = await openBench();
    await bench.request({ timeoutMs: 24 * 3_600_000 }, Date.now() - 3_600_000);
    const recent = await bench.request();
    bench.open(receiver.url);
    const received = await receiver.until(1);
    expect(received.map(({ body }) => JSON.parse(body).data.id)).toEqual([recent.id]);
    expect(await settled(bench)).toHaveLength(1);
  });
});

describe('the store', () => {
  test('may be gone for a while: what happens afterwards is told', async () => {
    const receiver = await startReceiver();
    const bench = await openBench();
    bench.open(receiver.url);
    await bench.request();
    await settled(bench);
    renameSync(bench.file, `${bench.file}.away`);
    await sleep(1500);
    renameSync(`${bench.file}.away`, bench.file);
    await bench.request();
    await receiver.until(2);
    expect(await settled(bench, 2)).toHaveLength(2);
  });

  test('may be locked for a while: nothing is posted that it does not know of', async () => {
    const receiver = await startReceiver();
    const bench = await openBench();
    await bench.request();
    const other = openSqlFile(bench.file);
    await other.run('BEGIN IMMEDIATE');
    bench.open(receiver.url);
    await sleep(1500);
    expect(receiver.received).toEqual([]);
    await other.run('COMMIT');
    await other.close();
    await receiver.until(1);
    expect(await settled(bench)).toMatchObject([{ status: 'delivered', attempts: 1 }]);
  });

  test('may have lost a request: that is told in the log, and others go on', async () => {
    const receiver = await startReceiver();
    const bench = await openBench();
    const lost = await bench.request();
    await runSql(bench.file, `DELETE FROM approvals WHERE id = '${lost.id}'`);
    await bench.request();
    bench.open(receiver.url);
    expect(await settled(bench, 2)).toMatchObject([
      { status: 'failed', attempts: 0, detail: 'the step is not in the state file any more' },
      { status: 'delivered' },
    ]);
    expect(receiver.received).toHaveLength(1);
  });

  test('shows a request whose time is over as expired, though nobody looks', async () => {
    const receiver = await startReceiver();
    const bench = await openBench();
    bench.open(receiver.url);
    await bench.request({ timeoutMs: 500 });
    const [, expired] = await receiver.until(2);
    expect(JSON.parse(expired?.body ?? '{}')).toMatchObject({
      type: 'approval.expired',
      data: { status: 'expired', step: { by: 'regent', reason: 'nobody decided in time' } },
    });
  });
});
