// Real child processes as servers: what they say arrives, and what they are is known.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { startChildServer } from '../../src/transport/child-server.ts';
import { node, shell, sleep, startTestServer, until } from './test-server.ts';

const FLOOD = ['yes', 'x'.repeat(5000)] as const;

describe('talking to a server', () => {
  test('carries lines both ways, whole and in order', async () => {
    const { peer, whenLines } = await startTestServer(['cat']);
    const sent = Array.from({ length: 2000 }, (_, index) => `{"id":${index},"é":"${'x'.repeat(index)}"}`);
    for (const line of sent) peer.write(Buffer.from(line));
    expect(await whenLines(2000)).toEqual(sent);
    await peer.stop();
  });

  test("has the parent's environment and working directory", async () => {
    process.env.REGENT_TEST_VALUE = 'as it is';
    const { peer, lines } = await startTestServer(shell('pwd; echo "$REGENT_TEST_VALUE"'));
    await peer.exited;
    delete process.env.REGENT_TEST_VALUE;
    expect(lines).toEqual([process.cwd(), 'as it is']);
  });

  test('reports an oversized line once, and goes on', async () => {
    const { peer, lines } = await startTestServer(
      node(`process.stdout.write('x'.repeat(5e6) + '\\nnext\\n')`),
      { maxBytes: 1e6 },
    );
    let oversized = 0;
    peer.onOversize(() => {
      oversized += 1;
    });
    await peer.exited;
    expect({ oversized, lines }).toEqual({ oversized: 1, lines: ['next'] });
  });

  test('loses nothing when the server reads slowly, and says when to wait', async () => {
    const { peer, lines } = await startTestServer(shell('sleep 0.3; exec wc -c'), { graceMs: 5000 });
    const line = Buffer.alloc(99_999, 0x78);
    let waits = 0;
    for (let count = 0; count < 50; count += 1) {
      if (peer.write(line)) continue;
      waits += 1;
      await new Promise<void>((resolve) => peer.onDrain(resolve));
    }
    await peer.stop();
    expect(lines.map((text) => text.trim())).toEqual(['5000000']);
    expect(waits).toBeGreaterThan(0);
  });

  test('stops a server that floods while reading is paused, and reads on after it', async () => {
    const { peer, lines, whenLines } = await startTestServer(FLOOD, { graceMs: 50 });
    await whenLines(1);
    peer.pause();
    await sleep(50);
    const paused = lines.length;
    await sleep(200);
    expect(lines.length).toBe(paused);
    peer.resume();
    await until(() => lines.length > paused);
    await peer.stop();
    expect(new Set(lines)).toEqual(new Set(['x'.repeat(5000)]));
  });

  test('takes a server that closes its stdin for one that cannot be written to, and throws nothing', async () => {
    const { peer, whenLines } = await startTestServer(shell('exec <&-; echo closed; sleep 60'), {
      graceMs: 100,
    });
    let ends = 0;
    peer.onEnd(() => {
      ends += 1;
    });
    await whenLines(1);
    await until(() => {
      peer.write(Buffer.from('x'));
      return !peer.isAlive();
    });
    expect(peer.write(Buffer.from('after'))).toBe(true);
    await peer.stop();
    expect(ends).toBe(1);
  });
});

describe('the end of a server', () => {
  test.each<[string, string, object]>([
    ['its exit code', 'exit 3', { code: 3, signal: null }],
    ['the signal that ended it', 'kill -KILL $$', { code: null, signal: 'SIGKILL' }],
  ])('is reported with %s', async (_name, script, exit) => {
    const { peer } = await startTestServer(shell(script));
    expect(await peer.exited).toEqual(exit);
    expect(peer.isAlive()).toBe(false);
  });

  test('is known at once where nothing holds the pipe any longer', async () => {
    const durations: number[] = [];
    for (let run = 0; run < 5; run += 1) {
      const { peer } = await startTestServer(node(`process.stdin.resume()`));
      peer.write(Buffer.from('x'));
      const start = Date.now();
      await peer.stop();
      durations.push(Date.now() - start);
    }
    // The best of some, since machines are noisy: the wait for a pipe that stays open would be in all of them.
    expect(Math.min(...durations)).toBeLessThan(400);
  });

  test('comes after its last lines; a line that it did not finish is none', async () => {
    const { peer, lines } = await startTestServer(shell('printf "one\\ntwo\\nhal"; exit 1'));
    await peer.exited;
    expect(lines).toEqual(['one', 'two']);
  });

  test('is brought about where it closes its stdout and runs on: it can answer nothing any more', async () => {
    const { peer } = await startTestServer(shell('exec >&-; exec sleep 60'), { graceMs: 100 });
    expect(await peer.exited).toEqual({ code: null, signal: 'SIGTERM' });
  });

  test('is brought about where it closes its stdin and runs on: it hears nothing any more', async () => {
    const { peer } = await startTestServer(shell('exec <&-; sleep 60'), { graceMs: 100 });
    const poll = setInterval(() => peer.write(Buffer.from('{}')), 20);
    expect(await peer.exited).toEqual({ code: null, signal: 'SIGTERM' });
    clearInterval(poll);
  });

  test('waits for a client that reads slowly, so that no answer is lost', async () => {
    const script = `for (let i = 0; i < 30; i += 1) console.log(String(i).padEnd(1000))`;
    const { peer, lines } = await startTestServer(node(script));
    let isWaiting = false;
    peer.onLine((line) => {
      lines.push(line.toString());
      peer.pause();
      if (isWaiting) return;
      isWaiting = true;
      setTimeout(() => {
        isWaiting = false;
        peer.resume();
      }, 400);
    });
    await peer.exited;
    expect(lines.map(Number)).toEqual(Array.from({ length: 30 }, (_, index) => index));
  });

  test('does not wait for a client that reads nothing when the server is being stopped', async () => {
    const { peer, whenLines } = await startTestServer(FLOOD, { graceMs: 100 });
    await whenLines(1);
    peer.pause();
    await peer.stop();
    expect(peer.isAlive()).toBe(false);
  });
});

describe('a command that cannot be started', () => {
  const folder = mkdtempSync(join(tmpdir(), 'regent-'));
  const plainFile = join(folder, 'plain-file');
  writeFileSync(plainFile, 'no program', { mode: 0o644 });
  afterAll(() => rmSync(folder, { recursive: true }));

  test.each<[string, [string, ...string[]], RegExp]>([
    ['does not exist', ['no-such-command-anywhere'], /no-such-command-anywhere .*no such command.*PATH/],
    ['must not be executed', [plainFile], /plain-file .*permissions/],
    ['has too many arguments', ['echo', 'x'.repeat(5_000_000)], /echo cannot be started: .*E2BIG/],
    ['holds a NUL', ['echo', 'a\0b'], /echo cannot be started: .*null bytes/],
  ])('is told in one sentence where it %s', async (_name, command, message) => {
    const starting = startChildServer({ command, graceMs: 100, maxBytes: 1000 });
    await expect(starting).rejects.toMatchObject({
      name: 'TransportError',
      code: 'spawn-failed',
      message: expect.stringMatching(message),
      cause: expect.any(Error),
    });
  });
});
