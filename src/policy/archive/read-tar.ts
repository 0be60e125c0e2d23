// The files of a tar archive. Strict: what two readers could see as different files is refused, and so is every entry
// that is neither file nor folder.
//
//   header ─▶ [ its bytes, filled up to 512 ] ─▶ header ─▶ … ─▶ two blocks of zeros ─▶ zeros only
import { PolicyError } from '../policy-error.ts';
import { ARCHIVE_LIMITS } from './archive-limits.ts';
import { type EntryName, readEntryName } from './entry-name.ts';
import { readPaxName } from './pax-records.ts';
import { BLOCK, damaged, readTarHeader, type TarHeader, untilNul } from './tar-header.ts';

export interface ArchiveFile extends EntryName {
  readonly bytes: Buffer;
}

/** In the order of the archive. Throws `PolicyError('bundle-broken')`. */
export function readTar(tar: Buffer): ArchiveFile[] {
  const files = new Map<string, ArchiveFile>();
  let offset = 0;
  let longName: Buffer | null = null;
  for (let entries = 0; ; entries += 1) {
    const block = tar.subarray(offset, offset + BLOCK);
    if (block.length < BLOCK) throw cutOff();
    if (isZero(block)) break;
    if (entries >= ARCHIVE_LIMITS.entries) throw broken(`has over ${ARCHIVE_LIMITS.entries} entries`);
    const header = readTarHeader(block);
    const content = readContent(tar, offset + BLOCK, header.size);
    const named = readLongName(header, content);
    if (named === null) {
      const file = readFile(header, longName ?? header.name, content);
      if (file !== null && files.has(file.name)) throw broken(`holds ${JSON.stringify(file.name)} twice`);
      if (file !== null) files.set(file.name, file);
    }
    if (longName !== null && (named?.name ?? null) !== null) throw damaged('it has two long names');
    longName = named === null ? null : (named.name ?? longName);
    offset += BLOCK + Math.ceil(header.size / BLOCK) * BLOCK;
  }
  checkEnd(tar.subarray(offset), longName);
  return [...files.values()];
}

function readContent(tar: Buffer, start: number, size: number): Buffer {
  if (size > ARCHIVE_LIMITS.entryBytes)
    throw broken(`holds a file of over ${ARCHIVE_LIMITS.entryBytes / 1024 / 1024} MiB`);
  if (start + size > tar.length) throw cutOff();
  return tar.subarray(start, start + size);
}

/** The name that this entry gives to the next one; null where it is an entry of its own. */
function readLongName({ type }: TarHeader, content: Buffer): { readonly name: Buffer | null } | null {
  switch (type) {
    case 'x':
      return { name: readPaxName(content) };
    case 'g':
      if (readPaxName(content) !== null) throw damaged('it gives one name to all files');
      return { name: null };
    case 'L':
      return { name: untilNul(content) };
    default:
      return null;
  }
}

function readFile({ type, size }: TarHeader, nameBytes: Buffer, content: Buffer): ArchiveFile | null {
  const isFolder = type === '5';
  if (type !== '0' && !isFolder) {
    const shown = JSON.stringify(nameBytes.toString('utf8').slice(0, 100));
    throw broken(`holds ${shown}, which is a link, a device or the like; only files may be in it`);
  }
  // Readers do not agree on whether a folder has bytes behind it, nor on what a file with a slash at its end is.
  if (isFolder && size > 0) throw damaged('a folder has content');
  if (!isFolder && nameBytes.at(-1) === 0x2f) throw damaged('a file has a name of a folder');
  const named = readEntryName(nameBytes);
  if (named === null && !isFolder) throw damaged('a file has no name');
  return named === null || isFolder ? null : { ...named, bytes: content };
}

function checkEnd(rest: Buffer, longName: Buffer | null): void {
  if (rest.length < 2 * BLOCK) throw cutOff();
  if (longName !== null) throw damaged('a long name belongs to no file');
  if (!isZero(rest)) throw broken('has something behind its end; compile it again');
}

function isZero(bytes: Buffer): boolean {
  return bytes.every((byte) => byte === 0);
}

function cutOff(): PolicyError {
  return broken('is cut off; compile it again');
}

function broken(what: string): PolicyError {
  return new PolicyError('bundle-broken', `the bundle ${what}`);
}
