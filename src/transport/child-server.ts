// The server's side over stdio: a child process with a process group of its own, so that all of it can be ended.
//
//   running ── exits by itself ──────────────────────────▶ last output ─▶ end its group ─▶ exited
//      ├────── stop(): stdin ends ─ grace ─▶ end its group ────┤
//      └────── closes stdin or stdout ─ grace ─▶ end its group ┘
import { type ChildProcessByStdio, spawn } from 'node:child_process';
import type { Readable, Writable } from 'node:stream';
import { guardProcessGroup } from './group-guard.ts';
import { createLinePeer, type LinePeer } from './line-peer.ts';
import { endProcessGroup } from './process-group.ts';
import { type ServerExit, type ServerPeer, TransportError } from './transport.ts';

export interface ChildServerOptions {
  readonly command: readonly [string, ...string[]];
  /** Lines over this many bytes are dropped and reported. */
  readonly maxBytes: number;
  /** How long the server has to end by itself, and then after SIGTERM. */
  readonly graceMs: number;
}

/** A child loses no single request: it answers, or it ends. */
export type ChildServer = Omit<ServerPeer, 'write'> & LinePeer;

type Child = ChildProcessByStdio<Writable, Readable, null> & { readonly pid: number };

/** A grandchild may keep the pipe open after the server's own end: its output is not waited for any longer. */
const LAST_OUTPUT_MS = 500;
const POLL_MS = 20;

/** Its stderr and environment are the parent's. Throws `TransportError` where the command cannot be started. */
export async function startChildServer({
  command,
  maxBytes,
  graceMs,
}: ChildServerOptions): Promise<ChildServer> {
  const child = await spawnServer(command);
  let isStopping = false;
  const exited = watchExit(child, { graceMs, isStopping: () => isStopping });
  let isEnding = false;
  const endAfterGrace = (): void => {
    if (isEnding) return;
    isEnding = true;
    const timer = setTimeout(() => void endProcessGroup(child.pid, graceMs), graceMs);
    void exited.then(() => clearTimeout(timer));
  };
  // It hears or answers nothing any more, though it runs: what waits for it would wait for ever.
  child.stdin.once('close', endAfterGrace);
  child.stdout.once('end', endAfterGrace);
  return {
    ...createLinePeer({ input: child.stdout, output: child.stdin, maxBytes }),
    onLost: () => {},
    isAlive: () => child.exitCode === null && child.signalCode === null && !child.stdin.destroyed,
    exited,
    stop: async () => {
      isStopping = true;
      child.stdin.end();
      endAfterGrace();
      await exited;
    },
  };
}

function spawnServer([file, ...args]: readonly [string, ...string[]]): Promise<Child> {
  return new Promise((resolve, reject) => {
    const fail = (cause: NodeJS.ErrnoException): void => {
      const message = `the server ${file} cannot be started: ${explain(cause)}`;
      reject(new TransportError('spawn-failed', message, cause));
    };
    try {
      const child = spawn(file, args, { stdio: ['pipe', 'pipe', 'inherit'], detached: true });
      child.on('error', fail);
      child.once('spawn', () => resolve(child as Child));
    } catch (error) {
      // Some failures are thrown instead, such as a list of arguments that is too long.
      fail(error as NodeJS.ErrnoException);
    }
  });
}

function explain({ code, message }: NodeJS.ErrnoException): string {
  if (code === 'ENOENT') return 'there is no such command; check its name and PATH';
  if (code === 'EACCES') return 'it must not be executed; check its permissions (chmod +x)';
  return message;
}

interface ExitWatch {
  readonly graceMs: number;
  readonly isStopping: () => boolean;
}

async function watchExit(child: Child, { graceMs, isStopping }: ExitWatch): Promise<ServerExit> {
  const guard = guardProcessGroup(child.pid);
  // Both are listened for from the start: where the pipe closed first, `close` follows `exit` in the same turn.
  const closed = new Promise<void>((resolve) => child.once('close', () => resolve()));
  const exit = await new Promise<ServerExit>((resolve) => {
    child.once('exit', (code, signal) => resolve({ code, signal }));
  });
  await lastOutput(child.stdout, closed, isStopping);
  await endProcessGroup(child.pid, graceMs);
  guard.release();
  // A process that left the group may hold the pipe still.
  child.stdout.destroy();
  return exit;
}

/** Resolves when all was read, or when there was time enough to read it: time while reading is paused does not count. */
function lastOutput(stdout: Readable, closed: Promise<void>, isStopping: () => boolean): Promise<void> {
  return new Promise((resolve) => {
    let leftMs = LAST_OUTPUT_MS;
    const finish = (): void => {
      clearInterval(timer);
      resolve();
    };
    const timer = setInterval(() => {
      if (!stdout.isPaused() || isStopping()) leftMs -= POLL_MS;
      if (leftMs <= 0) finish();
    }, POLL_MS);
    void closed.then(finish);
  });
}
