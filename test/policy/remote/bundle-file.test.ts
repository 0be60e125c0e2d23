// The bundle that is kept on disk: whole, private, and refused where it cannot be trusted.
import { chmodSync, chownSync, readdirSync, statSync } from 'node:fs';
import path from 'node:path';
import { expect, test, vi } from 'vitest';
import { openBundleFile } from '../../../src/policy/remote/bundle-file.ts';
import { temporaryFolder } from '../../state/temporary-folder.ts';

test('what was kept last is read back, from a folder and a file of its owner only', async () => {
  const kept = openBundleFile(temporaryFolder(), 'pay', 1000);
  expect(await kept.read()).toBeNull();
  await kept.keep(Buffer.from('first'));
  await kept.keep(Buffer.from('second'));
  expect((await kept.read())?.toString()).toBe('second');
  expect(readdirSync(path.dirname(kept.file))).toEqual(['bundle.tar.gz']);
  expect(statSync(kept.file).mode & 0o777).toBe(0o600);
  expect(statSync(path.dirname(kept.file)).mode & 0o777).toBe(0o700);
});

test('one that others can write, or that is too long, is refused', async () => {
  const folder = temporaryFolder();
  const kept = openBundleFile(folder, 'pay', 1000);
  await kept.keep(Buffer.from('first'));
  await expect(openBundleFile(folder, 'pay', 4).read()).rejects.toThrow('over 4 bytes');
  chmodSync(kept.file, 0o620);
  await expect(kept.read()).rejects.toThrow('can be written by others');
});

test('one that belongs to another user is refused, whatever its permissions', async () => {
  const kept = openBundleFile(temporaryFolder(), 'pay', 1000);
  await kept.keep(Buffer.from('first'));
  // Only root can give a file away: for others, this process is somebody else for a moment.
  if (process.getuid?.() === 0) chownSync(kept.file, 54_321, 54_321);
  const other = vi.spyOn(process, 'getuid').mockReturnValue(12_345);
  try {
    await expect(kept.read()).rejects.toThrow('belongs to another user');
  } finally {
    other.mockRestore();
  }
});

test('a failed write leaves the old one, and nothing half', async () => {
  const kept = openBundleFile(temporaryFolder(), 'pay', 1000);
  await kept.keep(Buffer.from('first'));
  const broken = { length: 5 } as unknown as Buffer;
  await expect(kept.keep(broken)).rejects.toThrow();
  expect((await kept.read())?.toString()).toBe('first');
  expect(readdirSync(path.dirname(kept.file))).toEqual(['bundle.tar.gz']);
});
