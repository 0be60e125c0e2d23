// `regent approvals` as people type it: what waits, one request whole, and their answers.
import { existsSync } from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Approval } from '../../../src/approvals/approval.ts';
import { openSqliteStore } from '../../../src/state/sqlite-store.ts';
import type { StateStore } from '../../../src/state/store.ts';
import {
  approvedSample,
  MINUTE_MS,
  newApprovalWrite,
  sampleApproval,
} from '../../approvals/sample-approval.ts';
import { sampleCounter } from '../../state/sample-batch.ts';
import { createWorkbench, type Workbench } from '../run-regent.ts';

let bench: Workbench;
beforeEach(() => {
  bench = createWorkbench();
});
afterEach(() => bench.remove());

const IN_STATE = ['--state', 'state.db'] as const;
const run = (...args: readonly string[]) => bench.run('approvals', ...args, ...IN_STATE);

async function withState<T>(work: (store: StateStore) => Promise<T>): Promise<T> {
  const store = await openSqliteStore({ file: path.join(bench.folder, 'state.db'), durability: 'normal' });
  try {
    return await work(store);
  } finally {
    await store.close();
  }
}

const ARGUMENTS = '{"amount":20.00,"to":"Bob \u202e"}';

/** Requests of this minute, each a millisecond after the one before. */
function seed(...changes: ReadonlyArray<Partial<Approval>>): Promise<void> {
  const nowMs = Date.now();
  const times = { requestedMs: nowMs, decideByMs: nowMs + 30 * MINUTE_MS };
  const approvals = changes.map((change, index) => {
    const base = change.status === undefined || change.status === 'pending' ? sampleApproval : approvedSample;
    const fresh = base({ id: `apr_${index + 1}`, ...times, requestedMs: nowMs + index });
    const useByMs = fresh.useByMs === null ? null : nowMs + 10 * MINUTE_MS;
    return { ...fresh, useByMs, ...change };
  });
  return withState((store) =>
    store.changeApprovals({ id: 'none' }, () => approvals.map((one) => newApprovalWrite(one, ARGUMENTS))),
  );
}

const stateOf = (id: string): Promise<Approval | undefined> =>
  withState(async (store) => (await store.readApprovals([id]))[0]);

const parse = (stdout: string): Array<Record<string, unknown>> =>
  stdout
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line));

describe('list', () => {
  test.each([
    [[], ['apr_1', 'apr_2']],
    [['list'], ['apr_1', 'apr_2']],
    [['--all'], ['apr_1', 'apr_2', 'apr_3', 'apr_4']],
    [
      ['list', '--all', '--json'],
      ['apr_1', 'apr_2', 'apr_3', 'apr_4'],
    ],
    [['--json'], ['apr_1', 'apr_2']],
  ])('with %j prints %j, the oldest first', async (args, expected) => {
    await seed({}, { status: 'approved' }, { status: 'rejected' }, { status: 'consumed' });
    const { status, stdout, stderr } = run(...args);
    expect([status, stderr]).toEqual([0, '']);
    const ids = args.includes('--json')
      ? parse(stdout).map(({ id }) => id)
      : stdout
          .trimEnd()
          .split('\n')
          .map((line) => line.split(' ')[0]);
    expect(ids).toEqual(expected);
  });

  test('ends what is overdue first', async () => {
    await seed({ decideByMs: 1 });
    const { status, stdout, stderr } = run('list');
    expect([status, stdout, stderr]).toEqual([0, '', 'nothing waits for approval\n']);
    expect((await stateOf('apr_1'))?.status).toBe('expired');
    const json = run('list', '--json');
    expect([json.status, json.stdout, json.stderr]).toEqual([0, '', '']);
  });
});

describe('show', () => {
  test('prints the exact arguments, the counters as they would be, and the steps', async () => {
    const effect = {
      key: 'k',
      rule: 'r',
      window: 'month',
      sliding: false,
      limit: 100,
      unit: 'calls',
    } as const;
    await seed({ effects: [{ ...effect, scale: 0, amount: 1 }] });
    await withState((store) =>
      store.commit({
        rows: [],
        reads: [],
        writes: [sampleCounter('k', { windowStartMs: Date.now() + MINUTE_MS, value: 41 })],
      }),
    );
    const { status, stdout } = run('show', 'apr_1');
    expect(status).toBe(0);
    expect(stdout).toMatch(/^apr_1 {2}pending {4}payments-bot {2}finance\/close_account {2}/);
    expect(stdout).toContain('    "amount": 20.00,\n    "to": "Bob ⟦U+202E⟧"\n');
    expect(stdout).toContain('  k: 41 + 1 = 42 of 100 a month\n');
    expect(stdout).toContain('requested by agent:payments-bot');
  });

  test('prints one JSON object, with the arguments as they were sent, what a terminal would act on escaped', async () => {
    await seed({});
    const { status, stdout } = run('show', 'apr_1', '--json');
    expect([status, stdout.split('\n').length]).toEqual([0, 2]);
    expect(stdout).toContain(`"arguments":${ARGUMENTS.replace('\u202e', '\\u202e')},`);
    expect(parse(stdout)[0]).toMatchObject({ id: 'apr_1', steps: [{ step: 'requested' }], effects: [] });
  });
});

