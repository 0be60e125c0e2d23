// `regent test --watch`: runs again when a file changes or comes, tells what fails, and ends politely.
import { spawn } from 'node:child_process';
import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect, onTestFinished, test, vi } from 'vitest';
import { REGENT } from '../run-regent.ts';
import { writeTree } from './write-tree.ts';

const TIMEOUT_MS = 120_000;
vi.setConfig({ testTimeout: 3 * TIMEOUT_MS });

const POLICY = 'version: "1"\ntools: {pay: {rules: [{name: cap, spend: {per_call: 500}}]}}\n';
const CASE = '- {name: a, tool: pay, arguments: {amount: 500}, outcome: allow}\n';

interface Watched {
  /** Resolves once the command has printed this after what was waited for before. */
  until(text: string): Promise<void>;
  stop(signal: NodeJS.Signals): Promise<number | null>;
}

function watch(folder: string): Watched {
  const child = spawn(process.execPath, [REGENT, 'test', folder, '--watch'], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  let printed = '';
  const note = (chunk: Buffer): void => {
    printed += chunk.toString('utf8');
  };
  child.stdout.on('data', note);
  child.stderr.on('data', note);
  const ended = new Promise<number | null>((resolve) => child.on('close', resolve));
  return {
    until: async (text) => {
      await vi.waitFor(() => expect(printed).toContain(text), { timeout: TIMEOUT_MS, interval: 50 });
      expect(printed).not.toContain('\u001b');
      printed = printed.slice(printed.indexOf(text) + text.length);
    },
    stop: (signal) => {
      child.kill(signal);
      return ended;
    },
  };
}

const IDLE = 'Waiting for changes; Ctrl+C ends it.\n';

test('runs again whatever the change, and ends with 0 on SIGINT', async () => {
  const folder = writeTree({ 'policy.yaml': POLICY, 'cases.yaml': CASE });
  const file = (name: string): string => path.join(folder, name);
  const { until, stop } = watch(folder);
  await until('Tests  1 passed');
  await until(IDLE);

  writeFileSync(file('policy.yaml'), POLICY.replace('500', '400'));
  await until('Tests  1 failed');
  await until(IDLE);

  writeFileSync(file('new.yaml'), POLICY.replace('500', '40x'));
  renameSync(file('new.yaml'), file('policy.yaml'));
  await until('Tests  0 passed, 1 problem');
  await until(IDLE);

  renameSync(file('policy.yaml'), file('aside'));
  writeFileSync(file('policy.yaml'), readFileSync(file('aside'), 'utf8').replace('40x', '5000'));
  mkdirSync(file('more'));
  writeFileSync(file('more/a_test.rego'), 'package a_test\n\ntest_a if true\n');
  await until('Tests  2 passed');
  await until(IDLE);

  rmSync(folder, { recursive: true });
  await until('regent: there is no file or folder');
  await until(IDLE);
  expect(await stop('SIGINT')).toBe(0);
});

test('follows Rego that the policy names outside of what is tested, new and broken modules too', async () => {
  const module = (rule: string, least: number): string =>
    `package regent.custom.${rule}\n\ndeny contains {"rule": "${rule}", "msg": "no"} if input.arguments.amount >= ${least}\n`;
  const folder = writeTree({
    'policies/policy.yaml': POLICY.replace('tools', 'rego: [../rules]\ntools'),
    'policies/cases.yaml': CASE,
    'rules/first.rego': module('first', 501),
  });
  const { until, stop } = watch(path.join(folder, 'policies'));
  await until('Tests  1 passed');
  await until(IDLE);

  writeFileSync(path.join(folder, 'rules/first.rego'), module('first', 500));
  await until('Tests  1 failed');
  await until(IDLE);

  writeFileSync(path.join(folder, 'rules/first.rego'), module('first', 501));
  await until('Tests  1 passed');
  await until(IDLE);

  mkdirSync(path.join(folder, 'rules/more'));
  writeFileSync(path.join(folder, 'rules/more/second.rego'), module('second', 500));
  await until('custom:second');
  await until(IDLE);

  rmSync(path.join(folder, 'rules'), { recursive: true });
  await until('Tests  0 passed, 1 problem');
  await until(IDLE);
  expect(await stop('SIGINT')).toBe(0);
});

test('a signal during a run lets it end', async () => {
  const { until, stop } = watch(writeTree({ 'policy.yaml': POLICY, 'cases.yaml': CASE }));
  await until('Tests  1 passed');
  expect(await stop('SIGTERM')).toBe(0);
});
