// Cuts tools out of a list and leaves every other byte as the server wrote it.
import { createScanner, type JsonScanner, scanArray, scanValue } from './json-scanner.ts';
import { readMembers, readTextAt, type Span } from './raw-message.ts';

/** `tools` is the array of a list. A tool without a readable name goes too: nobody could judge a call of it. */
export function filterTools(line: Buffer, tools: Span, isListed: (name: string) => boolean): Buffer {
  const kept = toolSpans(line, tools).filter(({ name }) => name !== null && isListed(name));
  const parts = kept.flatMap(({ start, end }, index) => [
    Buffer.from(index === 0 ? '' : ','),
    line.subarray(start, end),
  ]);
  return Buffer.concat([
    line.subarray(0, tools.start),
    Buffer.from('['),
    ...parts,
    Buffer.from(']'),
    line.subarray(tools.end),
  ]);
}

function toolSpans(line: Buffer, tools: Span): Array<Span & { readonly name: string | null }> {
  const scanner = createScanner(line, Number.POSITIVE_INFINITY);
  scanner.position = tools.start;
  const spans: Array<Span & { readonly name: string | null }> = [];
  scanArray(scanner, 0, (_, depth) => {
    const start = scanner.position;
    const name = line[start] === 0x7b ? readMembers(scanner, depth).get('name') : passValue(scanner, depth);
    spans.push({ start, end: scanner.position, name: name === undefined ? null : readTextAt(line, name) });
  });
  return spans;
}

function passValue(scanner: JsonScanner, depth: number): undefined {
  scanValue(scanner, depth);
}
