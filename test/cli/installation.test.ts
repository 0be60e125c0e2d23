// What is said where Regent is installed on a Node.js that is too old, or without sqlite3's compiled part.
import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { checkNode, OLDEST_NODE } from '../../src/cli/installation.ts';
import { REGENT } from './run-regent.ts';

const ROOT = path.resolve(import.meta.dirname, '../..');

test.each(['18.20.8', '20.9.0', '20.18.3', '0.12.0'])('refuses Node.js %s', (version) => {
  expect(() => checkNode(version)).toThrow(`Node.js ${version} is too old; 20.19.0 or later is needed`);
});

test.each(['20.19.0', '20.20.2', '21.0.0', '22.0.0', '26.1.0'])('takes Node.js %s', (version) => {
  expect(() => checkNode(version)).not.toThrow();
});

test('the oldest Node.js is the one of package.json', () => {
  const { engines } = JSON.parse(readFileSync(path.join(ROOT, 'package.json'), 'utf8'));
  expect(engines.node).toBe(`>=${OLDEST_NODE}`);
});

test('an old Node.js is told of in one line', () => {
  const pretend = 'Object.defineProperty(process.versions, "node", { value: "18.20.8" });';
  const args = ['--import', `data:text/javascript,${encodeURIComponent(pretend)}`, REGENT, '--version'];
  const { status, stderr } = spawnSync(process.execPath, args, { encoding: 'utf8' });
  expect({ status, stderr }).toEqual({
    status: 2,
    stderr: 'regent: Node.js 18.20.8 is too old; 20.19.0 or later is needed\n',
  });
});

test('a missing part of sqlite3 is told of in one line, with what to do', () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'regent-installed-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  for (const part of ['src', 'compiler']) copy(`dist/${part}`, folder, /opa\.wasm|\.map$/);
  copy('package.json', folder);
  mkdirSync(path.join(folder, 'node_modules'));
  for (const name of readdirSync(path.join(ROOT, 'node_modules')))
    if (name !== 'sqlite3')
      symlinkSync(path.join(ROOT, 'node_modules', name), path.join(folder, 'node_modules', name));
  // As `npm install --ignore-scripts` leaves it.
  copy('node_modules/sqlite3', folder, /sqlite3\/(build|deps)$/);
  const main = path.join(folder, 'dist/src/cli/main.js');
  const { status, stderr } = spawnSync(process.execPath, [main, 'journal'], { encoding: 'utf8' });
  expect(status).toBe(2);
  expect(stderr).toMatch(/^regent: sqlite3, .* cannot be loaded .* run: .* npm rebuild sqlite3 .*\n$/);
});

function copy(name: string, folder: string, leaveOut: RegExp = /^$/): void {
  cpSync(path.join(ROOT, name), path.join(folder, name), {
    recursive: true,
    filter: (source) => !leaveOut.test(source),
  });
}
