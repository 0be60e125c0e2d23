// Ends all processes of a server: npx starts a shell that starts the server that starts its own helpers.

const POLL_MS = 20;

/** SIGTERM to the whole group, SIGKILL to what is left after `graceMs`. Resolves when nothing of the group is left. */
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
  while (signalGroup(leader, 0)) {
    if (Date.now() > deadline) return false;
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
  return true;
}
