// Calls that humans must let through: held, answered, and run once or never.
import { writeFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import type { JournalEntry } from '../../../src/journal/journal-row.ts';
import { startLineClient } from '../../fixtures/line-client.ts';
import { openSqlFile } from '../../state/sql-file.ts';
import { type Desk, holdPolicy, startDesk } from './approval-desk.ts';

const TEN = { amount: 10 };

async function journalOf(desk: Desk): Promise<Array<Pick<JournalEntry, 'outcome' | 'rule' | 'result'>>> {
  const entries = await (await desk.store()).list({});
  return entries.map(({ outcome, rule, result }) => ({ outcome, rule, result }));
}

async function stepsOf(desk: Desk): Promise<string[]> {
  const steps = await (await desk.store()).listSteps({});
  return steps.map(({ step, by }) => `${step} by ${by}`);
}

const HELD = { outcome: 'require_approval', rule: 'pay/ask' };

describe('a held call', () => {
  test('runs once when a human approves it, and the journal tells who and when', async () => {
    const desk = startDesk();
    const call = desk.client.callTool('pay', TEN);
    const { id } = await desk.waiting();
    expect(desk.executed()).toEqual([]);
    expect(await desk.approve(id)).toMatchObject({ ok: true });
    expect((await call).result.isError).toBeUndefined();
    expect(desk.executed()).toHaveLength(1);
    await expect
      .poll(() => journalOf(desk))
      .toEqual([
        { ...HELD, result: 'hold-approved' },
        { outcome: 'allow', rule: null, result: 'answered' },
      ]);
    const [, used] = await (await desk.store()).list({});
    expect(JSON.parse(used?.input ?? '{}').approval).toEqual({ id, approvers: ['alice'] });
    expect(await stepsOf(desk)).toEqual([
      'requested by agent:anonymous',
      'approved by alice',
      'consumed by agent:anonymous',
    ]);
  });

  test('is approved from a terminal, by the name of its user', async () => {
    const desk = startDesk();
    const call = desk.client.callTool('pay', TEN);
    const { id } = await desk.waiting();
    expect(desk.run(['approvals', 'list']).out).toContain(id);
    expect(desk.run(['approvals', 'show', id]).out).toContain('"amount": 10');
    expect(desk.run(['approvals', 'approve', id]).out).toContain('approved: ');
    expect((await call).result.isError).toBeUndefined();
    expect((await stepsOf(desk))[1]).toMatch(/^approved by local:./);
  });

  test('that is rejected never runs, and the agent is told why; nor does the same call sent again', async () => {
    const desk = startDesk();
    const call = desk.client.callTool('pay', TEN);
    await desk.reject((await desk.waiting()).id, 'too much');
    const { result } = await call;
    expect(result.content[0].text).toContain(
      'Denied by a human: pay: A human must agree (rule pay/ask). They said: too much.',
    );
    expect(result._meta['dev.regent/decision']).toMatchObject({
      outcome: 'deny',
      executed: false,
      approval_status: 'rejected',
    });
    const again = await desk.client.callTool('pay', TEN);
    expect(again.result.content[0].text).toContain('They said: too much');
    expect(desk.executed()).toEqual([]);
    await expect.poll(() => journalOf(desk)).toEqual(Array(2).fill({ ...HELD, result: 'hold-rejected' }));
  });

  test('is told to come again after --hold, and the same call joins the request', async () => {
    const desk = startDesk({ args: ['--hold', '300ms'] });
    const first = await desk.client.callTool('pay', TEN);
    const { id } = await desk.waiting();
    expect(first.result.isError).toBe(true);
    expect(first.result.content[0].text).toContain(
      `Approval pending: pay: A human must agree (rule pay/ask).`,
    );
    expect(first.result._meta['dev.regent/decision']).toMatchObject({
      outcome: 'require_approval',
      approval_id: id,
      executed: false,
      retry_after_ms: 5000,
    });
    const second = await desk.client.callTool('pay', TEN);
    expect(second.result._meta['dev.regent/decision'].approval_id).toBe(id);
    await desk.approve(id);
    expect((await desk.client.callTool('pay', TEN)).result.isError).toBeUndefined();
    expect(desk.executed()).toHaveLength(1);
    const fourth = await desk.client.callTool('pay', TEN);
    expect(fourth.result._meta['dev.regent/decision'].approval_id).not.toBe(id);
    expect(desk.executed()).toHaveLength(1);
  });

  test('with other arguments is another request; the order of members makes none', async () => {
    const desk = startDesk({ args: ['--hold', '100ms'] });
    const ask = async (args: unknown): Promise<string> =>
      (await desk.client.callTool('pay', args)).result._meta['dev.regent/decision'].approval_id;
    const first = await ask({ amount: 10, to: 'a' });
    expect(await ask({ to: 'a', amount: 10 })).toBe(first);
    expect(await ask({ amount: 10.01, to: 'a' })).not.toBe(first);
  });

  test('that nobody answers in its time is denied, and the request has expired', async () => {
    const desk = startDesk({ policy: holdPolicy().replace('30m', '1s') });
    const { result } = await desk.client.callTool('pay', TEN);
    expect(result.content[0].text).toContain('No human approved it in time');
    expect(await desk.approve((await desk.waiting()).id)).toMatchObject({ ok: false, problem: 'ended' });
    expect(await stepsOf(desk)).toEqual(['requested by agent:anonymous', 'expired by regent']);
    await expect.poll(() => journalOf(desk)).toEqual([{ ...HELD, result: 'hold-expired' }]);
  });

  test('that the client cancels is void: its request can be approved no more', async () => {
    const desk = startDesk();
    desk.client.send('{"jsonrpc":"2.0","id":"c","method":"tools/call","params":{"name":"pay"}}');
    const { id } = await desk.waiting();
    desk.client.send('{"jsonrpc":"2.0","method":"notifications/cancelled","params":{"requestId":"c"}}');
    await expect.poll(async () => (await desk.waiting()).status).toBe('cancelled');
    expect(await desk.approve(id)).toMatchObject({ ok: false, problem: 'ended' });
    expect(desk.client.lines).toEqual([]);
    expect(desk.executed()).toEqual([]);
  });

  test('whose client goes away is void', async () => {
    const desk = startDesk();
    desk.client.send('{"jsonrpc":"2.0","id":"c","method":"tools/call","params":{"name":"pay"}}');
    await desk.waiting();
    await desk.client.close();
    expect((await desk.waiting()).status).toBe('cancelled');
    expect(desk.executed()).toEqual([]);
  });

  test('lets others pass, and says progress to a client that gave a token', async () => {
    const desk = startDesk();
    const params = { name: 'pay', arguments: TEN, _meta: { progressToken: 't-1' } };
    const call = desk.client.request('tools/call', params);
    const progress = JSON.parse(await desk.client.next((line) => line.includes('notifications/progress')));
    const { id } = await desk.waiting();
    expect(progress.params).toEqual({
      progressToken: 't-1',
      progress: 1,
      message: `Waiting for a human to approve this call (${id})`,
    });
    expect((await desk.client.request('ping')).result).toEqual({});
    await desk.approve(id);
    expect((await call).result.isError).toBeUndefined();
  });
});

describe('an approval', () => {
  test('of two people needs two different ones', async () => {
    const desk = startDesk({ policy: holdPolicy('        approvals: 2\n') });
    const call = desk.client.callTool('pay', TEN);
    const { id } = await desk.waiting();
    expect(await desk.approve(id, 'alice')).toMatchObject({ ok: true, approval: { status: 'pending' } });
    expect(await desk.approve(id, 'alice')).toMatchObject({ ok: false, problem: 'agreed-before' });
    expect(desk.executed()).toEqual([]);
    expect(await desk.approve(id, 'bob')).toMatchObject({ ok: true, approval: { status: 'approved' } });
    expect((await call).result.isError).toBeUndefined();
  });

  test('of one of two is ended by the rejection of the other', async () => {
    const desk = startDesk({ policy: holdPolicy('        approvals: 2\n') });
    const call = desk.client.callTool('pay', TEN);
    const { id } = await desk.waiting();
    await desk.approve(id, 'bob');
    await desk.reject(id);
    expect((await call).result.content[0].text).toContain('Denied by a human');
    expect(desk.executed()).toEqual([]);
  });

  test('does not open a limit that is reached: the call is judged again', async () => {
    const policy = holdPolicy('      - name: cap\n        rate_limit: 1/day\n');
    const desk = startDesk({ policy, args: ['--hold', '200ms'] });
    await desk.client.callTool('pay', { n: 1 });
    await desk.client.callTool('pay', { n: 2 });
    for (const { id } of await (await desk.store()).listApprovals({})) await desk.approve(id);
    expect((await desk.client.callTool('pay', { n: 1 })).result.isError).toBeUndefined();
    expect((await desk.client.callTool('pay', { n: 2 })).result.content[0].text).toContain('(rule pay/cap)');
    expect(desk.executed()).toHaveLength(1);
  });

  test('that is not used in its time is void', async () => {
    const desk = startDesk({
      args: ['--hold', '100ms'],
      prepare: (folder) => writeFileSync(`${folder}/regent.yaml`, 'approvals: {use_within: 1s}\n'),
    });
    const config = `${desk.folder}/regent.yaml`;
    const client = startLineClient(process.execPath, [
      ...desk.client.child.spawnargs.slice(1, 2),
      '--config',
      config,
      ...desk.client.child.spawnargs.slice(2),
    ]);
    const first = await client.callTool('pay', TEN);
    const { approval_id: id } = first.result._meta['dev.regent/decision'];
    await desk.approve(id);
    await new Promise((resolve) => setTimeout(resolve, 1100));
    const second = await client.callTool('pay', TEN);
    expect(second.result._meta['dev.regent/decision'].approval_id).not.toBe(id);
    expect(desk.executed()).toEqual([]);
    expect(await stepsOf(desk)).toContain('expired by regent');
    await client.close();
  });

  test('is not used for a call that another policy judges', async () => {
    const desk = startDesk({ args: ['--hold', '100ms'] });
    const { result } = await desk.client.callTool('pay', TEN);
    const { approval_id: id } = result._meta['dev.regent/decision'];
    await desk.approve(id);
    const store = await desk.store();
    const [before] = await store.newestPolicies();
    writeFileSync(desk.policyFile, holdPolicy('', 'hide: [other]\n'));
    await expect
      .poll(async () => (await store.newestPolicies())[0]?.revision, { timeout: 15_000 })
      .not.toBe(before?.revision);
    const again = await desk.client.callTool('pay', TEN);
    expect(again.result._meta['dev.regent/decision']).toMatchObject({ outcome: 'require_approval' });
    expect(again.result._meta['dev.regent/decision'].approval_id).not.toBe(id);
    expect(desk.executed()).toEqual([]);
  });

  test('outlives the sidecar: the same call sent to the next one uses it, once', async () => {
    const desk = startDesk({ args: ['--hold', '100ms'] });
    const { result } = await desk.client.callTool('pay', TEN);
    const { approval_id: id } = result._meta['dev.regent/decision'];
    await desk.client.close();
    await desk.approve(id);
    const next = startLineClient(process.execPath, desk.client.child.spawnargs.slice(1));
    expect((await next.callTool('pay', TEN)).result.isError).toBeUndefined();
    expect((await next.callTool('pay', TEN)).result.isError).toBe(true);
    expect(desk.executed()).toHaveLength(1);
    await next.close();
  });

  test('lets one call through where the same one waits in two sidecars', async () => {
    const desk = startDesk();
    const other = startLineClient(process.execPath, desk.client.child.spawnargs.slice(1));
    const calls = [desk.client, other].map((client) => client.callTool('pay', TEN));
    const { id } = await desk.waiting();
    await expect.poll(() => journalOf(desk)).toHaveLength(2);
    await desk.approve(id);
    const answers = await Promise.all(calls);
    expect(answers.filter(({ result }) => result.isError !== true)).toHaveLength(1);
    expect(desk.executed()).toHaveLength(1);
    await other.close();
  });
});

describe('nothing is asked', () => {
  test('where too many calls of the agent wait already: the call is denied', async () => {
    const desk = startDesk({ args: ['--hold', '50ms'] });
    for (let n = 0; n < 20; n += 1) await desk.client.callTool('pay', { n });
    const { result } = await desk.client.callTool('pay', { n: 20 });
    expect(result.content[0].text).toContain('20 calls of this agent wait for approval already');
    expect(await (await desk.store()).listApprovals({})).toHaveLength(20);
    await expect.poll(async () => (await journalOf(desk)).at(-1)?.result).toBe('hold-refused');
  });

  test('of people who could not read it: arguments over 4 MiB are denied', async () => {
    const desk = startDesk();
    const { result } = await desk.client.callTool('pay', { text: 'x'.repeat(4 * 1024 * 1024) });
    expect(result.content[0].text).toContain('too large for a human to review');
    expect(desk.executed()).toEqual([]);
  });

  test('where approvals cannot be kept: the call is denied', async () => {
    const desk = startDesk();
    expect((await desk.client.request('ping')).result).toEqual({});
    const file = openSqlFile(desk.stateFile);
    await file.all('DROP TABLE approvals');
    await file.close();
    const { result } = await desk.client.callTool('pay', TEN);
    expect(result.content[0].text).toContain('Denied by policy: pay: the decision cannot be recorded');
    expect(desk.executed()).toEqual([]);
  });
});
