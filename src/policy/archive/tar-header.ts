// One header block of a tar archive (POSIX ustar; GNU's differs in what stands behind the magic).
import { PolicyError } from '../policy-error.ts';

export const BLOCK = 512;

export interface TarHeader {
  readonly name: Buffer;
  readonly size: number;
  /** `0` a file, `5` a folder, `x` `g` `L` `K` more about the next entry. */
  readonly type: string;
}

/** Throws `PolicyError('bundle-broken')`. */
export function readTarHeader(block: Buffer): TarHeader {
  if (readOctal(block, 148, 8) !== checksum(block)) throw damaged('its checksum is wrong');
  const type = block[156] === 0 ? '0' : String.fromCharCode(block[156] ?? 0);
  return { name: readName(block), size: readOctal(block, 124, 12), type };
}

function readName(block: Buffer): Buffer {
  const name = untilNul(block.subarray(0, 100));
  const isPosix = block.toString('latin1', 257, 263) === 'ustar\0';
  const prefix = isPosix ? untilNul(block.subarray(345, 500)) : Buffer.alloc(0);
  return prefix.length === 0 ? name : Buffer.concat([prefix, Buffer.from('/'), name]);
}

export function untilNul(field: Buffer): Buffer {
  const end = field.indexOf(0);
  return end < 0 ? field : field.subarray(0, end);
}

/** Other readers take what is no octal number for other numbers, such as GNU's base 256: they would see other files. */
function readOctal(block: Buffer, start: number, length: number): number {
  const text = block.toString('latin1', start, start + length);
  const [, digits] = /^ *([0-7]+)[ \0]*$/.exec(text) ?? [];
  if (digits === undefined) throw damaged('a number in it is not octal');
  return Number.parseInt(digits, 8);
}

/** The header's bytes added up, its own checksum field counted as spaces. */
function checksum(block: Buffer): number {
  let sum = 0;
  for (let index = 0; index < BLOCK; index += 1) {
    sum += index >= 148 && index < 156 ? 0x20 : (block[index] ?? 0);
  }
  return sum;
}

export function damaged(how: string): PolicyError {
  return new PolicyError('bundle-broken', `the bundle has a damaged entry: ${how}; compile it again`);
}
