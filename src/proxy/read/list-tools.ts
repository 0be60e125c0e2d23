// Cuts tools out of a list and leaves every other byte as the server wrote it.
import { createScanner, enterContainer, hasNextItem, type JsonScanner } from './json-scanner.ts';
import { readMembers, readTextAt, type Span } from './read-members.ts';
import type { ServerMessage } from './read-server-line.ts';
import { replaceSpans } from './replace-spans.ts';
import { CLOSE_ARRAY, OPEN_OBJECT, scanValue } from './scan-value.ts';

const PRIVATE = '"private"';

interface Tool extends Span {
  readonly isKept: boolean;
}

export interface ListRules {
  readonly isListed: (name: string, tool: Span) => boolean;
  /** Another agent may see another list, although nothing was cut from this one. */
  readonly isPersonal?: boolean | undefined;
}

/**
 * `list` is an answer to `tools/list`, read before. A tool without a readable name goes too: nobody could judge a call of
 * it. What differs from agent to agent is marked private, for caches. Gives `line` itself where nothing changes.
 */
export function listTools(line: Buffer, list: ServerMessage, rules: ListRules): Buffer {
  const { tools, cacheScope } = list;
  if (tools === null) return line;
  const found = readTools(line, tools, rules.isListed);
  const cuts = cutSpans(found).map((span) => ({ ...span, text: '' }));
  const isPrivate = rules.isPersonal === true || cuts.length > 0;
  const scope =
    cacheScope === null || !isPrivate || line.toString('utf8', cacheScope.start, cacheScope.end) === PRIVATE
      ? []
      : [{ ...cacheScope, text: PRIVATE }];
  return replaceSpans(line, [...cuts, ...scope]);
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

function readTools(line: Buffer, tools: Span, isListed: (name: string, tool: Span) => boolean): Tool[] {
  const scanner = createScanner(line, Number.POSITIVE_INFINITY);
  scanner.position = tools.start;
  const found: Tool[] = [];
  for (let hasMore = enterContainer(scanner, CLOSE_ARRAY); hasMore; ) {
    const start = scanner.position;
    const name = readName(scanner);
    const span = { start, end: scanner.position };
    found.push({ ...span, isKept: name !== null && isListed(name, span) });
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
