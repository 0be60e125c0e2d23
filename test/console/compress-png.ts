// Makes a browser's PNG smaller: a palette of the colours that it uses most, which a page of text hardly exceeds.
import { deflateSync, inflateSync } from 'node:zlib';
import { readChunks, writeChunk } from './png-chunks.ts';

const SIGNATURE_BYTES = 8;
const COLOURS_MAX = 256;
const RGB = 2;
const RGBA = 6;
const PALETTE = 3;

/** Of 8 bits a channel, not interlaced; transparency is dropped. */
export function compressPng(png: Buffer): Buffer {
  const chunks = readChunks(png);
  const head = Buffer.from(chunks.find(({ type }) => type === 'IHDR')?.data ?? []);
  const [width, kind] = [head.readUInt32BE(0), head[9]];
  if (head[8] !== 8 || (kind !== RGB && kind !== RGBA)) throw new Error('it is no PNG of a browser');
  const channels = kind === RGB ? 3 : 4;
  const packed = chunks.filter(({ type }) => type === 'IDAT').map(({ data }) => data);
  const pixels = unfilter(inflateSync(Buffer.concat(packed)), width * channels, channels);
  const { palette, rows } = paint(pixels, width, channels);
  head[9] = PALETTE;
  const written = [
    { type: 'IHDR', data: head },
    { type: 'PLTE', data: palette },
    { type: 'IDAT', data: deflateSync(rows, { level: 9 }) },
    { type: 'IEND', data: Buffer.alloc(0) },
  ];
  return Buffer.concat([png.subarray(0, SIGNATURE_BYTES), ...written.map(writeChunk)]);
}

/** Each row begins with the name of its filter: a byte is told by those to its left and above. */
function unfilter(rows: Buffer, rowBytes: number, channels: number): Buffer {
  const height = rows.length / (rowBytes + 1);
  const pixels = Buffer.alloc(height * rowBytes);
  for (let y = 0; y < height; y += 1) {
    const filter = rows[y * (rowBytes + 1)];
    for (let x = 0; x < rowBytes; x += 1) {
      const at = y * rowBytes + x;
      const left = x < channels ? 0 : (pixels[at - channels] ?? 0);
      const above = y === 0 ? 0 : (pixels[at - rowBytes] ?? 0);
      const corner = y === 0 || x < channels ? 0 : (pixels[at - rowBytes - channels] ?? 0);
      const told = [0, left, above, (left + above) >> 1, paeth(left, above, corner)][filter ?? 0] ?? 0;
      pixels[at] = (rows[y * (rowBytes + 1) + 1 + x] ?? 0) + told;
    }
  }
  return pixels;
}

/** The PNG specification, 9.4. */
function paeth(left: number, above: number, corner: number): number {
  const [a, b, c] = [above - corner, left - corner, left + above - 2 * corner].map(Math.abs) as [
    number,
    number,
    number,
  ];
  return a <= b && a <= c ? left : b <= c ? above : corner;
}

/** Rows of places in the palette, unfiltered. */
function paint(pixels: Buffer, width: number, channels: number): { palette: Buffer; rows: Buffer } {
  const count = pixels.length / channels;
  const colours = Uint32Array.from({ length: count }, (_, index) => pixels.readUIntBE(index * channels, 3));
  const uses = new Map<number, number>();
  for (const colour of colours) uses.set(colour, (uses.get(colour) ?? 0) + 1);
  const most = [...uses].sort(([, one], [, other]) => other - one).slice(0, COLOURS_MAX);
  const known = most.map(([colour]) => colour);
  const places = new Map([...uses.keys()].map((colour) => [colour, nearest(known, colour)]));
  const rows = Buffer.alloc((count / width) * (width + 1));
  colours.forEach((colour, index) => {
    rows[Math.floor(index / width) * (width + 1) + 1 + (index % width)] = places.get(colour) ?? 0;
  });
  const palette = Buffer.alloc(known.length * 3);
  known.forEach((colour, index) => void palette.writeUIntBE(colour, index * 3, 3));
  return { palette, rows };
}

function nearest(known: readonly number[], colour: number): number {
  const distance = (other: number): number =>
    [16, 8, 0].reduce((sum, shift) => sum + (((colour >> shift) & 255) - ((other >> shift) & 255)) ** 2, 0);
  const distances = known.map(distance);
  return distances.indexOf(Math.min(...distances));
}
