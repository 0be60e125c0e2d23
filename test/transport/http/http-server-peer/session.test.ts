// The peer of HTTP servers: the session it keeps, and begins anew where the server forgot it.
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { answerJson, startUpstream } from '../../../sidecar/http/upstream-fixture.ts';
import {
  answerAll,
  connect,
  INITIALIZE,
  INITIALIZED,
  methodOf,
  opened,
  request,
  result,
  soon,
  told,
  withSessions,
} from './peer-bench.ts';

describe('a session', () => {
  test('has the id that the server gave, and its version, until it is ended', async () => {
    const server = await startUpstream(withSessions(answerAll).script);
    const { peer, say, settled, lines, lost } = connect(server);
    say(INITIALIZE);
    say(INITIALIZED);
    await server.whenSeen(3);
    say(request(1, 'tools/list'));
    await settled(2);
    await peer.stop();
    expect(server.seen.map(told)).toEqual([
      'POST initialize - -',
      'POST notifications/initialized s1 2025-11-25',
      'GET s1 2025-11-25',
      'POST tools/list s1 2025-11-25',
      'DELETE s1 2025-11-25',
    ]);
    expect([lines, lost]).toEqual([[opened('2025-11-25'), result(1)], []]);
  });

  test('asks for JSON and events, with the credential of the setting', async () => {
    const server = await startUpstream(answerAll);
    const { say, settled } = connect(server);
    say(request(1, 'ping'), [['Authorization', 'Bearer other']]);
    await settled();
    expect(server.seen[0]).toMatchObject({
      body: Buffer.from(request(1, 'ping')),
      headers: {
        accept: 'application/json, text/event-stream',
        'content-type': 'application/json',
        authorization: 'Bearer own',
      },
    });
  });

  test.each([
    ['2025-03-26', '-'],
    ['2025-06-18', '2025-06-18'],
    ['2025-11-25', '2025-11-25'],
  ])('of version %s says %s in its header field', async (version, said) => {
    const server = await startUpstream(withSessions(answerAll, { version }).script);
    const { say, settled } = connect(server);
    say(INITIALIZE);
    say(request(1, 'ping'));
    await settled(2);
    expect(server.seen.map(told)).toEqual(['POST initialize - -', `POST ping s1 ${said}`]);
  });

  test('without an id is not ended by DELETE', async () => {
    const server = await startUpstream((_, response) => answerJson(response, opened('2025-11-25')));
    const { peer, say, settled } = connect(server);
    say(INITIALIZE);
    await settled();
    say(request(1, 'ping'));
    await settled(2);
    await peer.stop();
    expect(server.seen.map(told)).toEqual(['POST initialize - -', 'POST ping - 2025-11-25']);
  });

  test('keeps the order of its beginning and of notifications; requests run beside each other', async () => {
    const log: string[] = [];
    const server = await startUpstream(async (seen, response) => {
      const method = methodOf(seen);
      if (seen.method === 'GET') return response.writeHead(405).end();
      log.push(`> ${method}`);
      // The first request is answered when the second is there.
      if (method === 'first') await soon(() => expect(log).toContain('> second'));
      else await sleep(30);
      log.push(`< ${method}`);
      return method.startsWith('notifications/') ? response.writeHead(202).end() : answerAll(seen, response);
    });
    const { say, settled } = connect(server);
    for (const text of [INITIALIZE, INITIALIZED, request(1, 'first'), request(2, 'second')]) say(text);
    await settled(3);
    expect(log.slice(0, 4)).toEqual([
      '> initialize',
      '< initialize',
      '> notifications/initialized',
      '< notifications/initialized',
    ]);
    expect(log.indexOf('< first')).toBeGreaterThan(log.indexOf('> second'));
  });
});

describe('a session that the server forgot (404)', () => {
  async function startForgotten() {
    const { script, forget } = withSessions(answerAll);
    const server = await startUpstream(script);
    const connection = connect(server);
    connection.say(INITIALIZE);
    await connection.settled();
    forget();
    return { server, ...connection };
  }
  const REOPENED = ['POST initialize - -', 'POST notifications/initialized s3 2025-11-25'];

  test('begins anew with the words of the client, which sees only its answer', async () => {
    const { server, say, settled, lines, lost } = await startForgotten();
    say(request(1, 'tools/list'));
    await settled(2);
    expect(server.seen.slice(1).map(told)).toEqual([
      'POST tools/list s1 2025-11-25',
      ...REOPENED,
      'POST tools/list s3 2025-11-25',
    ]);
    expect(JSON.parse(server.seen[2]?.body.toString() ?? '')).toEqual({
      ...JSON.parse(INITIALIZE),
      id: 'regent-reopen',
    });
    expect([lines.slice(1), lost]).toEqual([[result(1)], []]);
  });

  test('does not get the call again: the client is told to repeat it', async () => {
    const { server, say, settled, lines, lost } = await startForgotten();
    say(request('c'));
    await settled(2);
    expect(server.seen.slice(1).map(told)).toEqual(['POST tools/call s1 2025-11-25', ...REOPENED]);
    expect(lost).toEqual([
      {
        idText: '"c"',
        mayHaveRun: false,
        detail:
          'The MCP server had forgotten the session; a new one has begun, so call again; the request did not run.',
      },
    ]);
    say(request(2));
    await settled(3);
    expect(lines.slice(1)).toEqual([result(2)]);
  });

  test('gets a notification again', async () => {
    const { server, say, lost } = await startForgotten();
    say('{"jsonrpc":"2.0","method":"notifications/roots/list_changed"}');
    await server.whenSeen(5);
    expect(server.seen.slice(1).map(told)).toEqual([
      'POST notifications/roots/list_changed s1 2025-11-25',
      ...REOPENED,
      'POST notifications/roots/list_changed s3 2025-11-25',
    ]);
    expect(lost).toEqual([]);
  });
});
