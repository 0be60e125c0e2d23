// The peer of HTTP servers of 2024-11-05: how it finds them, and where it may post to.
import type { ServerResponse } from 'node:http';
import { describe, expect, test } from 'vitest';
import { answerJson, startUpstream } from '../../../sidecar/http/upstream-fixture.ts';
import { accept, call, event, methodNotAllowed, OPENED, openStream, startOld, told } from './old-server.ts';
import { connect, INITIALIZE, INITIALIZED, NOTICE, result, soon } from './peer-bench.ts';

describe('a server of 2024-11-05', () => {
  test.each([
    ['405', methodNotAllowed],
    ['404', (response: ServerResponse) => response.writeHead(404).end('<h1>Not found</h1>')],
    [
      '400 in HTML',
      (response: ServerResponse) => response.writeHead(400, { 'Content-Type': 'text/html' }).end('<p>'),
    ],
  ])(
    'that refuses the first POST (%s) is found by GET, and posted to where it says',
    async (_name, refuse) => {
      const server = await startOld(accept, { refuse });
      const { say, settled, lines, lost, warnings } = connect(server);
      say(INITIALIZE);
      await settled(1);
      say(INITIALIZED);
      say(call(1));
      const [first, stream, ...posted] = await server.whenSeen(5);
      server.say(NOTICE);
      server.say(result(1));
      await settled(3);
      expect(server.seen.map(told)).toEqual([
        'POST /mcp',
        'GET /mcp',
        ...Array(3).fill('POST /messages?session=1'),
      ]);
      expect(stream?.headers).toMatchObject({ accept: 'text/event-stream', authorization: 'Bearer own' });
      expect(first?.body.toString()).toBe(INITIALIZE);
      expect(posted.map(({ body }) => body.toString())).toEqual([INITIALIZE, INITIALIZED, call(1)]);
      for (const { headers } of posted) {
        expect(headers).toMatchObject({ 'content-type': 'application/json', authorization: 'Bearer own' });
        expect(Object.keys(headers).filter((name) => name.startsWith('mcp-'))).toEqual([]);
      }
      expect([lines, lost, warnings]).toEqual([[OPENED, NOTICE, result(1)], [], []]);
    },
  );

  test.each([
    ['an absolute path', '/a/b', () => '/a/b'],
    ['a path beside the stream', 'messages?session=2', () => '/messages?session=2'],
    ['an URL of its own', '', (origin: string) => `${origin}/own?x=1`],
  ])('may name its place by %s', async (_name, endpoint, placeAt) => {
    let place = endpoint;
    const posted: string[] = [];
    const server = await startUpstream(({ method, url }, response) => {
      if (method === 'GET') return openStream(response, event(place, 'endpoint'));
      if (url === '/mcp') return methodNotAllowed(response);
      posted.push(url);
      return response.writeHead(202).end();
    });
    const { origin } = new URL(server.url);
    if (place === '') place = placeAt(origin);
    const { say } = connect(server);
    say(INITIALIZE);
    await server.whenSeen(3);
    expect(posted).toEqual([placeAt(origin).replace(origin, '')]);
  });

  test('is not looked for where the refusal is a JSON-RPC error', async () => {
    const server = await startUpstream((_, response) =>
      answerJson(response, '{"jsonrpc":"2.0","id":null,"error":{"code":-32600,"message":"no"}}', 400),
    );
    const { say, settled, lines, lost } = connect(server);
    say(INITIALIZE);
    await settled(1);
    expect(lines).toEqual(['{"jsonrpc":"2.0","id":0,"error":{"code":-32600,"message":"no"}}']);
    expect([lost, server.seen.map(told)]).toEqual([[], ['POST /mcp']]);
  });

  test('is left without DELETE, without stream and without socket', async () => {
    const server = await startOld(accept);
    const { peer, say, settled } = connect(server);
    say(INITIALIZE);
    await settled(1);
    expect(server.open().length).toBeGreaterThan(0);
    await peer.stop();
    await soon(() => expect(server.open()).toEqual([]));
    expect(server.seen.map(told)).toEqual(['POST /mcp', 'GET /mcp', 'POST /messages?session=1']);
    expect(server.seen[1]?.isAborted).toBe(true);
  });
});

describe('the place that it names is refused, and nothing is posted', () => {
  const NO_PLACE = 'The MCP server names no place of its own to post messages to';
  const LOST = { idText: '0', mayHaveRun: false, detail: `${NO_PLACE}; the request did not run.` };

  test.each([
    ['at another port', (elsewhere: string) => elsewhere],
    ['at another host', () => '//evil.example/messages'],
    ['at another host of this machine', (_: string, own: string) => own.replace('127.0.0.1', 'localhost')],
    ['by another scheme', (_: string, own: string) => own.replace('http:', 'https:')],
    ['as no place of HTTP', () => 'file:///etc/passwd'],
    ['as what is no URL', () => 'http://['],
    ['as nothing', () => ''],
  ])('%s', async (_name, placeOf) => {
    const elsewhere = await startUpstream(accept);
    const server = await startUpstream(({ method }, response) => {
      if (method !== 'GET') return methodNotAllowed(response);
      return openStream(response, event(placeOf(elsewhere.url, server.url), 'endpoint'));
    });
    const { say, settled, lines, lost } = connect(server);
    say(INITIALIZE);
    await settled(1);
    expect([lines, lost]).toEqual([[], [LOST]]);
    expect(server.seen.map(told)).toEqual(['POST /mcp', 'GET /mcp']);
    expect(elsewhere.seen).toEqual([]);
  });

  test.each([
    ['because another event comes first', (response: ServerResponse) => openStream(response, event(NOTICE))],
    ['because none comes', (response: ServerResponse) => openStream(response, ': no\n').end()],
  ])('%s', async (_name, answer) => {
    const server = await startUpstream(({ method }, response) =>
      method === 'GET' ? answer(response) : methodNotAllowed(response),
    );
    const { say, settled, lines, lost } = connect(server);
    say(INITIALIZE);
    await settled(1);
    expect([lines, lost, server.seen.length]).toEqual([[], [LOST], 2]);
  });

  test.each([
    [404, {}, 'The MCP server knows no such endpoint: check the path of --upstream'],
    [
      401,
      { 'WWW-Authenticate': 'Basic realm="x"' },
      'The MCP server wants a credential (it asks for Basic): give Regent one with --header "Authorization: …"',
    ],
    [405, {}, 'The MCP server answered with HTTP status 405'],
  ])('because there is no stream (%i)', async (status, headers, reason) => {
    const server = await startUpstream(({ method }, response) =>
      method === 'GET' ? response.writeHead(status, headers).end('no') : methodNotAllowed(response),
    );
    const { say, settled, lines, lost } = connect(server);
    say(INITIALIZE);
    await settled(1);
    expect(lines).toEqual([]);
    expect(lost).toEqual([{ idText: '0', mayHaveRun: false, detail: `${reason}; the request did not run.` }]);
    expect(server.seen.map(told)).toEqual(['POST /mcp', 'GET /mcp']);
  });
});
