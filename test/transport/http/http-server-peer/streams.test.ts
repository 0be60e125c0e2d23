// The peer of HTTP servers: the standing stream, cancellation, and a client that does not keep up.
import type { ServerResponse } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, test, vi } from 'vitest';
import { answerJson, startUpstream } from '../../../sidecar/http/upstream-fixture.ts';
import {
  answerAll,
  connect,
  event,
  events,
  INITIALIZE,
  INITIALIZED,
  methodOf,
  NOTICE,
  opened,
  PARAMS,
  request,
  result,
  soon,
  told,
} from './peer-bench.ts';

describe('the standing stream', () => {
  /** Each GET is answered by the next of `streams`. */
  async function startStanding(...streams: Array<(response: ServerResponse) => unknown>) {
    const server = await startUpstream((seen, response) => {
      if (seen.method === 'DELETE') return response.writeHead(200).end();
      if (seen.method === 'GET') return (streams.shift() ?? events)(response);
      if (methodOf(seen) !== 'initialize') return response.writeHead(202).end();
      return answerJson(response.setHeader('Mcp-Session-Id', 's1'), opened('2025-11-25'));
    });
    const gets = () => server.seen.filter(({ method }) => method === 'GET');
    return { gets, server, ...connect(server) };
  }

  test('is opened when the client is ready, not before', async () => {
    const { gets, say, settled } = await startStanding();
    say(INITIALIZE);
    await settled();
    await sleep(100);
    expect(gets()).toHaveLength(0);
    say(INITIALIZED);
    await soon(() => expect(gets()).toHaveLength(1));
    const [stream] = gets();
    expect(stream && told(stream)).toBe('GET s1 2025-11-25');
    expect(stream?.headers.accept).toBe('text/event-stream');
  });

  test('that a server has not (405) is not asked for again', async () => {
    const { gets, say, lines, lost, warnings } = await startStanding((response) =>
      response.writeHead(405, { Allow: 'POST' }).end(),
    );
    say(INITIALIZE);
    say(INITIALIZED);
    await sleep(1500);
    expect(gets()).toHaveLength(1);
    expect([lines, lost, warnings]).toEqual([[opened('2025-11-25')], [], []]);
  });

  test('brings what answers no request, and is opened again after its last event', async () => {
    const ask = request('s-1', 'sampling/createMessage', {});
    const { gets, say, settled, lines, lost } = await startStanding(
      (response) => events(response).end(`retry: 10\n${event(NOTICE, 'a')}${event(ask, 'b')}`),
      (response) => {
        events(response).write(`retry: 10\n${event(NOTICE, 'c')}`);
        setTimeout(() => response.destroy(), 20);
      },
      (response) => response.destroy(),
      (response) => events(response).write(event(ask)),
    );
    say(INITIALIZE);
    say(INITIALIZED);
    await settled(5);
    expect([lines.slice(1), lost]).toEqual([[NOTICE, ask, NOTICE, ask], []]);
    expect(gets().map(({ headers }) => headers['last-event-id'])).toEqual([undefined, 'b', 'c', 'c']);
  });
});

test('the standing stream of a session that the server forgot is opened again in the new one, from its start', async () => {
  let current = 1;
  let stream: ServerResponse | null = null;
  const server = await startUpstream((seen, response) => {
    const id = seen.headers['mcp-session-id'];
    if (methodOf(seen) === 'initialize') {
      const { id: asked } = JSON.parse(seen.body.toString());
      const body = { jsonrpc: '2.0', id: asked, result: { protocolVersion: '2025-11-25' } };
      return answerJson(response.setHeader('Mcp-Session-Id', `s${current}`), JSON.stringify(body));
    }
    if (seen.method !== 'DELETE' && id !== `s${current}`) return answerJson(response, '{}', 404);
    if (seen.method !== 'GET')
      return methodOf(seen) === 'ping' ? answerAll(seen, response) : response.writeHead(202).end();
    stream = events(response);
    return stream.write(event(NOTICE, 'e-1'));
  });
  const gets = () => server.seen.filter(({ method }) => method === 'GET');
  const { say, settled } = connect(server);
  say(INITIALIZE);
  say(INITIALIZED);
  await settled(2);
  current = 2;
  (stream as ServerResponse | null)?.end();
  // It asks for the rest of the old one, and learns that there is none.
  await soon(() => expect(gets()).toHaveLength(2));
  await sleep(100);
  say(request(1, 'ping'));
  await settled(4);
  expect(gets().map(told)).toEqual(['GET s1 2025-11-25', 'GET s1 2025-11-25', 'GET s2 2025-11-25']);
  expect(gets().map(({ headers }) => headers['last-event-id'])).toEqual([undefined, 'e-1', undefined]);
});

