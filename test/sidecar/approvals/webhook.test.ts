// The webhook of a running sidecar: it tells, never holds up, and leads people to a console where looking changes nothing.
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { createApproverToken, digestApproverToken } from '../../../src/approvals/approver-token.ts';
import {
  type Answer,
  idsOf,
  inTurn,
  type Receiver,
  startReceiver,
  status,
  typesOf,
} from '../../approvals/webhook/receiver.ts';
import { type LineClient, startLineClient } from '../../fixtures/line-client.ts';
import { temporaryFolder } from '../../state/temporary-folder.ts';
import { type Desk, startDesk } from './approval-desk.ts';

const SECRET = 'the secret of the webhook';
const CARD = { amount: 10, card: '4111-1111-1111-1111' };
const LONG = { timeout: 20_000 };
/** Several processes start, one after the other. */
const PATIENT = { timeout: 90_000 };

interface Told extends Desk {
  readonly receiver: Receiver;
  stderr(): string;
}

async function startTold(answer: Answer = status(200), args: readonly string[] = []): Promise<Told> {
  const receiver = await startReceiver(answer);
  const folder = temporaryFolder();
  const config = path.join(folder, 'regent.yaml');
  writeFileSync(path.join(folder, 'secret'), SECRET, { mode: 0o600 });
  writeFileSync(config, `approvals: {webhook: {url: "${receiver.url}", secret: {file: secret}}}\n`);
  const desk = startDesk({ args: ['--config', config, '--log-level', 'trace', ...args] });
  let stderr = '';
  desk.client.child.stderr.on('data', (chunk: Buffer) => {
    stderr += chunk.toString();
  });
  return { ...desk, receiver, stderr: () => stderr };
}

/** One more sidecar like it; what it compiled is in its home. */
async function startAgain({ client, folder }: Desk): Promise<LineClient> {
  const next = startLineClient(process.execPath, client.child.spawnargs.slice(1), {
    env: { HOME: folder },
    timeoutMs: 30_000,
  });
  onTestFinished(async () => void (await next.close()));
  expect((await next.request('ping')).result).toEqual({});
  return next;
}

test('tells of each step, and keeps a log that commands show; arguments and secret are nowhere in it', async () => {
  const desk = await startTold();
  const call = desk.client.callTool('pay', CARD);
  const { id } = await desk.waiting();
  await desk.approve(id);
  expect((await call).result.isError).toBeUndefined();
  const received = await desk.receiver.until(3);
  expect(typesOf(received)).toEqual(['approval.requested', 'approval.approved', 'approval.consumed']);
  const logOf = (): unknown[] =>
    desk
      .run(['approvals', 'deliveries', '--json'])
      .out.split('\n')
      .filter((line) => line !== '')
      .map((line) => JSON.parse(line));
  await expect.poll(logOf, LONG).toMatchObject([
    { step: 1, event: 'approval.requested', approval_id: id, status: 'delivered', detail: 'status 200' },
    { step: 2, event: 'approval.approved', approval_id: id, status: 'delivered', next_try: null },
    { step: 3, event: 'approval.consumed', approval_id: id, status: 'delivered', attempts: 1 },
  ]);
  const { out } = desk.run(['approvals', 'deliveries']);
  expect(out).toMatch(
    new RegExp(`^1 {2}requested {2}${id} {2}delivered {2}1 attempt {2}.* {2}"status 200"\n`),
  );
  await desk.client.close();
  const all = JSON.stringify(received) + desk.stderr() + out;
  expect(all).not.toContain('4111');
  expect(all).not.toContain(SECRET);
});

test('a receiver that does not answer holds up neither the call nor its approval, nor the end', async () => {
  const desk = await startTold(() => {});
  const call = desk.client.callTool('pay', CARD);
  const { id } = await desk.waiting();
  await desk.receiver.until(1);
  await desk.approve(id);
  expect((await call).result.isError).toBeUndefined();
  const log = await (await desk.store()).listDeliveries(10);
  expect(log.map((delivery) => delivery.status)).not.toContain('delivered');
  expect(desk.executed()).toHaveLength(1);
  const before = performance.now();
  expect(await desk.client.close()).toBe(0);
  // An attempt may take ten seconds.
  expect(performance.now() - before).toBeLessThan(6000);
});

