// The peer in front of servers of 2024-11-05 (HTTP+SSE), which refuse the first POST and name a place for the others.
import type { ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { readMessage } from '../../../src/proxy/read/read-message.ts';
import { openHttpServerPeer } from '../../../src/transport/http/http-server-peer.ts';
import { openUpstream } from '../../../src/transport/http/upstream-client.ts';
import type { LostRequest } from '../../../src/transport/transport.ts';
import { type Answer, answerJson, type Seen, startUpstream } from '../../sidecar/http/upstream-fixture.ts';

const soon = (check: () => void): Promise<void> => vi.waitFor(check, 10_000);

function connect(server: { readonly url: string }) {
  const url = new URL(server.url);
  const lines: string[] = [];
  const lost: LostRequest[] = [];
  const warnings: object[] = [];
  const upstream = openUpstream({ url, headers: [['Authorization', 'Bearer own']], maxBytes: 1_000_000 });
  const log = { warn: (facts: object) => warnings.push(facts) };
  const peer = openHttpServerPeer({ upstream, url, graceMs: 100, log });
  onTestFinished(() => peer.stop());
  peer.onLost((one) => lost.push(one));
  peer.onLine((line) => lines.push(line.toString()));
  const say = (text: string): void => {
    const line = Buffer.from(text);
    const reading = readMessage(line);
    const message = reading.ok ? reading.messages[0] : undefined;
    if (message === undefined) throw new Error(`this is no message: ${text}`);
    peer.write(line, { ...message, headers: [] });
  };
  /** Once so much has come, and a little later: what comes twice is seen. */
  const settled = async (count: number): Promise<void> => {
    await soon(() => expect(lines.length + lost.length).toBeGreaterThanOrEqual(count));
    await sleep(50);
  };
  return { peer, say, settled, lines, lost, warnings };
}

const INITIALIZE = '{"jsonrpc":"2.0","id":0,"method":"initialize","params":{}}';
const INITIALIZED = '{"jsonrpc":"2.0","method":"notifications/initialized"}';
const OPENED = '{"jsonrpc":"2.0","id":0,"result":{"protocolVersion":"2024-11-05"}}';
const NOTICE = '{"jsonrpc":"2.0","method":"notifications/message","params":{}}';
const call = (id: unknown): string =>
  JSON.stringify({ jsonrpc: '2.0', id, method: 'tools/call', params: { name: 'pay', arguments: {} } });
const result = (id: unknown): string => JSON.stringify({ jsonrpc: '2.0', id, result: {} });
const event = (data: string, name = 'message'): string => `event: ${name}\ndata: ${data}\n\n`;
const told = ({ method, url }: Seen): string => `${method} ${url}`;

function openStream(response: ServerResponse, first: string): ServerResponse {
  response.writeHead(200, { 'Content-Type': 'text/event-stream' }).flushHeaders();
  response.write(first);
  return response;
}

interface OldServerSettings {
  /** What POST at the stream's URL is answered with. */
  readonly refuse?: (response: ServerResponse) => unknown;
  readonly endpoint?: string;
}

const methodNotAllowed = (response: ServerResponse): unknown => response.writeHead(405).end('no');

/** `initialize` is answered; `answer` has all else that is posted to the endpoint. */
async function startOld(answer: Answer = () => {}, settings: OldServerSettings = {}) {
  const { refuse = methodNotAllowed, endpoint = '/messages?session=1' } = settings;
  let stream: ServerResponse | null = null;
  const sockets = new Set<Socket>();
  const say = (text: string): void => void stream?.write(event(text));
  const server = await startUpstream((seen, response) => {
    if (response.socket !== null) sockets.add(response.socket);
    if (seen.method === 'GET') {
      stream = openStream(response, event(endpoint, 'endpoint'));
    } else if (seen.url === '/mcp') {
      refuse(response);
    } else if (seen.body.toString() === INITIALIZE) {
      response.writeHead(202).end('Accepted');
      say(OPENED);
    } else {
      answer(seen, response);
    }
  });
  return { ...server, say, stream: () => stream, open: () => [...sockets].filter((one) => !one.destroyed) };
}

const accept: Answer = (_, response) => response.writeHead(202).end('Accepted');
const UNKNOWN = 'what it did of this request is unknown.';

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
