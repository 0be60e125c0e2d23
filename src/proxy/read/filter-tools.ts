// Cuts tools out of a list and leaves every other byte as the server wrote it.
import { createScanner, enterContainer, hasNextItem, type JsonScanner } from './json-scanner.ts';
import { readMembers, readTextAt, type Span } from './read-members.ts';
import { CLOSE_ARRAY, OPEN_OBJECT, scanValue } from './scan-value.ts';

interface Tool extends Span {
  readonly isKept: boolean;
}

/**
 * `tools` is the array of a list, in a line that was scanned before. A tool without a readable name goes too: nobody
 * could judge a call of it. Gives `line` itself where nothing goes.
 */
export function filterTools(line: Buffer, tools: Span, isListed: (name: string) => boolean): Buffer {
  const found = readTools(line, tools, isListed);
  if (found.every(({ isKept }) => isKept)) return line;
  const parts: Buffer[] = [];
  let copied = 0;
  for (const cut of cutSpans(found)) {
    parts.push(line.subarray(copied, cut.start));
    copied = cut.end;
  }
  return Buffer.concat([...parts, line.subarray(copied)]);
}

/** Each tool goes with one comma: the one before it, or after it where no kept tool is before. */
function cutSpans(tools: readonly Tool[]): Span[] {
  let hasKept = false;
  return tools.flatMap(({ start, end, isKept }, index) => {
    hasKept ||= isKept;
    if (isKept) return [];
    const before = tools[index - 1];
    const after = tools[index + 1];
    if (hasKept && before !== undefined) return [{ start: before.end, end }];
    return [{ start, end: after?.start ?? end }];
  });
}

function readTools(line: Buffer, tools: Span, isListed: (name: string) => boolean): Tool[] {
  const scanner = createScanner(line, Number.POSITIVE_INFINITY);
  scanner.position = tools.start;
  const found: Tool[] = [];
  for (let hasMore = enterContainer(scanner, CLOSE_ARRAY); hasMore; ) {
    const start = scanner.position;
    const name = readName(scanner);
    found.push({ start, end: scanner.position, isKept: name !== null && isListed(name) });
    hasMore = hasNextItem(scanner, CLOSE_ARRAY);
  }
  return found;
}

function readName(scanner: JsonScanner): string | null {
  if (scanner.bytes[scanner.position] === OPEN_OBJECT) {
    return readTextAt(scanner.bytes, readMembers(scanner).get('name'));
  }
  scanValue(scanner);
  return null;
}
