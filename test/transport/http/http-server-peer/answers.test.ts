// The peer of HTTP servers: what an answer may look like, and what is none.
import { setTimeout as sleep } from 'node:timers/promises';
import { gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { answerJson, startUpstream } from '../../../sidecar/http/upstream-fixture.ts';
import {
  answerAll,
  connect,
  event,
  events,
  INITIALIZED,
  methodOf,
  NOTICE,
  request,
  result,
  soon,
} from './peer-bench.ts';

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
