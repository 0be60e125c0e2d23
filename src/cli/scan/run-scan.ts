// `regent scan`: asks a server for its tools and writes a policy to start from.
import { existsSync, writeFileSync } from 'node:fs';
import { printOut } from '../print-out.ts';
import type { ServerOptions } from '../settings/sidecar-options.ts';
import { serverNameFrom } from './policy-names.ts';
import { renderScannedPolicy } from './render-policy.ts';
import { ScanError } from './scan-error.ts';
import { scanServer } from './scan-server.ts';

export interface ScanOptions {
  /** The policy file; null: stdout. */
  readonly out: string | null;
  /** Replace the file where it exists. */
  readonly force: boolean;
  readonly server: ServerOptions;
}

export async function runScan({ out, force, server: source }: ScanOptions): Promise<void> {
  // Told again by the write, where somebody makes it meanwhile: a server may take long to start.
  if (out !== null && !force && existsSync(out)) throw fileExists(out);
  const server = await scanServer(source);
  const text = renderScannedPolicy(serverNameFrom(server.name), server);
  if (out === null) {
    printOut(text);
    return;
  }
  writePolicy(out, text, force);
  const count = server.tools.length === 1 ? '1 tool' : `${server.tools.length} tools`;
  process.stderr.write(`Wrote ${out}: ${count}. Read it, then check it with: regent validate -c ${out}\n`);
}

function writePolicy(file: string, text: string, force: boolean): void {
  try {
    writeFileSync(file, text, { flag: force ? 'w' : 'wx' });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') throw fileExists(file, error);
    throw new ScanError('not-written', `${file} cannot be written: ${(error as Error).message}`, error);
  }
}

function fileExists(file: string, cause: unknown = null): ScanError {
  return new ScanError('file-exists', `${file} exists already; replace it with --force`, cause);
}