describe('approve and deny', () => {
  test('answer as the user of the machine, and print the request', async () => {
    await seed({}, {}, { status: 'approved' });
    const approved = run('approve', 'apr_1', '--reason', 'fine');
    expect([approved.status, approved.stderr]).toEqual([0, '']);
    expect(approved.stdout).toMatch(/^approved: apr_1 {2}approved {3}.* {2}use by /);
    expect(await stateOf('apr_1')).toMatchObject({
      status: 'approved',
      approvers: [expect.stringMatching(/^local:./)],
    });
    const denied = run('deny', 'apr_2', '--reason', 'too much', '--json');
    expect(parse(denied.stdout)).toMatchObject([{ id: 'apr_2', status: 'rejected', rejection: 'too much' }]);
    expect(run('deny', 'apr_3', '--reason', '  ').stdout).toMatch(/^rejected: apr_3/);
    expect(await stateOf('apr_3')).toMatchObject({ status: 'rejected', rejection: null });
  });

  test('say how many more must agree', async () => {
    await seed({ required: 3 });
    const { status, stdout, stderr } = run('approve', 'apr_1');
    expect([status, stderr]).toEqual([0, '2 more must agree\n']);
    expect(stdout).toMatch(/^pending: apr_1 .* 1 of 3 agreed/);
    const again = run('approve', 'apr_1');
    expect([again.status, again.stdout]).toEqual([2, '']);
    expect(again.stderr).toMatch(/^regent: local:.* has approved it already; each person counts once/);
  });

  test.each<[string, Partial<Approval>, string, string]>([
    ['has been used', { status: 'consumed' }, 'approve', 'the request is consumed'],
    ['was rejected', { status: 'rejected' }, 'approve', 'the request is rejected'],
    ['is overdue', { decideByMs: 1 }, 'deny', 'the request is expired'],
    ['is approved', { status: 'approved' }, 'approve', 'enough people have approved it already'],
  ])('cannot answer a request that %s: exit 2', async (_name, changes, verb, told) => {
    await seed(changes);
    const { status, stdout, stderr } = run(verb, 'apr_1');
    expect([status, stdout, stderr]).toEqual([2, '', expect.stringContaining(`regent: ${told}`)]);
  });
});

describe('with REGENT_APPROVER_TOKEN', () => {
  const answerWith = (token: string, ...args: readonly string[]) =>
    bench.runWith({ REGENT_APPROVER_TOKEN: token }, 'approvals', ...args, ...IN_STATE);
  const tokenOf = (name: string, ...args: readonly string[]): string =>
    bench.run('approvers', 'add', name, ...args, ...IN_STATE).stdout.trim();

  test('a person answers by their name, also with another token of theirs only once', async () => {
    await seed({ required: 2 });
    const [first, second] = [tokenOf('alice'), tokenOf('alice')];
    expect(answerWith(first, 'approve', 'apr_1').status).toBe(0);
    const again = answerWith(second, 'approve', 'apr_1');
    expect([again.status, again.stderr]).toEqual([
      2,
      expect.stringContaining('alice has approved it already'),
    ]);
    expect(answerWith(tokenOf('bob'), 'approve', 'apr_1').stdout).toMatch(/^approved: /);
    expect((await stateOf('apr_1'))?.approvers).toEqual(['alice', 'bob']);
  });

  test('whoever owns the agent cannot approve, but reject; another token does not change that', async () => {
    await seed({}, {});
    const owner = tokenOf('alice', '--owner-of', 'audit', '--owner-of', 'payments-*');
    for (const token of [owner, tokenOf('alice')]) {
      const { status, stderr } = answerWith(token, 'approve', 'apr_1');
      expect([status, stderr]).toEqual([2, expect.stringContaining('alice owns the agent payments-bot')]);
    }
    expect((await stateOf('apr_1'))?.status).toBe('pending');
    expect(answerWith(owner, 'deny', 'apr_1').status).toBe(0);
  });

  test('that is nobody’s, or was taken back, nothing is answered: not even as the user of the machine', async () => {
    await seed({});
    const removed = tokenOf('alice');
    bench.run('approvers', 'remove', 'alice', ...IN_STATE);
    for (const token of [removed, `rga_${'x'.repeat(43)}`, 'rga_', 'secret', `rgt_${'x'.repeat(43)}`, ' ']) {
      const { status, stdout, stderr } = answerWith(token, 'approve', 'apr_1');
      expect([status, stdout]).toEqual([2, '']);
      expect(stderr).toMatch(/^regent: REGENT_APPROVER_TOKEN is no token of an approver of this state file/);
    }
    expect((await stateOf('apr_1'))?.status).toBe('pending');
  });
});

test.each([['show'], ['approve'], ['deny']])('%s of an unknown request: exit 2', async (verb) => {
  await seed({});
  const { status, stdout, stderr } = run(verb, 'apr_9');
  expect([status, stdout]).toEqual([2, '']);
  expect(stderr).toBe('regent: there is no request "apr_9"; regent approvals list --all shows them\n');
});

test.each([['list'], ['list --watch'], ['show apr_1'], ['approve apr_1'], ['deny apr_1']])(
  '%s without a state file: exit 2, and none is made',
  (words) => {
    const { status, stdout, stderr } = run(...words.split(' '));
    expect([status, stdout]).toEqual([2, '']);
    expect(stderr).toBe(
      'regent: there is no state file state.db: a sidecar makes it when it starts; say which with --state FILE\n',
    );
    expect(existsSync(path.join(bench.folder, 'state.db'))).toBe(false);
  },
);
