// A server whose messages come from requests over HTTP: they wait while it does not keep up, since nobody can be told to
// read less.
import type { ServerPeer } from '../../transport/transport.ts';

export interface PacedServer extends ServerPeer {
  /**
   * Resolves with true when the server keeps up, and with false where it ends before, or the client goes away: `onGone`
   * says when.
   * Null where there is nothing to wait for.
   */
  room(onGone: (handler: () => void) => void): Promise<boolean> | null;
}

export function paceServer(server: ServerPeer): PacedServer {
  let isBehind = false;
  let drainHandler = (): void => {};
  const waiting = new Set<(hasRoom: boolean) => void>();
  const settle = (hasRoom: boolean): void => {
    isBehind = false;
    const settled = [...waiting];
    waiting.clear();
    for (const resolve of settled) resolve(hasRoom);
  };
  server.onDrain(() => {
    settle(true);
    drainHandler();
  });
  void server.exited.then(() => settle(false));
  return {
    ...server,
    onDrain: (handler) => {
      drainHandler = handler;
    },
    write: (line, message) => {
      const keepsUp = server.write(line, message);
      if (!keepsUp) isBehind = true;
      return keepsUp;
    },
    room: (onGone) => {
      if (!isBehind) return null;
      return new Promise((resolve) => {
        waiting.add(resolve);
        onGone(() => {
          waiting.delete(resolve);
          resolve(false);
        });
      });
    },
  };
}
