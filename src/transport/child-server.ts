// The server's side over stdio: a child process with a process group of its own, so that all of it can be ended.
import { type ChildProcessByStdio, spawn } from 'node:child_process';
import type { Readable, Writable } from 'node:stream';
import { createLinePeer } from './line-peer.ts';
import { endProcessGroup } from './process-group.ts';
import { type ServerExit, type ServerPeer, TransportError } from './transport.ts';

export interface ChildServerOptions {
  readonly command: readonly [string, ...string[]];
  /** Lines over this many bytes are dropped and reported. */
  readonly maxBytes: number;
  /** How long the server has to end by itself, and then after SIGTERM. */
  readonly graceMs: number;
}

type Child = ChildProcessByStdio<Writable, Readable, null>;

/** A grandchild may keep the pipe open after the server's own end: its output is not waited for any longer. */
const LAST_OUTPUT_MS = 500;

/** Its stderr and environment are the parent's. Throws `TransportError` where the command cannot be started. */
export async function startChildServer({
  command,
  maxBytes,
  graceMs,
}: ChildServerOptions): Promise<ServerPeer> {
  const child = await spawnServer(command);
  const exited = watchExit(child, graceMs);
  return {
    ...createLinePeer({ input: child.stdout, output: child.stdin, maxBytes }),
    isAlive: () => child.exitCode === null && child.signalCode === null && !child.stdin.destroyed,
    exited,
    stop: async () => {
      child.stdin.end();
      const timer = setTimeout(() => void endProcessGroup(child.pid ?? 0, graceMs), graceMs);
      await exited;
      clearTimeout(timer);
    },
  };
}

function spawnServer([file, ...args]: readonly [string, ...string[]]): Promise<Child> {
  return new Promise((resolve, reject) => {
    const child = spawn(file, args, { stdio: ['pipe', 'pipe', 'inherit'], detached: true });
    child.once('spawn', () => resolve(child));
    child.once('error', (cause: NodeJS.ErrnoException) => {
      const why = cause.code === 'ENOENT' ? 'there is no such command' : cause.message;
      reject(new TransportError('spawn-failed', `the server ${file} cannot be started: ${why}`, cause));
    });
  });
}

async function watchExit(child: Child, graceMs: number): Promise<ServerExit> {
  const exit = await new Promise<ServerExit>((resolve) => {
    child.once('exit', (code, signal) => resolve({ code, signal }));
  });
  await Promise.race([
    new Promise((resolve) => child.once('close', resolve)),
    new Promise((resolve) => setTimeout(resolve, LAST_OUTPUT_MS)),
  ]);
  if (child.pid !== undefined) await endProcessGroup(child.pid, graceMs);
  return exit;
}
