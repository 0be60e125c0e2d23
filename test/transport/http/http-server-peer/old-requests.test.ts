// The peer of HTTP servers of 2024-11-05: what becomes of requests.
import type { ServerResponse } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import type { Answer } from '../../../sidecar/http/upstream-fixture.ts';
import { accept, call, OPENED, startOld, UNKNOWN } from './old-server.ts';
import { connect, INITIALIZE, NOTICE, result } from './peer-bench.ts';

describe('a request to a server of 2024-11-05', () => {
  async function startSession(answer: Answer) {
    const server = await startOld(answer);
    const connection = connect(server);
    connection.say(INITIALIZE);
    await connection.settled(1);
    return { server, ...connection };
  }

  test.each([
    ['ends', (stream: ServerResponse | null) => stream?.end()],
    ['breaks', (stream: ServerResponse | null) => stream?.destroy()],
  ])('that waits when the stream %s is lost once; what was answered is not', async (_name, end) => {
    const { server, say, settled, lines, lost } = await startSession(accept);
    for (const id of [1, 'two', 3]) say(call(id));
    await server.whenSeen(6);
    server.say(result('two'));
    await settled(2);
    end(server.stream());
    await settled(4);
    expect(lines).toEqual([OPENED, result('two')]);
    const detail = `The stream of the MCP server has ended; ${UNKNOWN}`;
    expect(lost).toEqual([
      { idText: '1', mayHaveRun: true, detail },
      { idText: '3', mayHaveRun: true, detail },
    ]);
    expect(server.seen).toHaveLength(6);
  });

  test.each([
    [
      'is refused (500)',
      (response: ServerResponse) => response.writeHead(500).end('no'),
      'answered with HTTP status 500',
    ],
    [
      'is forgotten (404)',
      (response: ServerResponse) => response.writeHead(404).end(),
      'knows no such endpoint: check the path of --upstream',
    ],
  ])('that %s is lost once, also when the stream ends; others go on', async (_name, refuse, reason) => {
    const { server, say, settled, lines, lost } = await startSession(({ body }, response) => {
      if (body.toString() === call(1)) return refuse(response);
      response.writeHead(202).end();
      return server.say(result(2));
    });
    say(call(1));
    await settled(2);
    say(call(2));
    await settled(3);
    server.stream()?.end();
    await sleep(100);
    expect(lines).toEqual([OPENED, result(2)]);
    expect(lost).toEqual([{ idText: '1', mayHaveRun: true, detail: `The MCP server ${reason}; ${UNKNOWN}` }]);
  });

  test('is not answered by what the server asks under the same id', async () => {
    const { server, say, settled, lost } = await startSession(accept);
    say(call(1));
    await server.whenSeen(4);
    server.say('{"jsonrpc":"2.0","id":1,"method":"roots/list"}');
    await settled(2);
    server.stream()?.end();
    await settled(3);
    expect(lost).toMatchObject([{ idText: '1', mayHaveRun: true }]);
  });

  test('that comes when the stream has ended is lost, and not sent', async () => {
    const { server, say, settled, lost } = await startSession(accept);
    say(call(1));
    await server.whenSeen(4);
    server.stream()?.end();
    await settled(2);
    say(call(2));
    await settled(3);
    const detail =
      'The stream of the MCP server has ended, and its session with it; start anew; the request did not run.';
    expect(lost[1]).toEqual({ idText: '2', mayHaveRun: false, detail });
    expect(server.seen).toHaveLength(4);
  });

  test('whose connection breaks is lost, and not sent again', async () => {
    const { server, say, settled, lines, lost } = await startSession((_, response) => response.destroy());
    say(call(1));
    await settled(2);
    await sleep(100);
    expect(lines).toEqual([OPENED]);
    expect(lost).toEqual([
      {
        idText: '1',
        mayHaveRun: true,
        detail: `The connection to the MCP server broke (ECONNRESET); ${UNKNOWN}`,
      },
    ]);
    expect(server.seen.map(({ body }) => body.toString()).filter((text) => text === call(1))).toHaveLength(1);
  });

  test('may be answered before its POST is', async () => {
    const { say, settled, server, lines, lost } = await startSession((_, response) => {
      server.say(result(1));
      setTimeout(() => response.writeHead(202).end(), 100);
    });
    say(call(1));
    await settled(2);
    await sleep(150);
    server.stream()?.end();
    await sleep(100);
    expect([lines, lost]).toEqual([[OPENED, result(1)], []]);
  });

  test('is held back with all others while the client does not keep up', async () => {
    const { peer, say, settled, server, lines } = await startSession(accept);
    peer.pause();
    say(call(1));
    await server.whenSeen(4);
    for (const text of [NOTICE, result(1), NOTICE]) server.say(text);
    await settled(2);
    await sleep(100);
    expect(lines).toEqual([OPENED, NOTICE]);
    peer.resume();
    await settled(4);
    expect(lines).toEqual([OPENED, NOTICE, result(1), NOTICE]);
  });
});