describe('cancellation', () => {
  const META = { _meta: { 'io.modelcontextprotocol/protocolVersion': '2026-07-28' } };
  const modern = (id: unknown) => request(id, 'tools/call', { ...PARAMS, ...META });
  const cancel = (requestId: unknown): string =>
    JSON.stringify({ jsonrpc: '2.0', method: 'notifications/cancelled', params: { requestId } });

  test('of a request of 2026-07-28 closes its connection, and no other', async () => {
    let finish = (): void => {};
    const server = await startUpstream((seen, response) => {
      if (seen.body.toString() === modern('b')) finish = () => answerJson(response, result('b'));
    });
    const { say, settled, lines, lost, warnings } = connect(server);
    say(modern('a'), [['Mcp-Name', 'pay']]);
    await server.whenSeen(1);
    say(modern('b'));
    const [a, b] = await server.whenSeen(2);
    expect(a?.headers).toMatchObject({ 'mcp-name': 'pay' });
    say(cancel('a'));
    await soon(() => expect(a?.isAborted).toBe(true));
    finish();
    await settled();
    expect([lines, lost, warnings]).toEqual([[result('b')], [], []]);
    expect(server.seen.map(methodOf)).toEqual(['tools/call', 'tools/call']);
    expect(b?.isAborted).toBe(false);
  });

  test('of a request before that is told to the server, which may still answer', async () => {
    let finish = (): void => {};
    const server = await startUpstream((seen, response) => {
      if (seen.body.toString() !== request('a')) return response.writeHead(202).end();
      finish = () => answerJson(response, result('a'));
    });
    const { say, settled, lines, lost } = connect(server);
    say(request('a'));
    await server.whenSeen(1);
    say(cancel('a'));
    const [call, cancellation] = await server.whenSeen(2);
    expect([cancellation?.body.toString(), call?.isAborted]).toEqual([cancel('a'), false]);
    finish();
    await settled();
    expect([lines, lost]).toEqual([[result('a')], []]);
  });
});

describe('a client that does not keep up', () => {
  test('is not sent more of a stream until it does, and the server is held back', async () => {
    const large = (at: number): string => request(at, 'ping', { text: 'x'.repeat(100_000) });
    const all = Array.from({ length: 200 }, (_, at) => large(at));
    let answering: ServerResponse | null = null;
    const server = await startUpstream((_, response) => {
      answering = events(response);
      response.end(all.map((text) => event(text)).join('') + event(result('a')));
    });
    const { peer, say, settled, lines, lost } = connect(server);
    peer.pause();
    say(request('a'));
    await settled();
    await sleep(200);
    expect(lines).toEqual([large(0)]);
    expect((answering as ServerResponse | null)?.writableFinished).toBe(false);
    peer.resume();
    await settled(201);
    expect([lines.length, lost]).toEqual([201, []]);
    expect(lines).toEqual([...all, result('a')]);
    expect((answering as ServerResponse | null)?.writableFinished).toBe(true);
  });

  test('with a thousand messages under way is told to wait until there is room', async () => {
    const waiting: Array<() => void> = [];
    const server = await startUpstream((seen, response) => {
      waiting.push(() => answerAll(seen, response));
    });
    const { peer, say, settled } = connect(server);
    const onDrain = vi.fn();
    peer.onDrain(onDrain);
    const written = Array.from({ length: 1001 }, (_, at) => say(request(at)));
    expect([written.indexOf(false), written.at(-1)]).toEqual([999, false]);
    await server.whenSeen(1001);
    waiting.shift()?.();
    await settled();
    expect(onDrain).not.toHaveBeenCalled();
    waiting.shift()?.();
    await settled(2);
    expect(onDrain).toHaveBeenCalledOnce();
    for (const finish of waiting) finish();
    await settled(1001);
    expect(onDrain).toHaveBeenCalledOnce();
  });
});
