// A disk that is soon full: a small file system in memory, which root can mount on Linux.
import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { expect, onTestFinished } from 'vitest';
import { makeFolder, removeFolder, temporaryFolder } from './temporary-folder.ts';

const MOUNT = '/bin/mount';
const UNMOUNT = '/bin/umount';

/** Warns where it cannot. */
export function canMount(): boolean {
  const folder = makeFolder();
  try {
    execFileSync(MOUNT, ['-t', 'tmpfs', '-o', 'size=512k', 'tmpfs', folder], { stdio: 'ignore' });
    execFileSync(UNMOUNT, [folder]);
    return true;
  } catch {
    console.warn('NOT TESTED: a full disk, since a small one can be mounted by root on Linux alone');
    return false;
  } finally {
    removeFolder(folder);
  }
}

/** A folder on a disk of 512 KB; gone when the test has finished. */
export function smallDisk(): string {
  const folder = temporaryFolder();
  execFileSync(MOUNT, ['-t', 'tmpfs', '-o', 'size=512k', 'tmpfs', folder]);
  onTestFinished(() => void execFileSync(UNMOUNT, ['-l', folder]));
  return folder;
}

/** Writes until the disk is full; deleting the file makes room again. */
export function fillDisk(filler: string): void {
  try {
    writeFileSync(filler, Buffer.alloc(4_000_000));
  } catch (error) {
    expect(error).toMatchObject({ code: 'ENOSPC' });
  }
}