test('the link leads to the console; whoever follows it, signed in or not, changes nothing', async () => {
  const desk = await startTold(status(200), ['--console', '127.0.0.1:0']);
  const call = desk.client.callTool('pay', CARD);
  const { id } = await desk.waiting();
  const [first] = await desk.receiver.until(1);
  const { url } = JSON.parse(first?.body ?? '{}').data;
  expect(url).toMatch(new RegExp(`^http://127\\.0\\.0\\.1:\\d+/approvals/${id}$`));

  const get = (target: string, headers = {}): Promise<Response> =>
    fetch(target, { redirect: 'manual', headers });
  const stranger = await get(url);
  expect([stranger.status, stranger.headers.get('location')]).toEqual([
    303,
    `/sign-in?next=${encodeURIComponent(`/approvals/${id}`)}`,
  ]);
  const cookie = await signIn(desk, new URL(url).origin);
  for (const target of [url, `${url}?answer=approve`, `${url}?answer=reject`]) {
    expect((await get(target, { cookie })).status).toBe(200);
  }
  for (const target of [`${url}/approve`, `${url}/reject`]) {
    expect((await get(target, { cookie })).status).toBe(404);
  }
  const page = await (await get(new URL('/deliveries', url).href, { cookie })).text();
  expect(page).toContain(`<td>requested</td><td><a href="/approvals/${id}">`);

  const steps = await (await desk.store()).listSteps({});
  expect(steps.map(({ step }) => step)).toEqual(['requested']);
  expect(desk.executed()).toEqual([]);
  await desk.reject(id);
  expect((await call).result.isError).toBe(true);
});

async function signIn(desk: Desk, origin: string): Promise<string> {
  const token = createApproverToken();
  const facts = { id: 'a1', name: 'alice', ownerOf: [], createdMs: Date.now() };
  await (await desk.store()).addApprover({ ...facts, digest: digestApproverToken(token) });
  const answer = await fetch(`${origin}/sign-in`, {
    method: 'POST',
    redirect: 'manual',
    headers: { origin, 'content-type': 'application/x-www-form-urlencoded' },
    body: new URLSearchParams({ credential: token }),
  });
  expect(answer.status).toBe(303);
  return answer.headers.get('set-cookie')?.split(';')[0] ?? '';
}

test('two sidecars on one state file tell of each step once', PATIENT, async () => {
  const desk = await startTold(status(200), ['--hold', '50ms']);
  const other = await startAgain(desk);
  for (let n = 0; n < 8; n += 1) await (n % 2 === 0 ? desk.client : other).callTool('pay', { n });
  for (const { id } of await (await desk.store()).listApprovals({})) await desk.reject(id);
  const received = await desk.receiver.until(16);
  const waiting = async (): Promise<number> => {
    const log = await (await desk.store()).listDeliveries(100);
    return log.filter((delivery) => delivery.status !== 'delivered').length;
  };
  await expect.poll(waiting, LONG).toBe(0);
  expect(received).toHaveLength(16);
  expect(new Set(idsOf(received)).size).toBe(16);
});

test('a sidecar that is killed leaves nothing untold: the next one tells it', PATIENT, async () => {
  const desk = await startTold(inTurn(status(503), status(200)), ['--hold', '50ms']);
  await desk.client.callTool('pay', CARD);
  await desk.receiver.until(1);
  const log = async () => (await (await desk.store()).listDeliveries(1))[0];
  await expect.poll(log, LONG).toMatchObject({ status: 'waiting', attempts: 1, detail: 'status 503' });
  desk.client.child.kill('SIGKILL');
  await desk.client.close();
  await desk.reject((await desk.waiting()).id);
  await startAgain(desk);
  const received = await desk.receiver.until(3);
  expect(typesOf(received).sort()).toEqual(['approval.rejected', 'approval.requested', 'approval.requested']);
  await expect.poll(log, LONG).toMatchObject({ status: 'delivered' });
});
