// The peer of HTTP servers: requests of which each must be told apart, in batches, and answers that name another request.
import type { ServerResponse } from 'node:http';
import { describe, expect, test } from 'vitest';
import { answerJson, startUpstream } from '../../../sidecar/http/upstream-fixture.ts';
import { answerAll, connect, event, events, methodOf, NOTICE, request, result, soon } from './peer-bench.ts';

const UNKNOWN = 'what it did of this request is unknown.';
const OTHER = 'The MCP server answered with JSON that answers another request, or none';

describe('an answer', () => {
  test.each([
    ['of another id', result(2)],
    ['of its id as a text', result('1')],
    ['of no id', '{"jsonrpc":"2.0","id":null,"error":{"code":-32700,"message":"no"}}'],
    ['that is a request of the server', '{"jsonrpc":"2.0","id":1,"method":"roots/list"}'],
  ])('%s passes, and its request is lost all the same', async (_name, body) => {
    const server = await startUpstream((_, response) => answerJson(response, body));
    const { say, settled, lines, lost } = connect(server);
    say(request(1));
    await settled(2);
    expect(lines).toEqual([body]);
    expect(lost).toEqual([{ idText: '1', mayHaveRun: true, detail: `${OTHER}; ${UNKNOWN}` }]);
  });

  test.each(['no JSON', '', '{"jsonrpc":"2.0","id":1,"resu', 'null'])(
    'that is none, though it says JSON, loses its request: %j',
    async (body) => {
      const server = await startUpstream((_, response) => answerJson(response, body));
      const { say, settled, lost } = connect(server);
      say(request(1));
      await settled();
      await soon(() => expect(lost).toHaveLength(1));
      expect(lost).toEqual([{ idText: '1', mayHaveRun: true, detail: `${OTHER}; ${UNKNOWN}` }]);
    },
  );

  test('does not lose the other request of the same id', async () => {
    let second: ServerResponse | null = null;
    const server = await startUpstream((seen, response) => {
      if (methodOf(seen) === 'ping') second = response;
      else answerAll(seen, response);
    });
    const { say, settled, lines, lost } = connect(server);
    say(request(1, 'ping'));
    say(request(1));
    await settled();
    answerJson(await waiting(() => second), result(1));
    await settled(2);
    expect([lines, lost]).toEqual([[result(1), result(1)], []]);
  });
});

async function waiting<T>(find: () => T | null): Promise<T> {
  for (let found = find(); ; found = find()) {
    if (found !== null) return found;
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

describe('a batch', () => {
  const BATCH = `[${request(1)},${NOTICE},${request('two', 'ping')}]`;
  const ENDED = 'The MCP server ended its answer before it answered the request';

  test.each<[string, (response: ServerResponse) => unknown, string[], string]>([
    [
      'is refused',
      (response) => response.writeHead(500).end(),
      ['1', '"two"'],
      'The MCP server answered with HTTP status 500',
    ],
    [
      'is only accepted',
      (response) => response.writeHead(202).end(),
      ['1', '"two"'],
      'The MCP server answered with status 202 and nothing instead of JSON or events',
    ],
    [
      'breaks',
      (response) => response.destroy(),
      ['1', '"two"'],
      'The connection to the MCP server broke (ECONNRESET)',
    ],
    ['is answered in part', (response) => answerJson(response, `[${result(1)}]`), ['"two"'], OTHER],
    ['is answered in part by events', (response) => events(response).end(event(result('two'))), ['1'], ENDED],
  ])('that %s loses each request without an answer', async (_name, answer, ids, detail) => {
    const server = await startUpstream((_, response) => answer(response));
    const { say, settled, lost } = connect(server);
    say(BATCH);
    await settled(2);
    expect(lost).toEqual(
      ids.map((idText) => ({ idText, mayHaveRun: true, detail: `${detail}; ${UNKNOWN}` })),
    );
    expect(server.seen).toHaveLength(1);
  });

  test("gets the server's own error for each of its requests", async () => {
    const error = '{"code":-32600,"message":"no batches"}';
    const server = await startUpstream((_, response) =>
      answerJson(response, `{"jsonrpc":"2.0","id":null,"error":${error}}`, 400),
    );
    const { say, settled, lines, lost } = connect(server);
    say(BATCH);
    await settled(2);
    expect(lines).toEqual(['1', '"two"'].map((id) => `{"jsonrpc":"2.0","id":${id},"error":${error}}`));
    expect(lost).toEqual([]);
  });

  test('that is answered loses nothing, and keeps no other message waiting', async () => {
    let first: ServerResponse | null = null;
    const server = await startUpstream((seen, response) => {
      if (seen.body.toString() === BATCH) first = response;
      else answerAll(seen, response);
    });
    const { say, settled, lines, lost } = connect(server);
    say(BATCH);
    say(request(3, 'ping'));
    await settled();
    expect(lines).toEqual([result(3)]);
    const answers = `[${result('two')},${result(1)}]`;
    answerJson(await waiting(() => first), answers);
    await settled(2);
    expect([lines, lost]).toEqual([[result(3), answers], []]);
  });
});
