// The peer of HTTP servers: how it ends.
import type { ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { answerJson, startUpstream } from '../../../sidecar/http/upstream-fixture.ts';
import {
  answerAll,
  connect,
  events,
  INITIALIZE,
  INITIALIZED,
  methodOf,
  opened,
  request,
  result,
  soon,
  told,
} from './peer-bench.ts';

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
