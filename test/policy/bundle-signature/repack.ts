// Takes a bundle apart and puts it together again with something changed.
import { gunzipSync } from 'node:zlib';
import { type ArchiveFile, readTar } from '../../../src/policy/archive/read-tar.ts';
import { type Entry, makeBundle } from '../archive/make-tar.ts';

export function unpack(bundle: Buffer): ArchiveFile[] {
  return readTar(gunzipSync(bundle));
}

/** `change` gives what stands in place of each file: another one, or nothing. */
export function repack(bundle: Buffer, change: (file: ArchiveFile) => Entry | null): Buffer {
  return makeBundle(unpack(bundle).flatMap((file) => change(file) ?? []));
}

export function keep({ name, bytes }: ArchiveFile): Entry {
  return { name: `/${name}`, content: bytes };
}

/** Still a file of its kind, but another one. */
export function alter({ name, bytes }: ArchiveFile): Buffer {
  const isJson = name.endsWith('.json') || name === '.manifest';
  if (isJson) {
    return Buffer.from(JSON.stringify({ ...JSON.parse(bytes.toString('utf8')), added: {} }));
  }
  // Behind the module's end, a custom section without content.
  if (name.endsWith('.wasm')) return Buffer.concat([bytes, Buffer.from([0, 2, 1, 0x78])]);
  return Buffer.concat([bytes, Buffer.from('\n# added\n')]);
}
