// The last bundle that was in force, kept on disk: what a sidecar starts with while the bundle server is down.
import { mkdir, open, readFile, rename, rm, stat } from 'node:fs/promises';
import path from 'node:path';

export interface BundleFile {
  readonly file: string;
  /** Null where none was kept. Rejects where it is no good. */
  read(): Promise<Buffer | null>;
  /** Whole or not at all. */
  keep(bytes: Buffer): Promise<void>;
}

/** `<folder>/bundles/<name>/bundle.tar.gz`, as OPA has it; for its owner only, since it decides calls. */
export function openBundleFile(folder: string, name: string, maxBytes: number): BundleFile {
  const file = path.join(folder, 'bundles', name, 'bundle.tar.gz');
  return {
    file,
    read: async () => {
      try {
        const { size, mode, uid } = await stat(file);
        if (size > maxBytes) throw new Error(`${file} is over ${maxBytes} bytes long`);
        // Whoever can write it decides what agents may do.
        if ((mode & 0o022) !== 0) throw new Error(`${file} can be written by others; run: chmod 600 ${file}`);
        if (![0, process.getuid?.() ?? uid].includes(uid))
          throw new Error(`${file} belongs to another user (${uid}), who can write it; remove it`);
        return await readFile(file);
      } catch (error) {
        if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return null;
        throw error;
      }
    },
    keep: async (bytes) => {
      await mkdir(path.dirname(file), { recursive: true, mode: 0o700 });
      const temporary = `${file}.${process.pid}.${Date.now()}`;
      try {
        await writeDurably(temporary, bytes);
        await rename(temporary, file);
      } catch (error) {
        await rm(temporary, { force: true });
        throw error;
      }
    },
  };
}

/** Renamed before its content is on disk, a file could be empty after a loss of power. */
async function writeDurably(file: string, bytes: Buffer): Promise<void> {
  const handle = await open(file, 'wx', 0o600);
  try {
    await handle.writeFile(bytes);
    await handle.sync();
  } finally {
    await handle.close();
  }
}
