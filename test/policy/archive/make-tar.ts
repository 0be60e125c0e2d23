// Makes tar archives byte by byte, so that a test can say exactly what is wrong with one.
import { gzipSync } from 'node:zlib';

const BLOCK = 512;

export interface Entry {
  readonly name: string | Buffer;
  readonly content?: string | Buffer;
  /** `0` by default. */
  readonly type?: string;
  /** Texts that stand at these places of the header instead of the right ones; the checksum is made to fit. */
  readonly fields?: ReadonlyArray<readonly [at: number, text: string]>;
  readonly checksum?: string;
}

export function makeEntry({ name, content = '', type = '0', fields = [], checksum }: Entry): Buffer {
  const bytes = Buffer.from(content as string);
  const block = Buffer.alloc(BLOCK);
  Buffer.from(name as string).copy(block, 0, 0, 100);
  block.write('0000600\0', 100);
  block.write(`${bytes.length.toString(8).padStart(11, '0')}\0`, 124);
  block.write(type, 156, 'latin1');
  block.write('ustar\u000000', 257);
  for (const [at, text] of fields) block.write(text, at, 'latin1');
  block.write(' '.repeat(8), 148);
  const sum = block.reduce((total, byte) => total + byte, 0);
  block.write(checksum ?? `${sum.toString(8).padStart(6, '0')}\0 `, 148);
  return Buffer.concat([block, bytes, Buffer.alloc((BLOCK - (bytes.length % BLOCK)) % BLOCK)]);
}

export const END = Buffer.alloc(2 * BLOCK);

export function makeTar(entries: readonly Entry[]): Buffer {
  return Buffer.concat([...entries.map(makeEntry), END]);
}

export function makeBundle(entries: readonly Entry[]): Buffer {
  return gzipSync(makeTar(entries));
}

/** `27 path=regent/x.rego\n`, with its own length in front. */
export function paxRecord(key: string, value: string): string {
  const rest = ` ${key}=${value}\n`;
  const length =
    [1, 2, 3, 4].find((digits) => String(Buffer.byteLength(rest) + digits).length === digits) ?? 0;
  return `${Buffer.byteLength(rest) + length}${rest}`;
}
