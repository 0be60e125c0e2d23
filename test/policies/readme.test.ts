// policies/README.md: its commands run, its additions fit the policies, and it names every policy.
import { spawnSync } from 'node:child_process';
import { chmodSync, cpSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { createWorkbench, REGENT } from '../cli/run-regent.ts';

const FOLDER = path.resolve(import.meta.dirname, '../../policies');
const PAGE = readFileSync(path.join(FOLDER, 'README.md'), 'utf8');
const bench = createWorkbench();
afterAll(bench.remove);

function blocksOf(language: string): string[] {
  const blocks = PAGE.matchAll(new RegExp(`\`\`\`${language}\\n([\\s\\S]*?)\`\`\``, 'g'));
  return Array.from(blocks, ([, text = '']) => text);
}

test('the commands run one after another, as they stand', () => {
  cpSync(FOLDER, path.join(bench.folder, 'policies'), { recursive: true });
  const regent = bench.write('regent', `#!/bin/sh\nexec "${process.execPath}" "${REGENT}" "$@"\n`);
  chmodSync(regent, 0o755);
  const PATH = `${bench.folder}:${process.env.PATH}`;
  const script = blocksOf('sh').join('\n');
  expect(script.match(/^regent /gm)?.length).toBeGreaterThan(2);
  const { status, stdout, stderr } = spawnSync('bash', ['-euo', 'pipefail', '-c', script], {
    cwd: bench.folder,
    env: { ...process.env, HOME: bench.folder, PATH },
    encoding: 'utf8',
  });
  expect([status, stderr]).toEqual([0, '']);
  expect(stdout).toContain('my-policies/policy.yaml: no problems');
  expect(stdout).toContain('"outcome": "require_approval"');
}, 180_000);

test('the agents of the page can be added to the policy of GitHub', () => {
  const [agents = ''] = blocksOf('yaml');
  expect(agents).toMatch(/^agents:/);
  const text = `${readFileSync(path.join(FOLDER, 'github/policy.yaml'), 'utf8')}\n${agents}`;
  const file = bench.write('with-agents.yaml', text);
  const outcomeOf = (agent: string): unknown =>
    JSON.parse(
      bench.run('eval', '-c', file, '--tool', 'get_me', '--arguments', '{}', '--agent', agent).stdout,
    );
  expect(outcomeOf('triage-bot')).toMatchObject({ outcome: 'deny', rule: 'agent-not-permitted' });
  expect(outcomeOf('coder-7')).toMatchObject({ outcome: 'allow' });
}, 60_000);

test('every policy is named', () => {
  const folders = readdirSync(FOLDER, { withFileTypes: true }).filter((entry) => entry.isDirectory());
  for (const { name } of folders) expect(PAGE).toContain(`[${name}](${name}/policy.yaml)`);
});
