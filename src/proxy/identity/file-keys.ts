// The issuer's keys from a file that may change: read again when it has, and the last good ones go on meanwhile.
import { readFile, stat } from 'node:fs/promises';
import { createLocalJWKSet, type JSONWebKeySet } from 'jose';
import { explainKeysFault, type IssuerKeys, isFaultOfToken } from './issuer-keys.ts';

type KeySet = ReturnType<typeof createLocalJWKSet>;

/** `report` is told once of each fault while known keys go on. */
export function fileKeys(file: string, report: (fault: string) => void): IssuerKeys {
  const readLatest = createReader(file);
  let good: KeySet | null = null;
  let told = '';
  const current = async (): Promise<KeySet> => {
    try {
      good = await readLatest();
      told = '';
      return good;
    } catch (error) {
      const fault = explainKeysFault(file, error);
      if (good === null) throw fault;
      if (told !== fault.message) report(fault.message);
      told = fault.message;
      return good;
    }
  };
  return async (header, token) => {
    const keys = await current();
    try {
      return await keys(header, token);
    } catch (error) {
      throw isFaultOfToken(error) ? error : explainKeysFault(file, error);
    }
  };
}

/** Reads each version of the file once, unless that failed: another reading may not. */
function createReader(file: string): () => Promise<KeySet> {
  let read: { readonly version: string; readonly keys: Promise<KeySet> } | null = null;
  return async () => {
    const { ino, size, ctimeMs } = await stat(file);
    const version = `${ino} ${size} ${ctimeMs}`;
    if (read?.version !== version) read = { version, keys: readSet(file) };
    const started = read;
    try {
      return await started.keys;
    } catch (error) {
      if (read === started) read = null;
      throw error;
    }
  };
}

async function readSet(file: string): Promise<KeySet> {
  return createLocalJWKSet(JSON.parse(await readFile(file, 'utf8')) as JSONWebKeySet);
}
