// Archives with bytes changed at random: read, or refused as broken, and never anything else.
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { readTar } from '../../../src/policy/archive/read-tar.ts';
import { openBundleFiles } from '../../../src/policy/bundle/bundle-files.ts';
import { PolicyError } from '../../../src/policy/policy-error.ts';
import { makeTar, paxRecord } from './make-tar.ts';

const tar = makeTar([
  { name: 'x', type: 'x', content: paxRecord('path', 'regent/a.rego') },
  { name: 'short', content: 'package a' },
  { name: '././@LongLink', type: 'L', content: 'regent/b.rego\0' },
  { name: 'short', content: 'package b' },
  { name: 'regent/', type: '5' },
  { name: '/policy.wasm', content: 'x'.repeat(600) },
]);
const changes = fc.array(fc.tuple(fc.nat(tar.length - 1), fc.nat(255)), { minLength: 1, maxLength: 4 });

function mutate(bytes: Buffer, edits: ReadonlyArray<readonly [number, number]>): Buffer {
  const copy = Buffer.from(bytes);
  for (const [at, value] of edits) copy[at % copy.length] = value;
  return copy;
}

/** Changed bytes rarely keep a header's checksum; these do. */
function withChecksums(bytes: Buffer): Buffer {
  for (let offset = 0; offset + 512 <= bytes.length; offset += 512) {
    if (bytes.toString('latin1', offset + 257, offset + 262) !== 'ustar') continue;
    bytes.write(' '.repeat(8), offset + 148);
    const sum = bytes.subarray(offset, offset + 512).reduce((total, byte) => total + byte, 0);
    bytes.write(`${sum.toString(8).padStart(6, '0')}\0 `, offset + 148);
  }
  return bytes;
}

test('a changed tar is read or refused', () => {
  let read = 0;
  const runs = 3000;
  fc.assert(
    fc.property(changes, (edits) => {
      try {
        for (const { name } of readTar(withChecksums(mutate(tar, edits))))
          expect(name.split('/')).not.toContain('..');
        read += 1;
      } catch (error) {
        expect(error).toBeInstanceOf(PolicyError);
      }
    }),
    { numRuns: runs },
  );
  expect(read).toBeGreaterThan(0);
  expect(read).toBeLessThan(runs);
});

test('a changed gzip is refused, or means the same', async () => {
  const packed = gzipSync(tar);
  const names = (await openBundleFiles(packed)).files.map(({ name }) => name);
  await fc.assert(
    fc.asyncProperty(changes, async (edits) => {
      const opened = await openBundleFiles(mutate(packed, edits)).catch((error: unknown) => {
        expect(error).toBeInstanceOf(PolicyError);
        return null;
      });
      if (opened !== null) expect(opened.files.map(({ name }) => name)).toEqual(names);
    }),
    { numRuns: 300 },
  );
});
