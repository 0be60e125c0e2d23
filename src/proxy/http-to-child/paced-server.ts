// A server whose messages come from requests over HTTP: they wait while it does not keep up, since nobody can be told to
// read less.
import type { ServerPeer } from '../../transport/transport.ts';

export interface PacedServer extends ServerPeer {
  /**
   * Resolves with true when the server keeps up, and with false where the client goes away before: `onGone` says when.
   * Null where there is nothing to wait for.
   */
  room(onGone: (handler: () => void) => void): Promise<boolean> | null;
}

export function paceServer(server: ServerPeer): PacedServer {
  let isBehind = false;
  let drainHandler = (): void => {};
  const waiting = new Set<(isThere: boolean) => void>();
  const proceed = (): void => {
    isBehind = false;
    const ready = [...waiting];
    waiting.clear();
    for (const go of ready) go(true);
  };
  server.onDrain(() => {
    proceed();
    drainHandler();
  });
  // Whoever waits is told by the next step that the server is gone.
  void server.exited.then(proceed);
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
