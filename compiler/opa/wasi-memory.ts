// A program's linear memory as a WASI host sees it: little-endian numbers, texts, and vectors of byte ranges.

export interface WasiMemory {
  /** Must be called before the program starts. */
  attach(memory: WebAssembly.Memory): void;
  /** The bytes now; a view is void once the memory has grown. */
  bytes(): Buffer;
  writeNumber(address: number, value: number): void;
  /** Count and size of a list of texts, as `args_sizes_get` gives them. */
  writeSizes(countAddress: number, sizeAddress: number, texts: readonly Buffer[]): void;
  /** The texts one after the other at `address`, and where each stands at `pointers`. */
  writeTexts(pointers: number, address: number, texts: readonly Buffer[]): void;
  /** The byte ranges that `count` (address, length) pairs name. */
  vectors(address: number, count: number): Buffer[];
}

export function createWasiMemory(): WasiMemory {
  let attached: WebAssembly.Memory | null = null;
  const bytes = (): Buffer => Buffer.from((attached as WebAssembly.Memory).buffer);
  const writeNumber = (address: number, value: number): void => void bytes().writeUInt32LE(value, address);
  return {
    attach: (memory) => {
      attached = memory;
    },
    bytes,
    writeNumber,
    writeSizes: (countAddress, sizeAddress, texts) => {
      writeNumber(countAddress, texts.length);
      writeNumber(sizeAddress, Buffer.concat(texts).length);
    },
    writeTexts: (pointers, address, texts) => {
      let next = address;
      for (const [index, text] of texts.entries()) {
        writeNumber(pointers + index * 4, next);
        next += text.copy(bytes(), next);
      }
    },
    vectors: (address, count) => {
      const all = bytes();
      return Array.from({ length: count }, (_, index) => {
        const start = all.readUInt32LE(address + index * 8);
        return all.subarray(start, start + all.readUInt32LE(address + index * 8 + 4));
      });
    },
  };
}
