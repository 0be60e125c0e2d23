// Starts real child servers for tests, collects what they write, and looks for processes that are left.
import { readdirSync, readFileSync } from 'node:fs';
import { type ChildServer, startChildServer } from '../../src/transport/child-server.ts';

export interface TestServer {
  readonly peer: ChildServer;
  readonly lines: string[];
  /** Resolves when this many lines have come. */
  whenLines(count: number): Promise<string[]>;
}

export interface TestServerOptions {
  readonly graceMs?: number;
  readonly maxBytes?: number;
}

export async function startTestServer(
  command: readonly [string, ...string[]],
  { graceMs = 2000, maxBytes = 64 * 1024 * 1024 }: TestServerOptions = {},
): Promise<TestServer> {
  const peer = await startChildServer({ command, graceMs, maxBytes });
  const lines: string[] = [];
  let notify = (): void => {};
  peer.onLine((line) => {
    lines.push(line.toString());
    notify();
  });
  return {
    peer,
    lines,
    whenLines: async (count) => {
      while (lines.length < count) {
        await new Promise<void>((resolve) => {
          notify = resolve;
        });
      }
      return lines;
    },
  };
}

export function shell(script: string): [string, string, string] {
  return ['sh', '-c', script];
}

export function node(script: string): [string, string, string] {
  return [process.execPath, '-e', script];
}

/** A process that has ended but that nobody has reaped is none. */
export function isRunning(pid: number): boolean {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return !/^[ZX]/.test(stat.slice(stat.lastIndexOf(')') + 2));
  } catch {
    return false;
  }
}

/** Processes whose command line holds `text`. */
export function processesWith(text: string): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((pid) => isRunning(pid) && commandLine(pid).includes(text));
}

function commandLine(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ');
  } catch {
    return '';
  }
}

export const sleep = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

export async function until(holds: () => boolean, timeoutMs = 10_000): Promise<void> {
  const deadline = Date.now() + timeoutMs;
  while (!holds()) {
    if (Date.now() > deadline) throw new Error(`it did not come true in ${timeoutMs} ms: ${holds}`);
    await sleep(10);
  }
}
