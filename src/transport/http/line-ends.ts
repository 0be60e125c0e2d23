// Where the lines of an event stream end: at LF, CR or CRLF.

export interface LineEnd {
  readonly at: number;
  /** Where the next line starts. */
  readonly next: number;
}

const LF = 0x0a;
const CR = 0x0d;

/**
 * The end of the line that starts at `start`; null where it has none. To be asked in the order of the lines: what was
 * found stays known, so that bytes without any CR are searched for it once.
 */
export function createLineEnds(bytes: Buffer): (start: number) => LineEnd | null {
  const find = (byte: number, start: number): number => {
    const at = bytes.indexOf(byte, start);
    return at < 0 ? bytes.length : at;
  };
  let lf = -1;
  let cr = -1;
  return (start) => {
    if (lf < start) lf = find(LF, start);
    if (cr < start) cr = find(CR, start);
    if (lf === cr) return null;
    if (lf < cr) return { at: lf, next: lf + 1 };
    return { at: cr, next: lf === cr + 1 ? cr + 2 : cr + 1 };
  };
}

/** Each line without its end. */
export function* linesOf(bytes: Buffer): Generator<Buffer> {
  const lineEnd = createLineEnds(bytes);
  let start = 0;
  for (let end = lineEnd(start); end !== null; end = lineEnd(start)) {
    yield bytes.subarray(start, end.at);
    start = end.next;
  }
  yield bytes.subarray(start);
}
