// What transports need to know of a message, and where in its bytes it stands; the same for both directions.
import type { MessageHead } from '../../transport/transport.ts';
import type { JsonScanner } from './json-scanner.ts';
import { type Members, readMembers, type Span } from './read-members.ts';
import { OPEN_OBJECT, scanValue } from './scan-value.ts';

/** The values that change where several clients share a server: ids, tokens, and what refers to them. */
export interface MessagePlaces {
  readonly id: Span | null;
  /** The value that `progressTokenText` was read from. */
  readonly progressToken: Span | null;
  /** The value that `cancelsIdText` was read from. */
  readonly cancelsId: Span | null;
  /** The value that `subscriptionIdText` was read from: in `_meta` of params or result. */
  readonly subscriptionId: Span | null;
}

export interface ReadMessage extends MessageHead {
  readonly places: MessagePlaces;
}

export interface OpenedObject {
  readonly members: Members;
  /** Its `_meta`, where that is an object. */
  readonly meta: Members | null;
}

export const PROTOCOL_VERSION = 'io.modelcontextprotocol/protocolVersion';
const SUBSCRIPTION_ID = 'io.modelcontextprotocol/subscriptionId';

/** Passes the object at `position`; `readMember` passes each member but `_meta`, as in `readMembers`. */
export function openObject(
  scanner: JsonScanner,
  readMember: (scanner: JsonScanner, key: string) => void = scanValue,
): OpenedObject {
  let meta: Members | null = null;
  const members = readMembers(scanner, (_, key) => {
    if (key === '_meta' && scanner.bytes[scanner.position] === OPEN_OBJECT) meta = readMembers(scanner);
    else readMember(scanner, key);
  });
  return { members, meta };
}

export interface MessageSource {
  readonly bytes: Buffer;
  /** Of the message itself. */
  readonly members: Members;
  readonly method: string | null;
  readonly params: OpenedObject | null;
  readonly result: OpenedObject | null;
}

export function readHead({ bytes, members, method, params, result }: MessageSource): ReadMessage {
  const id = members.get('id') ?? null;
  const places = {
    id,
    progressToken: placeOfToken(method, params),
    cancelsId: method === 'notifications/cancelled' ? (params?.members.get('requestId') ?? null) : null,
    subscriptionId: (params ?? result)?.meta?.get(SUBSCRIPTION_ID) ?? null,
  };
  return {
    kind: method === null ? 'response' : id === null ? 'notification' : 'request',
    idText: textAt(bytes, id),
    method,
    progressTokenText: textAt(bytes, places.progressToken),
    cancelsIdText: textAt(bytes, places.cancelsId),
    subscriptionIdText: textAt(bytes, places.subscriptionId),
    isError: members.has('error'),
    isModern: params?.meta?.has(PROTOCOL_VERSION) ?? false,
    places,
  };
}

function placeOfToken(method: string | null, params: OpenedObject | null): Span | null {
  const holder = method === 'notifications/progress' ? params?.members : params?.meta;
  return holder?.get('progressToken') ?? null;
}

function textAt(bytes: Buffer, span: Span | null): string | null {
  return span === null ? null : bytes.toString('utf8', span.start, span.end);
}
