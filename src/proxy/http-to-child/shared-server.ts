// One child for all clients of protocol 2026-07-28, which knows no sessions: ids and tokens are made unique on the way in,
// and put back on the way out, so that every answer finds the exchange that asked, and no other.
import type { ServerExit, ServerPeer } from '../../transport/transport.ts';
import { idKey } from '../read/id-key.ts';
import type { MessagePlaces } from '../read/message-head.ts';
import type { Span } from '../read/read-members.ts';
import { readMessage } from '../read/read-message.ts';
import { readServerLine, type ServerMessage } from '../read/read-server-line.ts';
import { type Replacement, replaceSpans } from '../read/replace-spans.ts';
import type { Gate } from '../session.ts';

export interface SharedServer {
  /** The server as one exchange sees it. Stopping it cancels what the exchange still waits for. */
  connect(): ServerPeer;
  readonly exited: Promise<ServerExit>;
  stop(): Promise<void>;
}

/** A request under way. */
interface Entry {
  readonly idText: string;
  readonly tokenText: string | null;
  readonly connection: Connection;
}

interface Connection {
  readonly deliver: (line: Buffer) => void;
  readonly entries: Set<number>;
}

export function shareServer(server: ServerPeer, log: Gate['log']): SharedServer {
  const entries = new Map<number, Entry>();
  let lastId = 0;

  const find = (idText: string | null): readonly [id: number, entry: Entry] | null => {
    const id = Number(idText);
    const entry = Number.isSafeInteger(id) ? entries.get(id) : undefined;
    return entry === undefined ? null : [id, entry];
  };
  const receive = (line: Buffer): void => {
    const reading = readServerLine(line);
    const [message, ...more] = reading.kind === 'messages' ? reading.messages : [];
    if (message === undefined || more.length > 0) {
      log.warn({ line: line.toString('utf8', 0, 500) }, 'the server sent a line that is not one message');
      return;
    }
    const owner = ownerOf(message);
    if (owner === null) {
      log.warn({ method: message.method }, 'a message of the server belongs to no request: it was dropped');
      return;
    }
    const [id, entry] = owner;
    if (message.kind === 'response') forget(id, entry);
    entry.connection.deliver(replaceSpans(line, restored(message, entry)));
  };
  const ownerOf = (message: ServerMessage) => {
    if (message.kind === 'response') return find(message.idText);
    const named = find(message.subscriptionIdText) ?? find(message.progressTokenText);
    // What names no request can only be told where there is one: another user must never see it.
    const [only, ...others] = entries;
    const isAlone = only !== undefined && others.length === 0 && message.kind === 'notification';
    const namesNone = message.subscriptionIdText === null && message.progressTokenText === null;
    return named ?? (isAlone && namesNone ? only : null);
  };
  const forget = (id: number, { connection }: Entry): void => {
    entries.delete(id);
    connection.entries.delete(id);
  };
  const send = (line: Buffer, connection: Connection): boolean => {
    const reading = readMessage(line);
    const [message] = reading.ok ? reading.messages : [];
    if (message === undefined) return true;
    const { places, idText, progressTokenText, cancelsIdText } = message;
    const replacements: Replacement[] = [];
    if (message.kind === 'request' && idText !== null) {
      lastId += 1;
      entries.set(lastId, { idText, tokenText: progressTokenText, connection });
      connection.entries.add(lastId);
      replacements.push(...replaced(places.id, lastId), ...replaced(places.progressToken, lastId));
    }
    if (cancelsIdText !== null) {
      const key = idKey(cancelsIdText);
      const id = [...connection.entries].find((own) => idKey(entries.get(own)?.idText ?? '') === key);
      if (id === undefined) return true;
      replacements.push(...replaced(places.cancelsId, id));
    }
    return server.write(replaceSpans(line, replacements), null);
  };
  server.onOversize(() => log.error('the server sent a message over the size limit; it was dropped'));
  server.onLine(receive);

  return {
    exited: server.exited,
    stop: () => server.stop(),
    connect: () =>
      connectTo(server, {
        send,
        cancel: (connection) => {
          for (const id of connection.entries) {
            entries.delete(id);
            server.write(Buffer.from(cancellation(id)), null);
          }
          connection.entries.clear();
        },
      }),
  };
}

interface SharedParts {
  readonly send: (line: Buffer, connection: Connection) => boolean;
  readonly cancel: (connection: Connection) => void;
}

function connectTo(server: ServerPeer, { send, cancel }: SharedParts): ServerPeer {
  let deliver = (_line: Buffer): void => {};
  let isStopped = false;
  const connection: Connection = { deliver: (line) => deliver(line), entries: new Set() };
  const stopped = deferred<ServerExit>();
  return {
    onLine: (handler) => {
      deliver = handler;
    },
    onOversize: () => {},
    onEnd: () => {},
    onDrain: () => {},
    onLost: () => {},
    pause: () => {},
    resume: () => {},
    write: (line) => (isStopped ? true : send(line, connection)),
    isAlive: () => !isStopped && server.isAlive(),
    exited: Promise.race([server.exited, stopped.promise]),
    stop: async () => {
      if (!isStopped) cancel(connection);
      isStopped = true;
      stopped.resolve({ code: 0, signal: null });
    },
  };
}

function deferred<T>() {
  let resolve = (_value: T): void => {};
  const promise = new Promise<T>((settle) => {
    resolve = settle;
  });
  return { promise, resolve };
}

function replaced(span: Span | null, id: number): Replacement[] {
  return span === null ? [] : [{ ...span, text: String(id) }];
}

/** The client's own id and token, wherever the server names them. */
function restored({ places, kind, method }: ServerMessage, { idText, tokenText }: Entry): Replacement[] {
  const texts: ReadonlyArray<readonly [keyof MessagePlaces, string | null]> = [
    ['id', kind === 'response' ? idText : null],
    ['subscriptionId', idText],
    ['progressToken', method === 'notifications/progress' ? tokenText : null],
  ];
  return texts.flatMap(([place, text]) => {
    const span = places[place];
    return span === null || text === null ? [] : [{ ...span, text }];
  });
}

function cancellation(id: number): string {
  const params = `{"requestId":${id},"reason":"the client closed its stream"}`;
  return `{"jsonrpc":"2.0","method":"notifications/cancelled","params":${params}}`;
}
