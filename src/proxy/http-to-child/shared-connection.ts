// The shared child as one exchange sees it: a server of its own.
import type { ServerExit, ServerPeer } from '../../transport/transport.ts';

export interface Connection {
  readonly deliver: (line: Buffer) => void;
  /** The numbers of its requests under way. */
  readonly requests: Set<number>;
}

export interface ConnectionParts {
  /** False where the child does not keep up. */
  readonly send: (line: Buffer, connection: Connection) => boolean;
  /** Tells the child that nobody waits any more. */
  readonly cancel: (connection: Connection) => void;
}

export function connectTo(server: ServerPeer, { send, cancel }: ConnectionParts): ServerPeer {
  let deliver = (_line: Buffer): void => {};
  let isStopped = false;
  let resolveStopped = (_exit: ServerExit): void => {};
  const stopped = new Promise<ServerExit>((resolve) => {
    resolveStopped = resolve;
  });
  const connection: Connection = { deliver: (line) => deliver(line), requests: new Set() };
  return {
    onLine: (handler) => {
      deliver = handler;
    },
    // The child is everybody's: who does not keep up must not stop it for the others.
    onOversize: () => {},
    onEnd: () => {},
    onDrain: () => {},
    onLost: () => {},
    pause: () => {},
    resume: () => {},
    write: (line) => (isStopped ? true : send(line, connection)),
    isAlive: () => !isStopped && server.isAlive(),
    exited: Promise.race([server.exited, stopped]),
    stop: async () => {
      if (!isStopped) cancel(connection);
      isStopped = true;
      resolveStopped({ code: 0, signal: null });
    },
  };
}
