// `regent test --watch`: runs again whenever a file changes, comes or goes, until it is told to end.
//
// What would be tested now is looked up again and again, and compared by times and sizes: a new cases file is noticed as
// an edited one is, and so is a file that an editor replaces. Following known paths (policy/watch-files.ts) sees no new ones.
import { statSync } from 'node:fs';
import { stopOnSignals } from '../sidecar/stop-signals.ts';

const POLL_MS = 500;

export interface Watching {
  /** All files that a run rests on, now. */
  files(): Promise<readonly string[]>;
  run(): Promise<void>;
  /** A run, or the search for files, that could not be carried out. */
  report(error: unknown): void;
}

/** The first signal ends it after the run that is going on; a second one ends it at once. */
export async function watchTests({ files, run, report }: Watching): Promise<void> {
  let wake = (): void => {};
  let signals = 0;
  const stopped = stopOnSignals(() => {
    signals += 1;
    if (signals > 1) process.exit(0);
    wake();
  });
  while (stopped() === null) {
    const before = await snapshot(files);
    clearScreen();
    await run().catch((error: unknown) => {
      // Ctrl+C reaches OPA's processes too: that they ended is no news then.
      if (stopped() === null) report(error);
    });
    if (stopped() === null) console.error('Waiting for changes; Ctrl+C ends it.');
    while (stopped() === null && (await snapshot(files)) === before) {
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, POLL_MS);
        wake = () => {
          clearTimeout(timer);
          resolve();
        };
      });
    }
  }
}

/** A folder that went away for a moment is a change, not an end. */
async function snapshot(files: Watching['files']): Promise<string> {
  try {
    return (await files()).map(stampOf).join('\n');
  } catch (error) {
    return String(error);
  }
}

/** Of a folder only that it is there: what lies in it is listed, and what editors leave there for a moment is no change. */
function stampOf(file: string): string {
  const stats = statSync(file, { throwIfNoEntry: false });
  return stats?.isDirectory() === true ? file : `${file} ${stats?.mtimeMs} ${stats?.size}`;
}

/** As other tools that watch: on a terminal each run starts on an empty screen. */
function clearScreen(): void {
  if (process.stdout.isTTY === true) process.stdout.write('\u001b[2J\u001b[3J\u001b[H');
}
