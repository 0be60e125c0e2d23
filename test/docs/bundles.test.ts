// docs/bundles.md: its files are written, its commands run in order with the real opa, and its numbers are those of the code.
import { spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { ARCHIVE_LIMITS } from '../../src/policy/archive/archive-limits.ts';
import { JSON_BYTES_MAX } from '../../src/policy/arguments/json-text.ts';
import { REGENT } from '../cli/run-regent.ts';
import { fixturePath } from '../fixtures/fixture-path.ts';
import { temporaryFolder } from '../state/temporary-folder.ts';

const ROOT = path.resolve(import.meta.dirname, '../..');
const PAGE = readFileSync(path.join(ROOT, 'docs/bundles.md'), 'utf8');
const SERVER = 'npx -y @some/mcp-server';

const blocks = Array.from(PAGE.matchAll(/```(\w+)\n([\s\S]*?)```/g), ([, language = '', text = '']) => ({
  language,
  text,
}));

function writeProgram(folder: string, name: string, command: string): void {
  mkdirSync(path.join(folder, 'bin'), { recursive: true });
  const file = path.join(folder, 'bin', name);
  writeFileSync(file, `#!/bin/sh\nexec ${command} "$@"\n`);
  chmodSync(file, 0o755);
}

test('every command of the page does what the page says', { timeout: 120_000 }, () => {
  const folder = temporaryFolder();
  writeProgram(folder, 'regent', `"${process.execPath}" "${REGENT}"`);
  writeProgram(folder, 'opa', `"${path.join(ROOT, 'dist/tools/opa')}"`);
  writeProgram(folder, 'npx', `"${process.execPath}" "${fixturePath('echo-server')}" #`);
  const env = { ...process.env, HOME: folder, PATH: `${folder}/bin:${process.env.PATH}` };
  const printed: string[] = [];
  for (const { language, text } of blocks) {
    if (language !== 'sh') {
      const [, name = ''] = /^# (\S+)\n/.exec(text) ?? [];
      mkdirSync(path.dirname(path.join(folder, name)), { recursive: true });
      writeFileSync(path.join(folder, name), text);
      continue;
    }
    for (const line of text.trim().split('\n')) {
      const { status, stdout, stderr } = spawnSync('bash', ['-c', line], {
        cwd: folder,
        env,
        encoding: 'utf8',
        input: '',
      });
      expect([line, status, status === 0 ? '' : stdout + stderr]).toEqual([line, 0, '']);
      printed.push(`${line}\n${stdout}${stderr}`);
    }
  }
  const after = (command: string): string => printed.find((text) => text.startsWith(command)) ?? '';
  expect(after('regent eval -c bundle.tar.gz')).toContain('"reason": "payments are at most 500"');
  const own = printed.filter((text) => text.startsWith('regent eval -c own.tar.gz'));
  expect(own.map((text) => /"outcome": "(\w+)"/.exec(text)?.[1])).toEqual(['allow', 'require_approval']);
  expect(after('regent inspect')).toMatch(/revision +v1\n[\s\S]*server +bank\n/);
  expect(after('regent -c bundle.tar.gz')).not.toContain("no manifest of Regent's");
  expect(after('regent -c own.tar.gz')).toContain("no manifest of Regent's");
  expect(printed.filter((text) => text.includes(SERVER))).toHaveLength(2);
});

test('the limits are those of the code', () => {
  const { packedBytes, inflatedBytes, entryBytes, entries, nameBytes } = ARCHIVE_LIMITS;
  const mib = (bytes: number): string => `${bytes / 1024 / 1024} MiB`;
  const rows = [
    mib(packedBytes),
    mib(inflatedBytes),
    mib(entryBytes),
    mib(JSON_BYTES_MAX),
    String(entries),
    `${nameBytes} bytes`,
  ];
  const [, table = ''] = PAGE.split('## What an archive may be');
  expect(Array.from(table.matchAll(/^\| [a-z][^|]* \| ([^|]+) \|$/gm), ([, limit]) => limit)).toEqual(rows);
});

test('the real opa is of the version that the compiler is built on', () => {
  const versionIn = (file: string): string | undefined =>
    /open-policy-agent\/opa (v[\d.]+)/.exec(readFileSync(path.join(ROOT, file), 'utf8'))?.[1];
  expect(versionIn('test/tools/go.mod')).toBe(versionIn('compiler/opa/go.mod'));
  expect(versionIn('test/tools/go.mod')).toBeDefined();
});
