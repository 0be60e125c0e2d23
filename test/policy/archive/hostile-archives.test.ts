// Archives that are broken, too large, or that two readers could see differently: refused, each for its own reason.
import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { ARCHIVE_LIMITS } from '../../../src/policy/archive/archive-limits.ts';
import { openBundleFiles } from '../../../src/policy/bundle/bundle-files.ts';
import { temporaryFolder } from '../../state/temporary-folder.ts';
import { END, type Entry, makeBundle, makeEntry, makeTar, paxRecord } from './make-tar.ts';

const GOOD: Entry = { name: 'data.json', content: '{}' };
const MIB = 1024 * 1024;
const packed = makeBundle([GOOD]);

async function namesOf(bytes: Buffer): Promise<string[]> {
  return (await openBundleFiles(bytes)).files.map(({ name }) => name);
}

const GZIP: ReadonlyArray<readonly [what: string, bytes: Buffer, told: RegExp]> = [
  ['nothing at all', Buffer.alloc(0), /not a gzip archive/],
  ['no gzip', Buffer.from('not a bundle'), /not a gzip archive/],
  ['a tar without gzip', makeTar([GOOD]), /not a gzip archive/],
  ['gzip that is cut off', packed.subarray(0, packed.length - 3), /cut off/],
  ['gzip whose checksum is wrong', withByte(packed, packed.length - 6, 0x55), /not a gzip archive/],
  ['text behind the gzip', Buffer.concat([packed, Buffer.from('more')]), /behind its end/],
  ['zeros behind the gzip', Buffer.concat([packed, Buffer.alloc(8)]), /behind its end/],
  ['a second gzip with another tar', Buffer.concat([packed, makeBundle([GOOD])]), /behind its end/],
  ['a gzip bomb', gzipSync(Buffer.alloc(ARCHIVE_LIMITS.inflatedBytes + MIB)), /inflates to over 128 MiB/],
  ['a file over the limit', Buffer.alloc(ARCHIVE_LIMITS.packedBytes + 1), /is over 64 MiB/],
];

test.each(GZIP)('refuses %s', async (_, bytes, told) => {
  await expect(openBundleFiles(bytes)).rejects.toMatchObject({
    code: 'bundle-broken',
    message: expect.stringMatching(told),
  });
});

const pax = (records: string, type = 'x'): Entry => ({ name: 'PaxHeaders/x', type, content: records });
const longName = (name: string): Entry => ({ name: '././@LongLink', type: 'L', content: `${name}\0` });
const ENTRIES: ReadonlyArray<readonly [what: string, entries: readonly Entry[], told: RegExp]> = [
  ['a name that leads out', [{ name: '../data.json' }], /leads out/],
  ['a name that leads out further in', [{ name: 'a/../../b' }], /leads out/],
  ['a folder that leads out', [{ name: '../', type: '5' }], /leads out/],
  ['a name with two slashes in front', [{ name: '//etc/passwd' }], /no plain path/],
  ['a name with a dot in it', [{ name: 'a/./b' }], /no plain path/],
  ['a name with a backslash', [{ name: 'a\\b' }], /backslash/],
  ['a name with a line break', [{ name: 'a\nb' }], /control character/],
  ['a name that is no UTF-8', [{ name: Buffer.from([0x61, 0xff]) }], /no text/],
  ['an empty name', [{ name: '' }], /no plain path/],
  ['a file without a name', [{ name: '.' }], /no name/],
  ['a file that is named as a folder', [{ name: 'a/' }], /name of a folder/],
  ['a hard link', [{ name: 'a', type: '1' }], /link, a device/],
  ['a symbolic link', [{ name: 'policy.wasm', type: '2' }], /link, a device/],
  ['a character device', [{ name: 'a', type: '3' }], /link, a device/],
  ['a block device', [{ name: 'a', type: '4' }], /link, a device/],
  ['a pipe', [{ name: 'a', type: '6' }], /link, a device/],
  ['a sparse file', [{ name: 'a', type: 'S' }], /link, a device/],
  ['a long link name', [{ name: 'a', type: 'K', content: 'b\0' }, GOOD], /link, a device/],
  ['a type of the future', [{ name: 'a', type: 'Q' }], /link, a device/],
  ['a folder with content', [{ name: 'a/', type: '5', content: 'x' }], /folder has content/],
  ['a name twice', [GOOD, GOOD], /"data.json" twice/],
  ['a name twice, once with a slash', [GOOD, { ...GOOD, name: '/data.json' }], /twice/],
  ['a name twice, once by a long name', [GOOD, pax(paxRecord('path', 'data.json')), { name: 'b' }], /twice/],
  ['a wrong checksum', [{ ...GOOD, checksum: '000001\0 ' }], /checksum/],
  ['a size in base 256', [{ ...GOOD, fields: [[124, '\x80\0\0\0\0\0\0\0\0\0\0\x02']] }], /not octal/],
  ['a negative size', [{ ...GOOD, fields: [[124, '-0000000002\0']] }], /not octal/],
  ['a size that is no number', [{ ...GOOD, fields: [[124, 'abcdefghijk\0']] }], /not octal/],
  ['a size past the end', [{ ...GOOD, fields: [[124, '00000777777\0']] }], /cut off/],
  ['a file over the limit for files', [{ ...GOOD, fields: [[124, '00777777777\0']] }], /over 64 MiB/],
  ['an extended header with a size', [pax(paxRecord('size', '1')), GOOD], /"size"/],
  ['an extended header of a sparse file', [pax(paxRecord('GNU.sparse.map', '0,1')), GOOD], /GNU.sparse/],
  ['an extended header that is cut off', [pax('99 path=x\n'), GOOD], /cannot be read/],
  ['an extended header without a line break', [pax('9 path=xy'), GOOD], /cannot be read/],
  ['an extended header without a name', [pax('5 =x\n'), GOOD], /has no name/],
  ['an extended header of length 0', [pax('0 path=x\n'), GOOD], /cannot be read/],
  ['an extended path that leads out', [pax(paxRecord('path', '../x')), GOOD], /leads out/],
  ['an extended path with a NUL', [pax(paxRecord('path', 'x\0y')), GOOD], /control character/],
  ['one path for all files', [pax(paxRecord('path', 'x'), 'g'), GOOD], /one name to all/],
  ['a long name that leads out', [longName('../x'), GOOD], /leads out/],
  ['two long names for one file', [longName('x'), pax(paxRecord('path', 'y')), GOOD], /two long names/],
  ['a long name for no file', [GOOD, longName('x')], /belongs to no file/],
  ['a name of over a kilobyte', [longName('x'.repeat(1025)), GOOD], /too long/],
  ['too many entries', manyFolders(ARCHIVE_LIMITS.entries + 1), /over 20000 entries/],
  ['two signatures', [{ name: '.signatures.json' }, { name: 'a/.signatures.json' }], /several/],
  ['a delta', [{ name: 'patch.json', content: '{"data":[]}' }], /is a delta/],
  ['a delta further in', [{ name: 'a/patch.json', content: '{}' }], /is a delta/],
  ['a manifest further in', [{ name: 'a/.manifest', content: '{}' }], /one manifest/],
  ['a manifest in protobuf', [{ name: '.manifest.pb' }], /one manifest/],
  ['data further in', [{ name: 'a/data.json', content: '{}' }], /all data from data.json/],
  ['data in YAML', [{ name: 'data.yaml' }], /all data from data.json/],
  ['data in YAML by its other name', [{ name: 'a/data.yml' }], /all data from data.json/],
];

