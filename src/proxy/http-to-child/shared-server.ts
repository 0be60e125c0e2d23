// One child for all clients of protocol 2026-07-28, which knows no sessions: ids and tokens are made unique on the way in,
// and put back on the way out, so that every answer finds the exchange that asked, and no other.
import type { CutLine, ServerExit, ServerPeer } from '../../transport/transport.ts';
import { errorMessage, INTERNAL_ERROR } from '../json-rpc.ts';
import { findCutId } from '../read/find-cut-id.ts';
import { idKey } from '../read/id-key.ts';
import type { MessagePlaces } from '../read/message-head.ts';
import type { Span } from '../read/read-members.ts';
import { type MessageParts, readMessage } from '../read/read-message.ts';
import { readServerLine, type ServerMessage } from '../read/read-server-line.ts';
import { type Replacement, replaceSpans } from '../read/replace-spans.ts';
import { OVERSIZE } from '../server-messages.ts';
import type { Gate } from '../session.ts';
import { type PacedServer, paceServer } from './paced-server.ts';
import { type Connection, connectTo } from './shared-connection.ts';

export interface SharedServer {
  /** The server as one exchange sees it. Stopping it cancels what the exchange still waits for. */
  connect(): ServerPeer;
  readonly room: PacedServer['room'];
  readonly exited: Promise<ServerExit>;
  stop(): Promise<void>;
}

/** A request under way; the child knows it by a number of its own. */
interface Entry {
  readonly idText: string;
  readonly tokenText: string | null;
  readonly connection: Connection;
}

interface Shared {
  readonly server: ServerPeer;
  readonly log: Gate['log'];
  readonly entries: Map<number, Entry>;
  lastId: number;
}

export function shareServer(child: ServerPeer, log: Gate['log']): SharedServer {
  const server = paceServer(child);
  const shared: Shared = { server, log, entries: new Map(), lastId: 0 };
  server.onOversize((cut) => loseOversize(shared, cut));
  server.onLine((line) => receive(shared, line));
  return {
    room: server.room,
    exited: server.exited,
    stop: () => server.stop(),
    connect: () =>
      connectTo(server, {
        send: (line, connection) => send(shared, line, connection),
        cancel: (connection) => cancelAll(shared, connection),
      }),
  };
}

function receive(shared: Shared, line: Buffer): void {
  const { entries, log } = shared;
  const reading = readServerLine(line);
  if (reading.kind === 'unclear') loseUnclear(shared, reading.parsed);
  const [message, ...more] = reading.kind === 'messages' ? reading.messages : [];
  if (message === undefined || more.length > 0) {
    log.warn({ line: line.toString('utf8', 0, 500) }, 'the server sent a line that is not one message');
    return;
  }
  const owner = ownerOf(entries, message);
  if (owner === null) {
    log.warn({ method: message.method }, 'a message of the server belongs to no request: it was dropped');
    return;
  }
  const [id, entry] = owner;
  if (message.kind === 'response') {
    entries.delete(id);
    entry.connection.requests.delete(id);
  }
  entry.connection.deliver(replaceSpans(line, restored(message, entry)));
}

/** Nobody can say for sure what stands in it, nor put the client's id back; but who asked must not wait for ever. */
function loseUnclear({ entries }: Shared, parsed: object): void {
  const idText = 'id' in parsed && !('method' in parsed) ? JSON.stringify(parsed.id) : null;
  answerInstead(
    entries,
    idText,
    'Regent withheld the answer of the server: it can be read in more ways than one.',
  );
}

function loseOversize({ entries, log }: Shared, cut: CutLine): void {
  log.error('the server sent a message over the size limit; it was dropped');
  const found = findCutId(cut);
  if (found?.kind === 'response') answerInstead(entries, found.idText, OVERSIZE);
}

function answerInstead(entries: Shared['entries'], idText: string | null, message: string): void {
  const owner = findEntry(entries, idText);
  if (owner === null) return;
  const [id, entry] = owner;
  entries.delete(id);
  entry.connection.requests.delete(id);
  entry.connection.deliver(Buffer.from(errorMessage(entry.idText, { code: INTERNAL_ERROR, message })));
}

type Owner = readonly [id: number, entry: Entry];

function ownerOf(entries: Shared['entries'], message: ServerMessage): Owner | null {
  const { kind, idText, subscriptionIdText, progressTokenText } = message;
  if (kind === 'response') return findEntry(entries, idText);
  const named = findEntry(entries, subscriptionIdText) ?? findEntry(entries, progressTokenText);
  if (named !== null || subscriptionIdText !== null || progressTokenText !== null) return named;
  // What names no request can only be told where there is one: another user must never see it.
  const [only, ...others] = entries;
  return kind === 'notification' && others.length === 0 ? (only ?? null) : null;
}

function findEntry(entries: Shared['entries'], idText: string | null): Owner | null {
  const id = Number(idText ?? Number.NaN);
  const entry = Number.isSafeInteger(id) ? entries.get(id) : undefined;
  return entry === undefined ? null : [id, entry];
}

/** The client's own id and token, wherever the server names them. */
function restored({ places, kind, method }: ServerMessage, { idText, tokenText }: Entry): Replacement[] {
  const texts: ReadonlyArray<readonly [keyof MessagePlaces, string | null]> = [
    ['id', kind === 'response' ? idText : null],
    ['subscriptionId', idText],
    ['progressToken', method === 'notifications/progress' ? tokenText : null],
  ];
  return texts.flatMap(([place, text]) => (text === null ? [] : replaced(places[place], text)));
}

function send(shared: Shared, line: Buffer, connection: Connection): boolean {
  const reading = readMessage(line);
  const [message] = reading.ok ? reading.messages : [];
  if (message === undefined) return true;
  const replacements =
    message.cancelsIdText === null
      ? made(shared, message, connection)
      : mapped(shared, message, connection, message.cancelsIdText);
  return replacements === null ? true : shared.server.write(replaceSpans(line, replacements), null);
}

/** A number of its own for a request and its progress. */
function made(shared: Shared, message: MessageParts, connection: Connection): Replacement[] {
  const { kind, idText, progressTokenText, places } = message;
  if (kind !== 'request' || idText === null) return [];
  shared.lastId += 1;
  const id = shared.lastId;
  shared.entries.set(id, { idText, tokenText: progressTokenText, connection });
  connection.requests.add(id);
  return [...replaced(places.id, String(id)), ...replaced(places.progressToken, String(id))];
}

/** The number of the request that a message cancels; null where it is none of this connection's. */
function mapped(
  { entries }: Shared,
  { places }: MessageParts,
  { requests }: Connection,
  cancelsIdText: string,
): Replacement[] | null {
  const key = idKey(cancelsIdText);
  const id = [...requests].find((own) => idKey(entries.get(own)?.idText ?? 'null') === key);
  return id === undefined ? null : replaced(places.cancelsId, String(id));
}

function replaced(span: Span | null, text: string): Replacement[] {
  return span === null ? [] : [{ ...span, text }];
}

function cancelAll({ server, entries }: Shared, { requests }: Connection): void {
  for (const id of requests) {
    entries.delete(id);
    const params = `{"requestId":${id},"reason":"the client closed its stream"}`;
    const line = `{"jsonrpc":"2.0","method":"notifications/cancelled","params":${params}}`;
    server.write(Buffer.from(line), null);
  }
  requests.clear();
}
