// Secrets in files: read once, at the start, and only where nobody else can read them.
import { readFileSync, statSync } from 'node:fs';
import { whyUnreadable } from '../why-unreadable.ts';
import type { Read } from './read-setting.ts';

const TOKEN_MIN = 16;

/** The file's text without a line break at its end. */
export function readSecretFile(file: string): Read<string> {
  try {
    const { mode } = statSync(file);
    if ((mode & 0o077) !== 0) return { problem: `can be read by others; run: chmod 600 ${file}` };
    const value = readFileSync(file, 'utf8').replace(/\r?\n$/, '');
    return value === '' ? { problem: 'is empty' } : { value };
  } catch (error) {
    return { problem: `cannot be read: ${whyUnreadable(error)}` };
  }
}

/** A bearer token of at least 16 characters. */
export function readTokenFile(file: string): Read<string> {
  const read = readSecretFile(file);
  if ('problem' in read) return read;
  const token = read.value.trim();
  if (token.length < TOKEN_MIN || !/^[\w.~+/=-]+$/.test(token)) {
    return {
      problem: `must hold a bearer token of at least ${TOKEN_MIN} characters; run: openssl rand -hex 32`,
    };
  }
  return { value: token };
}
