// Ends all processes of a server: npx starts a shell that starts the server that starts its own helpers.
import { readdirSync, readFileSync } from 'node:fs';

const POLL_MS = 40;

/** SIGTERM to the whole group, SIGKILL to what is left after `graceMs`. Resolves when nothing of the group runs. */
export async function endProcessGroup(leader: number, graceMs: number): Promise<void> {
  signalGroup(leader, 'SIGTERM');
  if (await isGoneWithin(leader, graceMs)) return;
  signalGroup(leader, 'SIGKILL');
  await isGoneWithin(leader, graceMs);
}

/** False where the group has no process any more. */
function signalGroup(leader: number, signal: NodeJS.Signals | 0): boolean {
  try {
    return process.kill(-leader, signal);
  } catch {
    return false;
  }
}

async function isGoneWithin(leader: number, timeoutMs: number): Promise<boolean> {
  const deadline = Date.now() + timeoutMs;
  while (signalGroup(leader, 0) && !isReadyToBeReaped(leader)) {
    if (Date.now() > deadline) return false;
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
  return true;
}

/**
 * Every process of the group has ended, and waits only for its parent to notice. The first process of a container, whose
 * children orphans become, often never does: they would count as running for ever. Known on Linux only.
 */
function isReadyToBeReaped(leader: number): boolean {
  try {
    const pids = readdirSync('/proc').filter((name) => /^\d+$/.test(name));
    return pids.every((pid) => !isRunningMember(pid, leader));
  } catch {
    return false;
  }
}

function isRunningMember(pid: string, leader: number): boolean {
  // proc(5): the name stands in brackets and may hold anything; state, parent and group follow it.
  const stat = readStat(pid);
  const [state = '', , group] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return Number(group) === leader && state !== 'Z' && state !== 'X';
}

/** Empty where the process has ended meanwhile. */
function readStat(pid: string): string {
  try {
    return readFileSync(`/proc/${pid}/stat`, 'latin1');
  } catch {
    return '';
  }
}
