// The peer of HTTP servers: connections that break, and answers that go on elsewhere.
import type { ServerResponse } from 'node:http';
import { createServer } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { startUpstream } from '../../../sidecar/http/upstream-fixture.ts';
import {
  answerAll,
  connect,
  event,
  events,
  INITIALIZE,
  methodOf,
  NOTICE,
  request,
  result,
  soon,
  told,
  withSessions,
} from './peer-bench.ts';

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
