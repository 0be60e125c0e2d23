// What Regent needs of an OPA bundle: its WebAssembly, its data and what the manifest tells the host.
import { createHash } from 'node:crypto';
import type { ArchiveFile } from '../archive/read-tar.ts';
import { readJsonText } from '../arguments/json-text.ts';
import { PolicyError } from '../policy-error.ts';

export interface BundleArchive {
  /** As the manifest says it; empty where it says none. */
  readonly revision: string;
  /** SHA-256 of all files but the signature, in hexadecimal: the same content is the same policy. */
  readonly contentDigest: string;
  readonly wasm: Buffer;
  /** JSON text of the bundle's data document. */
  readonly data: string;
  /** `metadata` of the manifest, not checked yet. */
  readonly metadata: unknown;
  /** The modules that the WebAssembly was made from, by their names in the bundle. */
  readonly rego: ReadonlyArray<{ readonly name: string; readonly text: string }>;
}

/** Of the manifest, what anybody reads; nothing of it is checked but that it is an object. */
export interface BundleManifest {
  readonly revision?: unknown;
  readonly roots?: unknown;
  readonly wasm?: unknown;
  readonly metadata?: unknown;
}

/** Throws `PolicyError('bundle-broken')` where a part is missing or cannot be read. */
export function readBundleArchive(files: readonly ArchiveFile[]): BundleArchive {
  const manifest = readManifest(files);
  return {
    revision: typeof manifest.revision === 'string' ? manifest.revision : '',
    contentDigest: digestOf(files),
    wasm: readWasm(files),
    data: readData(files),
    metadata: manifest.metadata,
    rego: modulesOf(files),
  };
}

export function modulesOf(files: readonly ArchiveFile[]): BundleArchive['rego'] {
  return files
    .filter(({ name }) => name.endsWith('.rego'))
    .map(({ name, bytes }) => ({ name, text: bytes.toString('utf8') }));
}

/** A bundle without a manifest has an empty one, as for OPA. */
export function readManifest(files: readonly ArchiveFile[]): BundleManifest {
  const file = findFile(files, '.manifest');
  if (file === undefined) return {};
  checkObject(file, 'the manifest');
  return JSON.parse(file.toString('utf8')) as BundleManifest;
}

function readData(files: readonly ArchiveFile[]): string {
  const file = findFile(files, 'data.json');
  if (file === undefined) return '{}';
  checkObject(file, 'the data.json');
  return file.toString('utf8');
}

/** Read strictly first: `JSON.parse` and OPA take the last of two equal keys, others the first. */
function checkObject(bytes: Buffer, what: string): void {
  try {
    if (readJsonText(bytes) instanceof Map) return;
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new PolicyError('bundle-broken', `${what} of the bundle cannot be read: ${why}`, cause);
  }
  throw new PolicyError('bundle-broken', `${what} of the bundle is not a JSON object`);
}

function readWasm(files: readonly ArchiveFile[]): Buffer {
  const wasm = findFile(files, 'policy.wasm');
  if (wasm !== undefined) return wasm;
  const found = files.some(({ name }) => name.endsWith('.rego'))
    ? 'it holds Rego only'
    : 'it holds no Rego either';
  throw new PolicyError(
    'bundle-broken',
    `the bundle has no policy.wasm (${found}); build it with: opa build -t wasm -e regent/gateway/decision -b DIR`,
  );
}

function findFile(files: readonly ArchiveFile[], wanted: string): Buffer | undefined {
  return files.find(({ name }) => name === wanted)?.bytes;
}

/** Whatever the order of the archive. */
function digestOf(files: readonly ArchiveFile[]): string {
  const lines = files.map(
    ({ name, bytes }) => `${createHash('sha256').update(bytes).digest('hex')} ${name}\n`,
  );
  return createHash('sha256').update(lines.sort().join('')).digest('hex');
}
