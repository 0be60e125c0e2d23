// Held calls over HTTP, in front of servers over HTTP and of commands: waited for on the stream, and void when nobody waits.
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { openSqlFile } from '../../state/sql-file.ts';
import { ask, call, listen, modern } from '../http/http-sidecar.ts';
import { holdPolicy } from './approval-desk.ts';
import { type HttpDesk, startBefore, startBeforeChild, startBeforeHttp } from './http-desk.ts';

const TEN = { amount: 10 };
const PAY = { name: 'pay', arguments: TEN };
const WITH_TOKEN = { ...PAY, _meta: { progressToken: 'tok' } };
const PING = '{"jsonrpc":"2.0","id":"p","method":"ping"}';

const olderCall = (params: object, id: unknown = 1): string =>
  JSON.stringify({ jsonrpc: '2.0', id, method: 'tools/call', params });

/** Messages of Regent and the server, whether they came as events or as one text. */
// biome-ignore lint/suspicious/noExplicitAny: tests look into answers of every shape.
function messagesIn(text: string): any[] {
  const events = [...text.matchAll(/^data: (.*)$/gm)].map(([, data = '']) => JSON.parse(data));
  return events.length > 0 ? events : [JSON.parse(text)].flat();
}

const factsIn = (text: string) => messagesIn(text).at(-1).result._meta['dev.regent/decision'];

/** The request is void, no approval is taken any more, and the server has seen nothing of the call. */
async function expectVoid(desk: HttpDesk): Promise<void> {
  await expect.poll(async () => (await desk.waiting()).status, { timeout: 10_000 }).toBe('cancelled');
  const { id } = await desk.waiting();
  expect(await desk.approve(id)).toMatchObject({ ok: false, problem: 'ended' });
  await sleep(200);
  expect(desk.executed()).toEqual([]);
}

