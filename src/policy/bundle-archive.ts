// Reads an OPA bundle (gzipped tar) in memory: its WebAssembly, its data and what the manifest tells the host.
import { gunzipSync } from 'node:zlib';
import { PolicyError } from './policy-error.ts';

const BLOCK = 512;
/** A bundle inflates to at most this many bytes: a small archive must not fill the memory. */
const INFLATED_MAX = 256 * 1024 * 1024;

export interface BundleArchive {
  readonly revision: string;
  readonly wasm: Buffer;
  /** JSON text of the bundle's data document. */
  readonly data: string;
  /** `metadata` of the manifest, not checked yet. */
  readonly metadata: unknown;
  /** The modules that the WebAssembly was made from, by their names in the bundle. */
  readonly rego: ReadonlyArray<{ readonly name: string; readonly text: string }>;
}

/** Throws `PolicyError('bundle-broken')` on anything that is not a whole bundle. */
export function readBundleArchive(bytes: Buffer): BundleArchive {
  const files = readTar(inflate(bytes));
  const manifest = parseManifest(required(files, '.manifest'));
  return {
    revision: typeof manifest.revision === 'string' ? manifest.revision : '',
    wasm: required(files, 'policy.wasm'),
    data: files.get('data.json')?.toString('utf8') ?? '{}',
    metadata: manifest.metadata,
    rego: [...files].flatMap(([name, bytes]) =>
      name.endsWith('.rego') ? [{ name, text: bytes.toString('utf8') }] : [],
    ),
  };
}

function inflate(bytes: Buffer): Buffer {
  try {
    return gunzipSync(bytes, { maxOutputLength: INFLATED_MAX });
  } catch (cause) {
    throw new PolicyError(
      'bundle-broken',
      'the bundle is not a gzip archive, or is cut off; compile it again',
      cause,
    );
  }
}

/** Regular files by name without leading slashes. Only what bundles hold: short names, plain entries. */
function readTar(tar: Buffer): Map<string, Buffer> {
  const files = new Map<string, Buffer>();
  let offset = 0;
  while (offset + BLOCK <= tar.length && tar[offset] !== 0) {
    const header = tar.subarray(offset, offset + BLOCK);
    if (!hasValidChecksum(header))
      throw new PolicyError('bundle-broken', 'the bundle has a damaged entry; compile it again');
    const size = readOctal(header, 124, 12);
    const start = offset + BLOCK;
    if (start + size > tar.length)
      throw new PolicyError('bundle-broken', 'the bundle is cut off; compile it again');
    const name = readText(header, 0, 100).replace(/^\/+/, '');
    const isRegularFile = header[156] === 0 || header[156] === 0x30;
    if (isRegularFile) {
      if (files.has(name)) throw new PolicyError('bundle-broken', `the bundle holds ${name} twice`);
      files.set(name, tar.subarray(start, start + size));
    }
    offset = start + Math.ceil(size / BLOCK) * BLOCK;
  }
  return files;
}

function readText(header: Buffer, start: number, length: number): string {
  const field = header.subarray(start, start + length);
  const end = field.indexOf(0);
  return field.subarray(0, end < 0 ? length : end).toString('utf8');
}

function readOctal(header: Buffer, start: number, length: number): number {
  const value = Number.parseInt(readText(header, start, length).trim(), 8);
  return Number.isNaN(value) ? 0 : value;
}

/** The header's bytes added up, its own checksum field counted as spaces (POSIX ustar). */
function hasValidChecksum(header: Buffer): boolean {
  let sum = 0;
  for (let index = 0; index < BLOCK; index += 1) {
    sum += index >= 148 && index < 156 ? 0x20 : (header[index] ?? 0);
  }
  return sum === readOctal(header, 148, 8);
}

function required(files: ReadonlyMap<string, Buffer>, name: string): Buffer {
  const file = files.get(name);
  if (file === undefined)
    throw new PolicyError('bundle-broken', `the bundle has no ${name}; compile it with regent compile`);
  return file;
}

function parseManifest(bytes: Buffer): { revision?: unknown; metadata?: unknown } {
  try {
    const manifest: unknown = JSON.parse(bytes.toString('utf8'));
    if (typeof manifest === 'object' && manifest !== null) return manifest;
    throw new Error('not an object');
  } catch (cause) {
    throw new PolicyError('bundle-broken', 'the manifest of the bundle is not a JSON object', cause);
  }
}
