// Connections to an upstream that are kept for the next request, but not past the moment that the server ends them.
import http from 'node:http';
import https from 'node:https';
import type { Duplex } from 'node:stream';

/** Shorter than what servers keep an idle connection for (Node: 5 s), so that no request meets one that just closes. */
const IDLE_MS = 4000;

/**
 * Node's agent lets go of an idle connection once it is closed. A server that ends it has said so before, and what is
 * sent from then on is lost: a POST on it could not be sent again.
 */
export function createAgent(isSecure: boolean): http.Agent {
  const client = isSecure ? https : http;
  const agent = new client.Agent({ keepAlive: true, timeout: IDLE_MS, scheduling: 'lifo', noDelay: true });
  // What Node documents: false where the connection must not be kept, which the types leave out.
  const keep = agent.keepSocketAlive.bind(agent) as (stream: Duplex) => boolean;
  const reuse = agent.reuseSocket.bind(agent);
  agent.keepSocketAlive = (socket) => {
    if (socket.readableEnded || !keep(socket)) return false;
    socket.once('end', destroySelf);
    return true;
  };
  agent.reuseSocket = (socket, request) => {
    socket.off('end', destroySelf);
    reuse(socket, request);
  };
  return agent;
}

function destroySelf(this: Duplex): void {
  this.destroy();
}
