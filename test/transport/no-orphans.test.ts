// Whatever a server starts and however it ends: no process of its group is left.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { afterEach, describe, expect, test } from 'vitest';
import { fixturePath } from '../fixtures/fixture-path.ts';
import { startLineClient } from '../fixtures/line-client.ts';
import { isRunning, node, processesWith, shell, startTestServer, until } from './test-server.ts';

const leftovers: number[] = [];

afterEach(() => {
  for (const pid of leftovers.splice(0).filter(isRunning)) process.kill(pid, 'SIGKILL');
});

/** Each line that the server wrote is the pid of one of its processes. */
function noteAll(lines: readonly string[]): number[] {
  const pids = lines.map(Number);
  leftovers.push(...pids);
  return pids;
}

/** As npx runs a server: a shell, a program, and the program's own child, all reading nothing. */
const NODE_CHILD = `console.log(process.pid); setInterval(() => {}, 1000)`;
const NODE_PARENT = `
  console.log(process.pid);
  require('node:child_process').spawn(process.execPath, ['-e', ${JSON.stringify(NODE_CHILD)}], { stdio: 'inherit' });
  setInterval(() => {}, 1000);`;
const TREE = shell(`echo $$; "$REGENT_TEST_NODE" -e "$REGENT_TEST_PARENT"; true`);
process.env.REGENT_TEST_NODE = process.execPath;
process.env.REGENT_TEST_PARENT = NODE_PARENT;

const STUBBORN = `trap "" TERM HUP INT; echo $$; while :; do sleep 0.1; done`;

describe('stopping a server', () => {
  test('lets one that ends with its stdin end by itself', async () => {
    const { peer } = await startTestServer(['cat']);
    await peer.stop();
    expect(await peer.exited).toEqual({ code: 0, signal: null });
  });

  test('sends SIGTERM to one that does not', async () => {
    const { peer, whenLines } = await startTestServer(node(NODE_CHILD), { graceMs: 100 });
    const pids = noteAll(await whenLines(1));
    await peer.stop();
    expect(await peer.exited).toEqual({ code: null, signal: 'SIGTERM' });
    expect(pids.filter(isRunning)).toEqual([]);
  });

  test('kills one that ignores SIGTERM', async () => {
    const { peer, whenLines } = await startTestServer(shell(STUBBORN), { graceMs: 100 });
    const pids = noteAll(await whenLines(1));
    await peer.stop();
    expect(await peer.exited).toEqual({ code: null, signal: 'SIGKILL' });
    expect(pids.filter(isRunning)).toEqual([]);
  });

  test('ends a whole tree of processes', async () => {
    const { peer, whenLines } = await startTestServer(TREE, { graceMs: 100 });
    const pids = noteAll(await whenLines(3));
    expect(pids.filter(isRunning)).toHaveLength(3);
    await peer.stop();
    expect(pids.filter(isRunning)).toEqual([]);
  });

  test('may be asked twice', async () => {
    const { peer } = await startTestServer(shell(STUBBORN), { graceMs: 50 });
    await Promise.all([peer.stop(), peer.stop()]);
    await peer.stop();
    expect(peer.isAlive()).toBe(false);
  });
});

describe('a server that ends by itself', () => {
  test('takes what it started with it, though that keeps its pipe open', async () => {
    const { peer, lines } = await startTestServer(shell('sleep 60 & echo $!; exit 4'), { graceMs: 1000 });
    expect(await peer.exited).toEqual({ code: 4, signal: null });
    expect(lines).toHaveLength(1);
    expect(noteAll(lines).filter(isRunning)).toEqual([]);
  });

  test('takes stubborn ones with it, and those that flood its pipe', async () => {
    const script = `(${STUBBORN}) & echo $!; yes ${'x'.repeat(5000)} & exit 0`;
    const { peer, lines } = await startTestServer(shell(script), { graceMs: 100 });
    await peer.exited;
    const pids = noteAll(lines.filter((line) => !line.startsWith('x')));
    expect(pids.length).toBeGreaterThan(0);
    expect(pids.filter(isRunning)).toEqual([]);
  });

  test('is not waited for where a process that left its group holds the pipe, and no line comes after', async () => {
    const { peer, lines } = await startTestServer(
      shell(`setsid sh -c 'echo $$; sleep 1.5; echo 0' & sleep 0.2`),
      { graceMs: 100 },
    );
    await peer.exited;
    const [pid = 0] = noteAll(lines);
    expect(isRunning(pid)).toBe(true);
    await until(() => !isRunning(pid));
    expect(lines).toHaveLength(1);
  });
});

describe('the end of the process that runs the server', () => {
  const startHost = (...command: string[]) =>
    startLineClient(process.execPath, [fixturePath('pipe-server'), '100', ...command]);

  test('by SIGKILL ends the server, though it ignores its stdin', async () => {
    const host = startHost(...TREE);
    const pids = noteAll([await host.next(), await host.next(), await host.next()]);
    host.child.kill('SIGKILL');
    await until(() => !pids.some(isRunning));
  });

  test('by SIGKILL of its whole group does, too', async () => {
    const host = spawn(process.execPath, [fixturePath('pipe-server'), '100', ...shell(STUBBORN)], {
      stdio: ['pipe', 'pipe', 'inherit'],
      detached: true,
    });
    const [output] = await once(host.stdout, 'data');
    const pids = noteAll(String(output).trim().split('\n'));
    process.kill(-(host.pid ?? 0), 'SIGKILL');
    await until(() => !pids.some(isRunning));
  });

  test('leaves no guard behind when all ends well', async () => {
    const host = startHost(...shell('echo $$; exec cat'));
    const [pid = 0] = noteAll([await host.next()]);
    expect(processesWith(`regent-guard ${pid}`)).toHaveLength(1);
    expect(await host.close()).toBe(0);
    expect(isRunning(pid)).toBe(false);
    await until(() => processesWith(`regent-guard ${pid}`).length === 0);
  });
});
