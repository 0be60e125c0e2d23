// Runs the built command in a folder and home of its own.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

export const REGENT = path.resolve(import.meta.dirname, '../../dist/src/cli/main.js');

interface Finished {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface Workbench {
  readonly folder: string;
  write(name: string, text: string): string;
  run(...args: readonly string[]): Finished;
  runWith(env: Readonly<Record<string, string>>, ...args: readonly string[]): Finished;
  remove(): void;
}

export function createWorkbench(): Workbench {
  const folder = mkdtempSync(path.join(tmpdir(), 'regent-cli-'));
  return {
    folder,
    write: (name, text) => {
      writeFileSync(path.join(folder, name), text);
      return path.join(folder, name);
    },
    run: (...args) => runIn(folder, {}, args),
    runWith: (env, ...args) => runIn(folder, env, args),
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}

function runIn(folder: string, more: Readonly<Record<string, string>>, args: readonly string[]): Finished {
  const env = { ...process.env, HOME: folder, REGENT_AGENT: '', REGENT_APPROVER_TOKEN: '', ...more };
  return spawnSync(process.execPath, [REGENT, ...args], { encoding: 'utf8', cwd: folder, env, input: '' });
}
