// The client of a proxy whose lines come from HTTP requests and go to HTTP streams.
import type { ClientPeer, PlacedHead } from '../../transport/transport.ts';
import { splitMessages } from '../http/client-answer.ts';

export interface RoutedClient extends ClientPeer {
  /** The client is gone for good. */
  end(): void;
}

/** `route` gives each message to the stream that it belongs to, and resolves when there is room for more. */
export function createRoutedClient(
  route: (message: Buffer, head: PlacedHead) => Promise<void>,
): RoutedClient {
  let endHandler = (): void => {};
  let drainHandler = (): void => {};
  let underWay = 0;
  const settle = (): void => {
    underWay -= 1;
    if (underWay === 0) drainHandler();
  };
  return {
    // What the client sends is read before it gets here: it comes by `Proxy.accept`.
    onLine: () => {},
    onOversize: () => {},
    pause: () => {},
    resume: () => {},
    onEnd: (handler) => {
      endHandler = handler;
    },
    onDrain: (handler) => {
      drainHandler = handler;
    },
    write: (line, heads) => {
      for (const [index, message] of splitMessages({ line, heads }).entries()) {
        const head = heads[index];
        if (head === undefined) continue;
        underWay += 1;
        void route(message, head).finally(settle);
      }
      return underWay < ROUTED_MAX;
    },
    end: () => endHandler(),
  };
}

/** Messages on their way to slow clients; the server is not read beyond that. */
const ROUTED_MAX = 64;
