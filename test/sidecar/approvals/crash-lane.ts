// One state file and the sidecars that come and go on it: started, killed by force, started again.
import { once } from 'node:events';
import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { onTestFinished } from 'vitest';
import { openSqliteStore } from '../../../src/state/sqlite-store.ts';
import type { StateStore } from '../../../src/state/store.ts';
import { fixturePath } from '../../fixtures/fixture-path.ts';
import { type LineClient, startLineClient } from '../../fixtures/line-client.ts';
import { isRunning } from '../../transport/test-server.ts';
import { REGENT } from '../guarded-server.ts';

export interface Lane {
  readonly stateFile: string;
  readonly store: StateStore;
  /** How often servers have run the payment of this number, killed ones included. */
  executed(payment: number): number;
  /** Resolves when it serves. */
  start(): Promise<Sidecar>;
}

export interface Sidecar {
  readonly client: LineClient;
  readonly serverPid: number;
  /** By force; resolves when nothing of it, nor of its server, can act any more. */
  kill(): Promise<void>;
}

/** `home` holds the policy, and the bundle that is made of it once for all lanes. */
export async function openLane(home: string, name: string): Promise<Lane> {
  const folder = join(home, name);
  mkdirSync(folder, { recursive: true });
  const stateFile = join(folder, 'state.db');
  const logFile = join(folder, 'seen.log');
  const store = await openSqliteStore({ file: stateFile, durability: 'normal' });
  onTestFinished(() => store.close());
  const settings = ['-c', join(home, 'policy.yaml'), '--state', stateFile];
  const server = [process.execPath, fixturePath('echo-server'), '--tool', 'pay', '--log', logFile];
  return {
    stateFile,
    store,
    executed: (payment) => {
      const seen = existsSync(logFile) ? readFileSync(logFile, 'utf8').split('\n') : [];
      return seen.filter((line) => line.includes('tools/call') && line.includes(`"payment":${payment},`))
        .length;
    },
    start: () => startSidecar([...settings, '--', ...server], home),
  };
}

const PATIENCE_MS = 60_000;

async function startSidecar(args: readonly string[], home: string): Promise<Sidecar> {
  const client = startLineClient(process.execPath, [REGENT, ...args], {
    env: { HOME: home },
    timeoutMs: PATIENCE_MS,
  });
  const pid = client.child.pid ?? 0;
  const exited = once(client.child, 'exit');
  onTestFinished(() => void client.child.kill('SIGKILL'));
  await client.request('ping');
  const serverPid = findServer(pid);
  return {
    client,
    serverPid,
    kill: async () => {
      client.child.kill('SIGKILL');
      await exited;
      while (isRunning(serverPid)) await sleep(5);
    },
  };
}

/** proc(5): the children of the one thread that starts processes. */
function findServer(pid: number): number {
  const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim().split(' ');
  const server = children.find((child) =>
    readFileSync(`/proc/${child}/cmdline`, 'utf8').includes('echo-server'),
  );
  if (server === undefined) throw new Error('the sidecar has started no server');
  return Number(server);
}