describe.each([
  ['before a server over HTTP', startBeforeHttp],
  ['before a command', startBeforeChild],
])('a held call %s', (_, startDesk) => {
  test.each(['older', 'of 2026-07-28'])(
    'of a client %s runs once when it is approved; progress and answer come on one stream',
    async (era) => {
      const desk = await startDesk();
      const asked =
        era === 'older'
          ? { headers: await desk.openSession(), body: olderCall(WITH_TOKEN, 7) }
          : modern('tools/call', WITH_TOKEN, 7);
      const stream = await listen(desk.url, { method: 'POST', ...asked });
      await stream.until((text) => text.includes('notifications/progress'));
      const { id } = await desk.waiting();
      expect(desk.executed()).toEqual([]);
      await desk.approve(id);
      const messages = messagesIn(await stream.until((text) => text.includes('"result"')));
      expect(messages[0].params).toEqual({
        progressToken: 'tok',
        progress: 1,
        message: `Waiting for a human to approve this call (${id})`,
      });
      expect(messages.at(-1)).toMatchObject({ id: 7 });
      expect(messages.at(-1).result.isError).toBeUndefined();
      expect(desk.executed()).toHaveLength(1);
      expect((await desk.waiting()).status).toBe('consumed');
    },
  );

  test('that is rejected never reaches the server', async () => {
    const desk = await startDesk();
    const reply = ask(desk.url, modern('tools/call', PAY));
    await desk.reject((await desk.waiting()).id, 'no');
    expect(factsIn((await reply).text)).toMatchObject({ outcome: 'deny', approval_status: 'rejected' });
    expect(desk.executed()).toEqual([]);
  });

  test('of 2026-07-28 is void when its client closes the stream', async () => {
    const desk = await startDesk();
    const stream = await listen(desk.url, { method: 'POST', ...modern('tools/call', WITH_TOKEN) });
    await desk.waiting();
    stream.close();
    await expectVoid(desk);
  });

  test('is void when an older client cancels it', async () => {
    const desk = await startDesk();
    const headers = await desk.openSession();
    const stream = await listen(desk.url, { method: 'POST', headers, body: olderCall(WITH_TOKEN, 'c') });
    await desk.waiting();
    const body = '{"jsonrpc":"2.0","method":"notifications/cancelled","params":{"requestId":"c"}}';
    expect((await ask(desk.url, { headers, body })).status).toBe(202);
    await expectVoid(desk);
    expect(stream.text()).not.toContain('"result"');
  });

  test('is void when an older client only goes away, though that cancels nothing else', async () => {
    const desk = await startDesk();
    const headers = await desk.openSession();
    const stream = await listen(desk.url, { method: 'POST', headers, body: olderCall(WITH_TOKEN) });
    await desk.waiting();
    stream.close();
    await expectVoid(desk);
  });

  test('is void when its session is ended', async () => {
    const desk = await startDesk();
    const headers = await desk.openSession();
    await listen(desk.url, { method: 'POST', headers, body: olderCall(WITH_TOKEN) });
    await desk.waiting();
    expect((await ask(desk.url, { method: 'DELETE', headers })).status).toBe(200);
    await expectVoid(desk);
  });

  test('is pending after --hold; the same call joins the request, and runs once', async () => {
    const desk = await startDesk({ args: ['--hold', '300ms'] });
    const pay = async () => (await ask(desk.url, modern('tools/call', PAY))).text;
    const first = factsIn(await pay());
    expect(first).toMatchObject({ outcome: 'require_approval', executed: false, retry_after_ms: 5000 });
    expect(factsIn(await pay()).approval_id).toBe(first.approval_id);
    await desk.approve(first.approval_id);
    expect(messagesIn(await pay()).at(-1).result.isError).toBeUndefined();
    expect(factsIn(await pay()).approval_id).not.toBe(first.approval_id);
    expect(desk.executed()).toHaveLength(1);
  });

  test('is of its agent alone: the same call of another one is another request', async () => {
    const policy = holdPolicy().replace(
      'tools:',
      'agents:\n  one: {tools: [pay]}\n  two: {tools: [pay]}\ntools:',
    );
    const desk = await startDesk({ policy, args: ['--hold', '300ms'] });
    const [one = '', two = ''] = ['one', 'two'].map((name) => desk.sidecar.run('agents', 'add', name).trim());
    const pay = async (token: string): Promise<string> => {
      const { headers, body } = modern('tools/call', PAY);
      return (await ask(desk.url, { headers: { ...headers, authorization: `Bearer ${token}` }, body })).text;
    };
    const ofOne = factsIn(await pay(one)).approval_id;
    const ofTwo = factsIn(await pay(two)).approval_id;
    expect(ofTwo).not.toBe(ofOne);
    await desk.approve(ofOne);
    expect(factsIn(await pay(two)).approval_id).toBe(ofTwo);
    expect(desk.executed()).toEqual([]);
    expect(messagesIn(await pay(one)).at(-1).result.isError).toBeUndefined();
    expect(desk.executed()).toHaveLength(1);
  });

  test('of a batch does not hold up the others: it is pending at once', async () => {
    const desk = await startDesk();
    const headers = await desk.openSession();
    const batch = `[${PING},${olderCall(PAY, 'h')}]`;
    const messages = messagesIn((await ask(desk.url, { headers, body: batch })).text);
    expect(messages.map(({ id }) => id).sort()).toEqual(['h', 'p']);
    const facts = messages.find(({ id }) => id === 'h').result._meta['dev.regent/decision'];
    expect(facts).toMatchObject({ outcome: 'require_approval', executed: false });
    expect(desk.executed()).toEqual([]);
    await desk.approve(facts.approval_id);
    const again = messagesIn((await ask(desk.url, { headers, body: batch })).text);
    expect(again.find(({ id }) => id === 'h').result.isError).toBeUndefined();
    expect(desk.executed()).toHaveLength(1);
  });

  test('is denied where approvals cannot be kept', async () => {
    const desk = await startDesk();
    await ask(desk.url, modern('tools/call', { name: 'other' }));
    const file = openSqlFile(desk.sidecar.stateFile);
    await file.run('DROP TABLE approvals');
    await file.close();
    const [{ result }] = messagesIn((await ask(desk.url, modern('tools/call', PAY))).text);
    expect(result.content[0].text).toContain('the decision cannot be recorded');
    expect(desk.executed()).toEqual([]);
  });
});

test('a client that waits without a progress token gets comments that keep its stream alive', async () => {
  const desks = await Promise.all([startBeforeHttp(), startBeforeChild()]);
  await Promise.all(
    desks.map(async (desk) => {
      const stream = await listen(desk.url, { method: 'POST', ...modern('tools/call', PAY) });
      await stream.until((text) => text.includes(': keep-alive'));
      await desk.approve((await desk.waiting()).id);
      await stream.until((text) => text.includes('"result"'));
      expect(desk.executed()).toHaveLength(1);
    }),
  );
}, 60_000);

test('a call held for a client of 2024-11-05 is void when its stream ends', async () => {
  const desk = await startBefore(({ method }, response) => {
    if (method !== 'GET') return response.writeHead(202).end();
    response.writeHead(200, { 'Content-Type': 'text/event-stream' });
    return response.write('event: endpoint\ndata: /messages\n\n');
  });
  const stream = await listen(desk.url);
  const text = await stream.until((part) => part.includes('data: '));
  const endpoint = new URL(/^data: (.*)$/m.exec(text)?.[1] ?? '', desk.url);
  expect((await ask(endpoint.href, { body: call('pay', TEN) })).status).toBe(202);
  await desk.waiting();
  stream.close();
  await expectVoid(desk);
});
