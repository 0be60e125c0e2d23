// `approvals.webhook` of regent.yaml: its secret is a good key, and is never shown.
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { formatDiagnostic } from '../../../compiler/model/diagnostic.ts';
import { type ConfigRead, readConfig } from '../../../src/cli/settings/read-config.ts';
import { temporaryFolder } from '../../state/temporary-folder.ts';

function readWith(secret: string, format = ''): ConfigRead {
  const folder = temporaryFolder();
  writeFileSync(path.join(folder, 'secret'), secret, { mode: 0o600 });
  const text = `approvals:\n  webhook: {url: "https://hooks.example.com/a", secret: {file: secret}${format}}\n`;
  return readConfig(path.join(folder, 'regent.yaml'), text);
}

const told = ({ diagnostics }: ConfigRead): string => diagnostics.map(formatDiagnostic).join('\n');

test('a secret in a file is the key, without the line break at its end', () => {
  const { settings, diagnostics } = readWith('a secret of the test\n');
  expect(diagnostics).toEqual([]);
  expect(settings.webhook).toEqual({
    url: new URL('https://hooks.example.com/a'),
    key: Buffer.from('a secret of the test'),
    format: 'json',
  });
});

test('whsec_ and base64 is decoded; a format can be named', () => {
  const { settings } = readWith(`whsec_${Buffer.alloc(32, 9).toString('base64')}\n`, ', format: slack');
  expect(settings.webhook).toMatchObject({ key: Buffer.alloc(32, 9), format: 'slack' });
});

test.each(['tooshort', 'whsec_c2hvcnQ=', 'whsec_ not base64 but long enough'])('%j is no key', (secret) => {
  const read = readWith(secret);
  expect(read.settings.webhook).toBeUndefined();
  expect(told(read)).toContain('2:57 bad-value  the secret is no key: it must hold at least 16 bytes');
  expect(told(read)).not.toContain(secret);
});

test('what is not there or not known is told', () => {
  const missing = readConfig('regent.yaml', 'approvals: {webhook: {format: json}}\n');
  expect(told(missing)).toMatch(/"url" is missing here[\s\S]*"secret" is missing here/);
  expect(told(readWith('a secret of the test', ', format: teams'))).toContain('is not one of json, slack');
  const written = 'approvals: {webhook: {url: "https://h/", secret: in-the-file-itself}}\n';
  expect(told(readConfig('regent.yaml', written))).toContain('secret');
});

test('a secret in the environment is the key', () => {
  process.env.REGENT_TEST_HOOK = 'a secret of the test';
  onTestFinished(() => void delete process.env.REGENT_TEST_HOOK);
  const text = 'approvals: {webhook: {url: "https://h/", secret: {env: REGENT_TEST_HOOK}}}\n';
  expect(readConfig('regent.yaml', text).settings.webhook?.key.toString()).toBe('a secret of the test');
});

test('the URL can stand in a file, too, and is not shown where it is none', () => {
  const folder = temporaryFolder();
  const read = (url: string): ConfigRead => {
    for (const [name, value] of Object.entries({ url, secret: 'a secret of the test' }))
      writeFileSync(path.join(folder, name), `${value}\n`, { mode: 0o600 });
    const text = 'approvals: {webhook: {url: {file: url}, secret: {file: secret}}}\n';
    return readConfig(path.join(folder, 'regent.yaml'), text);
  };
  expect(read('https://hooks.example.com/T0/B0').settings.webhook?.url.href).toBe(
    'https://hooks.example.com/T0/B0',
  );
  const bad = told(read('hooks.example.com/T0/B0'));
  expect(bad).toContain('what it holds is not an URL');
  expect(bad).not.toContain('T0');
});
