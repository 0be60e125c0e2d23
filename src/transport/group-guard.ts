// Ends the server's process group where this process dies without a chance to do it: killed by force, or by a crash.
//
// Clients that lose patience kill the sidecar with SIGKILL. A server that does not end with its stdin, as the helpers of
// npx do not, would stay for ever. So a small shell waits for the end of a pipe that only this process holds open.
import { spawn } from 'node:child_process';
import type { Socket } from 'node:net';

export interface GroupGuard {
  /** The group has ended: its number may soon be another's. */
  release(): void;
}

const SCRIPT = 'read -r _; kill -s TERM -- "-$1"; sleep 2; kill -s KILL -- "-$1"';

/** Where there is no shell, there is no guard. It never keeps this process alive. */
export function guardProcessGroup(leader: number): GroupGuard {
  const guard = spawn('/bin/sh', ['-c', SCRIPT, 'regent-guard', String(leader)], {
    // A group of its own: who kills this process's group must not kill the guard with it.
    detached: true,
    stdio: ['pipe', 'ignore', 'ignore'],
    cwd: '/',
    env: {},
  });
  guard.on('error', () => {});
  guard.stdin.on('error', () => {});
  guard.unref();
  (guard.stdin as Socket).unref();
  return { release: () => void guard.kill('SIGKILL') };
}
