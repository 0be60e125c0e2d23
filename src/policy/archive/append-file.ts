// Adds a file to the end of a tar archive, as OPA's own writer does.
import { BLOCK } from './tar-header.ts';

/** `tar` ends with its two blocks of zeros and nothing more, as those that OPA writes. */
export function appendFile(tar: Buffer, name: string, content: Buffer): Buffer {
  const padding = Buffer.alloc((BLOCK - (content.length % BLOCK)) % BLOCK);
  return Buffer.concat([
    tar.subarray(0, tar.length - 2 * BLOCK),
    printHeader(name, content.length),
    content,
    padding,
    Buffer.alloc(2 * BLOCK),
  ]);
}

/** No owner and no time: equal files give equal bytes. */
function printHeader(name: string, size: number): Buffer {
  const block = Buffer.alloc(BLOCK);
  const put = (text: string, at: number): number => block.write(text, at, 'latin1');
  put(name, 0);
  put('0000600\0', 100);
  put('0000000\0'.repeat(2), 108);
  put(`${size.toString(8).padStart(11, '0')}\0`, 124);
  put(`${'0'.repeat(11)}\0`, 136);
  put(' '.repeat(8), 148);
  put('0', 156);
  put('ustar\u000000', 257);
  const sum = block.reduce((total, byte) => total + byte, 0);
  put(`${sum.toString(8).padStart(6, '0')}\0 `, 148);
  return block;
}
