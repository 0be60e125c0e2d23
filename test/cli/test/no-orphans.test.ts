// Tests that never end, and whoever started them is ended: nothing of them goes on.
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { expect, test } from 'vitest';
import { ENDLESS_TEST } from '../../fixtures/endless-rego.ts';
import { REGENT } from '../../sidecar/guarded-server.ts';
import { isRunning } from '../../transport/test-server.ts';
import { writeTree } from './write-tree.ts';

function childrenOf(pid: number): number[] {
  try {
    const found = execFileSync('ps', ['-o', 'pid=,args=', '--ppid', String(pid)], { encoding: 'utf8' });
    return found
      .split('\n')
      .flatMap((line) => (line.includes('opa-process') ? [Number.parseInt(line, 10)] : []));
  } catch {
    return [];
  }
}

test("the process that runs OPA ends with the command's own, even where that is killed", {
  timeout: 120_000,
}, async () => {
  const folder = writeTree({ 'a_test.rego': ENDLESS_TEST });
  const command = spawn(process.execPath, [REGENT, 'test', folder], { stdio: 'ignore' });
  const exited = once(command, 'exit');
  await expect.poll(() => childrenOf(command.pid ?? 0), { timeout: 60_000 }).toHaveLength(1);
  const [child = 0] = childrenOf(command.pid ?? 0);
  command.kill('SIGKILL');
  await exited;
  try {
    await expect.poll(() => isRunning(child), { timeout: 30_000 }).toBe(false);
  } finally {
    if (isRunning(child)) process.kill(child, 'SIGKILL');
  }
});
