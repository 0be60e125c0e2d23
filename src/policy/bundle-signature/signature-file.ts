// `.signatures.json` and the token in it: what it claims. Nothing here is verified.
import { decodeProtectedHeader } from 'jose';
import { readJsonText } from '../arguments/json-text.ts';
import { notAccepted } from './signature-error.ts';

export interface SignedFile {
  readonly name: string;
  /** Hexadecimal. */
  readonly hash: string;
  /** `SHA-256` and the like. */
  readonly algorithm: string;
}

export interface SignatureClaims {
  readonly files: readonly SignedFile[];
  readonly keyid: string;
  readonly scope: string;
}

export interface ClaimedSignature {
  readonly token: string;
  /** Of the token's header; empty where it names none. */
  readonly algorithm: string;
  readonly kid: string;
}

/** Exactly one token, made by OPA's own signer. Throws `PolicyError('bundle-signature')`. */
export function readSignatureFile(bytes: Buffer): ClaimedSignature {
  const { signatures, plugin } = readJson(bytes, '.signatures.json');
  if (plugin !== undefined && plugin !== '' && plugin !== '_default')
    throw notAccepted(`it was made by the plugin ${JSON.stringify(plugin)}, which Regent does not have`);
  const [token, ...others] = Array.isArray(signatures) ? (signatures as unknown[]) : [];
  if (typeof token !== 'string' || others.length > 0)
    throw notAccepted('.signatures.json must hold exactly one signature');
  try {
    const { alg = '', kid = '' } = decodeProtectedHeader(token);
    return { token, algorithm: textOf(alg, 'alg'), kid: textOf(kid, 'kid') };
  } catch (cause) {
    throw notAccepted('it is no JSON Web Token', cause);
  }
}

/** `payload` is the middle of the token, decoded. Throws `PolicyError('bundle-signature')`. */
export function readSignatureClaims(payload: Uint8Array): SignatureClaims {
  const { files, keyid = '', scope = '' } = readJson(payload, 'its content');
  if (!Array.isArray(files)) throw notAccepted('it lists no files');
  return { files: files.map(readSignedFile), keyid: textOf(keyid, 'keyid'), scope: textOf(scope, 'scope') };
}

export function payloadOf(token: string): Buffer {
  return Buffer.from(token.split('.')[1] ?? '', 'base64url');
}

function readSignedFile(entry: unknown): SignedFile {
  const { name, hash, algorithm } = (entry ?? {}) as Record<string, unknown>;
  return {
    name: textOf(name, 'files.name'),
    hash: textOf(hash, 'files.hash'),
    algorithm: textOf(algorithm, 'files.algorithm'),
  };
}

function readJson(bytes: Uint8Array, what: string): Record<string, unknown> {
  try {
    // Strictly first: of two equal keys another reader may take the other one.
    if (!(readJsonText(bytes) instanceof Map)) throw new Error('it is no object');
    return JSON.parse(Buffer.from(bytes).toString('utf8')) as Record<string, unknown>;
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw notAccepted(`${what} is not JSON that can be read (${why})`, cause);
  }
}

function textOf(value: unknown, what: string): string {
  if (typeof value !== 'string') throw notAccepted(`${what} in it is no text`);
  return value;
}
