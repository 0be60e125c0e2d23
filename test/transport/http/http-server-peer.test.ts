// The peer in front of servers of Streamable HTTP, each scripted by its test, on real sockets.
import type { ServerResponse } from 'node:http';
import { createServer, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { gzipSync } from 'node:zlib';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { readMessage } from '../../../src/proxy/read/read-message.ts';
import { openHttpServerPeer } from '../../../src/transport/http/http-server-peer.ts';
import { openUpstream } from '../../../src/transport/http/upstream-client.ts';
import type { Header, LostRequest } from '../../../src/transport/transport.ts';
import { type Answer, answerJson, type Seen, startUpstream } from '../../sidecar/http/upstream-fixture.ts';

const soon = (check: () => void): Promise<void> => vi.waitFor(check, 10_000);

/** The peer with all that it told; `say` writes one message of the client. */
function connect(server: { readonly url: string }, graceMs = 100) {
  const url = new URL(server.url);
  const lines: string[] = [];
  const lost: LostRequest[] = [];
  const warnings: Array<Record<string, unknown>> = [];
  const peer = openHttpServerPeer({
    upstream: openUpstream({ url, headers: [['Authorization', 'Bearer own']], maxBytes: 1_000_000 }),
    url,
    graceMs,
    log: { warn: (facts, text) => warnings.push({ ...facts, text }) },
  });
  onTestFinished(() => peer.stop());
  peer.onLost((one) => lost.push(one));
  peer.onLine((line) => lines.push(line.toString()));
  const say = (text: string, headers: readonly Header[] = []): boolean => {
    const line = Buffer.from(text);
    const reading = readMessage(line);
    const message = reading.ok ? reading.messages[0] : undefined;
    if (message === undefined) throw new Error(`this is no message: ${text}`);
    return peer.write(line, { ...message, headers });
  };
  /** Once something has come, and a little later: what comes twice is seen. */
  const settled = async (count = 1): Promise<void> => {
    await soon(() => expect(lines.length + lost.length).toBeGreaterThanOrEqual(count));
    await sleep(50);
  };
  return { peer, say, settled, lines, lost, warnings };
}

const INITIALIZE = '{"jsonrpc":"2.0","id":0,"method":"initialize","params":{}}';
const INITIALIZED = '{"jsonrpc":"2.0","method":"notifications/initialized"}';
const opened = (version: string) => `{"jsonrpc":"2.0","id":0,"result":{"protocolVersion":"${version}"}}`;
const PARAMS = { name: 'pay', arguments: {} };
const request = (id: unknown, method = 'tools/call', params: object = PARAMS): string =>
  JSON.stringify({ jsonrpc: '2.0', id, method, params });
const result = (id: unknown): string => JSON.stringify({ jsonrpc: '2.0', id, result: {} });
const event = (data: string, id?: string): string => `${id ? `id: ${id}\n` : ''}data: ${data}\n\n`;
const NOTICE = '{"jsonrpc":"2.0","method":"notifications/message","params":{}}';

const methodOf = ({ body }: Seen): string =>
  body.length === 0 ? '' : ((JSON.parse(body.toString()) as { method?: string }).method ?? 'response');

/** A request as `POST tools/list s1 2025-11-25`; `-` where a header field is not there. */
const told = (seen: Seen): string => {
  const { 'mcp-session-id': id = '-', 'mcp-protocol-version': version = '-' } = seen.headers;
  return [seen.method, methodOf(seen), id, version].filter((part) => part !== '').join(' ');
};

function events(response: ServerResponse): ServerResponse {
  response.writeHead(200, { 'Content-Type': 'text/event-stream' }).flushHeaders();
  return response;
}

/** Sessions `s1`, `s2`, … of which only the last is known; `answer` has the requests but `initialize`. */
function withSessions(answer: Answer = () => {}, { version = '2025-11-25' } = {}) {
  let current = 0;
  const script: Answer = (seen, response) => {
    const method = methodOf(seen);
    if (method === 'initialize') {
      current += 1;
      const { id } = JSON.parse(seen.body.toString()) as { id: unknown };
      const body = { jsonrpc: '2.0', id, result: { protocolVersion: version } };
      return answerJson(response.setHeader('Mcp-Session-Id', `s${current}`), JSON.stringify(body));
    }
    if (seen.headers['mcp-session-id'] !== `s${current}`) return response.writeHead(404).end('gone');
    if (seen.method === 'DELETE') return response.writeHead(200).end();
    if (method.startsWith('notifications/')) return response.writeHead(202).end();
    if (seen.method === 'GET' && seen.headers['last-event-id'] === undefined) {
      return response.writeHead(405).end();
    }
    return answer(seen, response);
  };
  const forget = (): void => {
    current += 1;
  };
  return { script, forget };
}

const answerAll: Answer = ({ body }, response) =>
  answerJson(response, result((JSON.parse(body.toString()) as { id: unknown }).id));

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

describe('answers', () => {
  test('in JSON become one line, however they are written', async () => {
    const server = await startUpstream((_, response) =>
      answerJson(response, '{\r\n  "jsonrpc": "2.0",\n"id": 1, "result": {"é": "a\\nb"}}\n'),
    );
    const { say, settled, lines, lost } = connect(server);
    say(request(1, 'ping'));
    await settled();
    expect([lines, lost]).toEqual([['{    "jsonrpc": "2.0", "id": 1, "result": {"é": "a\\nb"}} '], []]);
  });

  test('in events come one by one, as soon as they are there', async () => {
    let finish = (): void => {};
    const server = await startUpstream((_, response) => {
      events(response).write(`: hello\n\nid: 1\ndata:\n\n${event(NOTICE)}`);
      finish = () => response.end(`data: {"jsonrpc":"2.0",\ndata: "id":1,"result":{}}\n\n`);
    });
    const { say, settled, lines, lost } = connect(server);
    say(request(1));
    await settled();
    expect(lines).toEqual([NOTICE]);
    finish();
    await settled(2);
    expect([lines, lost]).toEqual([[NOTICE, '{"jsonrpc":"2.0", "id":1,"result":{}}'], []]);
    expect(server.seen).toHaveLength(1);
  });

  test.each([
    ['application/json', result(1)],
    ['text/event-stream', event(result(1))],
  ])('of %s in gzip are read all the same', async (type, body) => {
    const server = await startUpstream((_, response) =>
      response.writeHead(200, { 'Content-Type': type, 'Content-Encoding': 'gzip' }).end(gzipSync(body)),
    );
    const { say, settled, lines, lost } = connect(server);
    say(request(1, 'ping'));
    await settled();
    expect([lines, lost]).toEqual([[result(1)], []]);
  });

  test.each([
    ['a number', 7],
    ['a text', 'a"b'],
  ])('that refuse with an error of their own get the id of the request: %s', async (_name, id) => {
    const server = await startUpstream((_, response) =>
      answerJson(response, '{"jsonrpc":"2.0","id":null,"error":{"code":-32001,"message":"no"}}', 400),
    );
    const { say, settled, lines, lost } = connect(server);
    say(request(id, 'ping'));
    await settled();
    expect(lines.map((line) => JSON.parse(line))).toEqual([
      { jsonrpc: '2.0', id, error: { code: -32001, message: 'no' } },
    ]);
    expect(lost).toEqual([]);
  });

  const HTML = { 'Content-Type': 'text/html; charset=utf-8' };
  const CREDENTIAL = 'give Regent one with --header "Authorization: …"';
  test.each([
    ['401', 401, {}, 'no', `The MCP server wants a credential: ${CREDENTIAL}`],
    [
      '401 with a scheme',
      401,
      { 'WWW-Authenticate': 'Bearer error="invalid_token", secret="x"' },
      'no',
      `The MCP server wants a credential (it asks for Bearer): ${CREDENTIAL}`,
    ],
    ['403', 403, HTML, 'no', "The MCP server does not accept Regent's credential: check --header"],
    ['404', 404, HTML, 'no', 'The MCP server knows no such endpoint: check the path of --upstream'],
    ['500', 500, {}, 'no', 'The MCP server answered with HTTP status 500'],
    ['503 in JSON that is no JSON-RPC', 503, { 'Content-Type': 'application/json' }, '{"error":"no"}', null],
    [
      '502 in compressed HTML',
      502,
      { ...HTML, 'Content-Encoding': 'gzip' },
      gzipSync('<h1>Bad gateway</h1>'),
      null,
    ],
    [
      'HTML instead of an answer',
      200,
      HTML,
      '<h1>Welcome</h1>',
      'The MCP server answered with status 200 and text/html; charset=utf-8 instead of JSON or events',
    ],
    [
      'nothing instead of an answer',
      202,
      {},
      '',
      'The MCP server answered with status 202 and nothing instead of JSON or events',
    ],
    [
      'events without the answer',
      200,
      { 'Content-Type': 'text/event-stream' },
      event(result(2)),
      'The MCP server ended its answer before it answered the request',
    ],
    [
      'an encoding that nobody asked for',
      200,
      { 'Content-Type': 'application/json', 'Content-Encoding': 'zstd' },
      '{}',
      'The MCP server encodes its answer as "zstd", which was not asked for',
    ],
    [
      'gzip that is none',
      200,
      { 'Content-Type': 'application/json', 'Content-Encoding': 'gzip' },
      '{}',
      'The connection to the MCP server broke before its answer was whole',
    ],
    [
      'a redirect to elsewhere',
      307,
      { Location: 'http://evil.example/mcp?secret=x' },
      '',
      'The MCP server redirects (status 307) to http://evil.example/mcp, which is not followed; point --upstream at the right place',
    ],
  ])(
    'that are none lose the request, once, with a reason: %s',
    async (_name, status, headers, body, detail) => {
      const server = await startUpstream((_, response) => response.writeHead(status, headers).end(body));
      const { say, settled, lost } = connect(server);
      say(request('r-1'));
      await settled();
      await sleep(50);
      const reason = detail ?? `The MCP server answered with HTTP status ${status}`;
      expect(lost).toEqual([
        { idText: '"r-1"', mayHaveRun: true, detail: `${reason}; what it did of this request is unknown.` },
      ]);
      expect(server.seen).toHaveLength(1);
    },
  );
});

describe('what has no answer', () => {
  test.each([
    ['a notification', '{"jsonrpc":"2.0","method":"notifications/cancelled","params":{"requestId":5}}', 202],
    ['an answer of the client', '{"jsonrpc":"2.0","id":5,"result":{}}', 202],
    ['a notification that is refused', INITIALIZED, 500],
  ])('%s tells the client nothing', async (_name, text, status) => {
    const server = await startUpstream((seen, response) =>
      methodOf(seen) === 'ping' ? answerAll(seen, response) : response.writeHead(status).end(),
    );
    const { say, settled, lines, lost, warnings } = connect(server);
    say(text);
    say(request(1, 'ping'));
    await settled();
    expect(server.seen[0]?.body.toString()).toBe(text);
    expect([lines, lost, warnings]).toEqual([[result(1)], [], []]);
  });

  test('a notification whose connection breaks is logged, and not sent again', async () => {
    const server = await startUpstream((_, response) => response.destroy());
    const { say, lines, lost, warnings } = connect(server);
    say('{"jsonrpc":"2.0","method":"notifications/roots/list_changed"}');
    await soon(() => expect(warnings).toHaveLength(1));
    await sleep(50);
    expect(warnings).toEqual([
      {
        err: expect.objectContaining({ code: 'broken' }),
        method: 'notifications/roots/list_changed',
        text: 'a message did not reach the server',
      },
    ]);
    expect([server.seen.length, lines, lost]).toEqual([1, [], []]);
  });
});

describe('a connection that breaks', () => {
  const BROKEN = 'The connection to the MCP server broke before its answer was whole';
  test.each([
    [
      'at once',
      (response: ServerResponse) => response.destroy(),
      'The connection to the MCP server broke (ECONNRESET)',
    ],
    [
      'within JSON',
      (response: ServerResponse) => {
        response.writeHead(200, { 'Content-Type': 'application/json' }).write('{"jsonrpc":');
        setTimeout(() => response.destroy(), 30);
      },
      BROKEN,
    ],
    [
      'between events without ids',
      (response: ServerResponse) => {
        events(response).write(event(NOTICE));
        setTimeout(() => response.destroy(), 30);
      },
      BROKEN,
    ],
  ])('%s loses its request once; it is not sent again, and others go on', async (_name, breakOff, detail) => {
    const server = await startUpstream((seen, response) =>
      methodOf(seen) === 'ping' ? answerAll(seen, response) : breakOff(response),
    );
    const { say, settled, lines, lost } = connect(server);
    // On a connection that was used before: there a client might think of sending it again.
    say(request(0, 'ping'));
    await settled();
    say(request(1));
    await soon(() => expect(lost).toHaveLength(1));
    say(request(2, 'ping'));
    await soon(() => expect(lines).toContain(result(2)));
    await sleep(100);
    expect(lost).toEqual([
      { idText: '1', mayHaveRun: true, detail: `${detail}; what it did of this request is unknown.` },
    ]);
    expect(server.seen.map(methodOf)).toEqual(['ping', 'tools/call', 'ping']);
  });

  test('after the answer has come loses nothing', async () => {
    const server = await startUpstream((_, response) => {
      events(response).write(event(result(1)));
      setTimeout(() => response.destroy(), 30);
    });
    const { say, settled, lines, lost } = connect(server);
    say(request(1));
    await settled();
    await sleep(50);
    expect([lines, lost, server.seen.length]).toEqual([[result(1)], [], 1]);
  });

  test('because nobody listens: the request did not run', async () => {
    const closed = createServer();
    await new Promise<void>((resolve) => closed.listen(0, '127.0.0.1', resolve));
    const { port } = closed.address() as { port: number };
    await new Promise((resolve) => closed.close(resolve));
    const { say, settled, lines, lost } = connect({ url: `http://127.0.0.1:${port}/mcp` });
    say(request(1));
    await settled();
    const reason = `The MCP server at http://127.0.0.1:${port} cannot be reached: it refuses connections; is it running?`;
    expect(lines).toEqual([]);
    expect(lost).toEqual([{ idText: '1', mayHaveRun: false, detail: `${reason}; the request did not run.` }]);
  });
});

describe('an answer in events with ids that breaks off', () => {
  const FIRST = `id: e1\nretry: 20\ndata:\n\n`;

  test.each([
    ['is ended', (response: ServerResponse) => response.end(FIRST)],
    [
      'breaks',
      (response: ServerResponse) => {
        response.write(FIRST);
        setTimeout(() => response.destroy(), 30);
      },
    ],
  ])('because it %s goes on by GET after the last event, and is posted once', async (_name, breakOff) => {
    const { script } = withSessions((seen, response) => {
      if (seen.method === 'POST') return breakOff(events(response));
      const isSecond = seen.headers['last-event-id'] === 'e2';
      return events(response).end(isSecond ? event(result(1), 'e3') : event(NOTICE, 'e2'));
    });
    const server = await startUpstream(script);
    const { say, settled, lines, lost } = connect(server);
    say(INITIALIZE);
    say(request(1));
    await settled(3);
    await sleep(50);
    expect(server.seen.slice(1).map((seen) => [told(seen), seen.headers['last-event-id']])).toEqual([
      ['POST tools/call s1 2025-11-25', undefined],
      ['GET s1 2025-11-25', 'e1'],
      ['GET s1 2025-11-25', 'e2'],
    ]);
    expect([lines.slice(1), lost]).toEqual([[NOTICE, result(1)], []]);
  });

  test('waits as long as the server says', async () => {
    const at: number[] = [];
    const server = await startUpstream(({ method }, response) => {
      at.push(performance.now());
      const isFirst = method === 'POST';
      events(response).end(isFirst ? 'id: e1\nretry: 300\ndata:\n\n' : event(result(1)));
    });
    const { say, settled, lines } = connect(server);
    say(request(1));
    await settled();
    expect(lines).toEqual([result(1)]);
    const [posted = 0, resumed = 0] = at;
    expect(resumed - posted).toBeGreaterThanOrEqual(290);
  });

  const ENDED = 'The MCP server ended its answer before it answered the request';
  test.each([
    [
      'at once where the server has no such stream',
      (response: ServerResponse) => response.writeHead(405).end(),
      1,
    ],
    [
      'after five streams that bring nothing',
      (response: ServerResponse) => events(response).end(': no\n\n'),
      5,
    ],
    ['after five connections that break', (response: ServerResponse) => response.destroy(), 5],
  ])('is given up %s, and lost once', async (_name, resume, resumed) => {
    const server = await startUpstream(({ method }, response) =>
      method === 'POST' ? events(response).end('id: e1\nretry: 1\ndata:\n\n') : resume(response),
    );
    const { say, settled, lines, lost } = connect(server);
    say(request(1));
    await settled();
    expect(server.seen.map(({ method }) => method)).toEqual(['POST', ...Array(resumed).fill('GET')]);
    expect(lines).toEqual([]);
    expect(lost).toEqual([
      { idText: '1', mayHaveRun: true, detail: `${ENDED}; what it did of this request is unknown.` },
    ]);
  });

  test('is followed for as long as it moves on', async () => {
    const server = await startUpstream(({ headers }, response) => {
      const next = Number(headers['last-event-id'] ?? 0) + 1;
      events(response).end(next === 9 ? event(result(1)) : `id: ${next}\nretry: 1\ndata:\n\n`);
    });
    const { say, settled, lines, lost } = connect(server);
    say(request(1));
    await settled();
    expect([lines, lost, server.seen.length]).toEqual([[result(1)], [], 9]);
  });
});

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

describe('stop', () => {
  /** A server that keeps the sockets of its requests; calls hang until `finish`. */
  async function startSession(graceMs: number, onDelete = (response: ServerResponse) => void response.end()) {
    const sockets = new Set<Socket>();
    const finishing: Array<() => void> = [];
    const server = await startUpstream((seen, response) => {
      if (response.socket !== null) sockets.add(response.socket);
      if (seen.method === 'GET') return events(response);
      if (seen.method === 'DELETE') return onDelete(response);
      if (methodOf(seen) === 'tools/call') return finishing.push(() => answerAll(seen, response));
      if (methodOf(seen) !== 'initialize') return response.writeHead(202).end();
      return answerJson(response.setHeader('Mcp-Session-Id', 's1'), opened('2025-11-25'));
    });
    const connection = connect(server, graceMs);
    for (const text of [INITIALIZE, INITIALIZED]) connection.say(text);
    await server.whenSeen(3);
    const deletes = () => server.seen.filter(({ method }) => method === 'DELETE').map(told);
    const open = () => [...sockets].filter(({ destroyed }) => !destroyed).length;
    const finish = (): void => {
      for (const answer of finishing) answer();
    };
    return { server, deletes, open, finish, ...connection };
  }

  test('ends the session and leaves no socket; what is written then is dropped', async () => {
    const { peer, server, deletes, open, say, lost } = await startSession(100);
    expect([peer.isAlive(), open() > 0]).toEqual([true, true]);
    const stopped = peer.stop();
    expect(peer.isAlive()).toBe(false);
    expect(say(request(1))).toBe(true);
    await Promise.all([stopped, peer.stop()]);
    expect(await peer.exited).toEqual({ code: 0, signal: null });
    await soon(() => expect(open()).toBe(0));
    await sleep(50);
    expect(deletes()).toEqual(['DELETE s1 2025-11-25']);
    expect([server.seen.length, lost]).toEqual([4, []]);
  });

  test('lets a request under way be answered first', async () => {
    const { peer, server, deletes, open, say, finish, lines } = await startSession(5000);
    say(request(1));
    await server.whenSeen(4);
    const stopped = peer.stop();
    await sleep(100);
    expect(deletes()).toEqual([]);
    finish();
    await stopped;
    expect(lines.slice(1)).toEqual([result(1)]);
    expect(deletes()).toHaveLength(1);
    await soon(() => expect(open()).toBe(0));
  });

  test('ends a request that takes longer; nothing comes after that', async () => {
    const { peer, server, open, say, lines, lost } = await startSession(150);
    say(request(1));
    await server.whenSeen(4);
    const before = performance.now();
    await peer.stop();
    const tookMs = performance.now() - before;
    expect([tookMs >= 140, tookMs < 1000]).toEqual([true, true]);
    await soon(() => expect(server.seen[3]?.isAborted).toBe(true));
    await soon(() => expect(open()).toBe(0));
    expect([lines.length, lost]).toEqual([1, []]);
  });

  test('does not wait for a server that never answers the DELETE', async () => {
    const { peer, deletes, open } = await startSession(100, () => {});
    const before = performance.now();
    await peer.stop();
    const tookMs = performance.now() - before;
    expect([tookMs >= 990, tookMs < 2500]).toEqual([true, true]);
    expect(deletes()).toHaveLength(1);
    await soon(() => expect(open()).toBe(0));
  });
});
