// A client's HTTP request on its way through the proxy, and what can stand behind the proxy.
import type { Agent } from '../../policy/decision.ts';
import type { HttpExchange } from '../../transport/http-exchange.ts';
import type { Header } from '../../transport/transport.ts';
import type { ReadLine } from '../read/read-message.ts';

export interface ClientRequest {
  readonly exchange: HttpExchange;
  readonly agent: Agent;
  /** The client's header fields that may pass to the server: without a credential that was meant for Regent. */
  readonly passedHeaders: readonly Header[];
}

export interface ClientPost extends ClientRequest {
  /** The body, read strictly. */
  readonly reading: ReadLine;
}

/** The server behind the listener. Both answer the exchange, and never reject. */
export interface HttpBackend {
  post(request: ClientPost): Promise<void>;
  /** GET and DELETE. */
  other(request: ClientRequest): Promise<void>;
  /** After a change of policy. */
  announceToolChanges(): void;
  close(): Promise<void>;
}
