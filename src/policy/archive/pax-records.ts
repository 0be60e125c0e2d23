// What an extended header (pax, POSIX.1-2001) says of the entry after it: `27 path=regent/x.rego\n`.
import { damaged } from './tar-header.ts';

/** The name that it gives, or null where it gives none. Throws `PolicyError('bundle-broken')`. */
export function readPaxName(records: Buffer): Buffer | null {
  let name: Buffer | null = null;
  let offset = 0;
  while (offset < records.length) {
    const space = records.indexOf(0x20, offset);
    const digits = records.toString('latin1', offset, space);
    const end = offset + Number(digits);
    if (space < 0 || !/^[1-9]\d{0,6}$/.test(digits) || end > records.length || records[end - 1] !== 0x0a)
      throw damaged('a record of its extended header cannot be read');
    const record = records.subarray(space + 1, end - 1);
    const equals = record.indexOf(0x3d);
    if (equals < 1) throw damaged('a record of its extended header has no name');
    const key = record.toString('latin1', 0, equals);
    if (key === 'path') name = Buffer.from(record.subarray(equals + 1));
    else refuseContent(key);
    offset = end;
  }
  return name;
}

/** Times, owners and comments change nothing. What says how long a file is, or where its holes are, does. */
function refuseContent(key: string): void {
  if (key === 'size' || key === 'hdrcharset' || key.startsWith('GNU.sparse.'))
    throw damaged(`its extended header says ${JSON.stringify(key)}`);
}