test.each(ENTRIES)('refuses %s', async (_, entries, told) => {
  await expect(openBundleFiles(makeBundle(entries))).rejects.toMatchObject({
    code: 'bundle-broken',
    message: expect.stringMatching(told),
  });
});

const good = makeEntry(GOOD);
const TARS: ReadonlyArray<readonly [what: string, tar: Buffer, told: RegExp]> = [
  ['no end', good, /cut off/],
  ['half an end', Buffer.concat([good, Buffer.alloc(512)]), /cut off/],
  ['half a header', Buffer.concat([good, good.subarray(0, 100)]), /cut off/],
  ['no content', good.subarray(0, 512), /cut off/],
  ['something behind the end', Buffer.concat([good, END, good, END]), /behind its end/],
  [
    'an entry between the two blocks of the end',
    Buffer.concat([good, Buffer.alloc(512), good, END]),
    /behind its end/,
  ],
];

test.each(TARS)('refuses a tar with %s', async (_, tar, told) => {
  await expect(openBundleFiles(gzipSync(tar))).rejects.toMatchObject({
    code: 'bundle-broken',
    message: expect.stringMatching(told),
  });
});

const DEEP = `${'folder/'.repeat(20)}x.rego`;
const READ: ReadonlyArray<readonly [what: string, entries: readonly Entry[], names: readonly string[]]> = [
  ['a slash in front, as OPA writes it', [{ name: '/data.json' }], ['data.json']],
  ['a dot in front, as tar -C DIR . writes it', [{ name: './', type: '5' }, { name: './a/b' }], ['a/b']],
  ['folders', [{ name: 'a/', type: '5' }, { name: 'a/b' }], ['a/b']],
  ['no files', [], []],
  ['the prefix of POSIX', [{ name: 'b', fields: [[345, 'long/prefix']] }], ['long/prefix/b']],
  [
    'no prefix where GNU has other fields',
    [
      {
        name: 'b',
        fields: [
          [257, 'ustar  \0'],
          [345, '123'],
        ],
      },
    ],
    ['b'],
  ],
  ['an old type of a file', [{ name: 'b', type: '\0' }], ['b']],
  ['an extended path', [pax(paxRecord('path', DEEP)), { name: 'short' }, GOOD], [DEEP, 'data.json']],
  [
    'an extended time and comment',
    [pax(paxRecord('mtime', '1') + paxRecord('comment', 'c'), 'g'), GOOD],
    ['data.json'],
  ],
  ["GNU's long name", [longName(DEEP), { name: 'short' }, GOOD], [DEEP, 'data.json']],
];

test.each(READ)('reads %s', async (_, entries, names) => {
  expect(await namesOf(makeBundle(entries))).toEqual(names);
});

test.each(['ustar', 'pax', 'gnu'])('reads what GNU tar writes as %s', async (format) => {
  const folder = temporaryFolder();
  mkdirSync(path.join(folder, path.dirname(DEEP)), { recursive: true });
  for (const name of [DEEP, 'data.json']) writeFileSync(path.join(folder, name), '{}');
  const archive = path.join(temporaryFolder(), 'b.tar.gz');
  execFileSync('tar', ['czf', archive, `--format=${format}`, '-C', folder, '.']);
  expect((await namesOf(readFileSync(archive))).sort()).toEqual(['data.json', DEEP]);
});

function withByte(bytes: Buffer, at: number, value: number): Buffer {
  const copy = Buffer.from(bytes);
  copy[at] = value;
  return copy;
}

function manyFolders(count: number): Entry[] {
  return Array.from({ length: count }, () => ({ name: 'a/', type: '5' }));
}
