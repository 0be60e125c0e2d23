// The way of each HTTP request through the proxy: who is it? ─▶ read strictly ─▶ header fields agree? ─▶ the server.
import type { Admit, HttpAnswer, HttpExchange } from '../../transport/http-exchange.ts';
import type { Header } from '../../transport/transport.ts';
import { rpcCodeOf } from '../client-messages.ts';
import { checkHeaders } from '../headers/check-headers.ts';
import { challenge } from '../identity/challenge.ts';
import type { Identified } from '../identity/identified.ts';
import type { Identifier } from '../identity/identifier.ts';
import { INTERNAL_ERROR, INVALID_REQUEST } from '../json-rpc.ts';
import { readMessage } from '../read/read-message.ts';
import type { Gate } from '../session.ts';
import type { ClientRequest, HttpBackend } from './client-request.ts';
import { problemAnswer, replyProblem } from './http-errors.ts';

export interface HttpGatewayParts {
  readonly identifier: Identifier;
  readonly backend: HttpBackend;
  /** Of protected-resource metadata (RFC 9728), for clients that have no good credential; null where there is none. */
  readonly resourceMetadataUrl: string | null;
  readonly log: Gate['log'];
}

/** Says who may go on, and answers every exchange of theirs. Rejects only where Regent itself is at fault. */
export function createHttpGateway(parts: HttpGatewayParts): Admit {
  const { identifier, backend } = parts;
  return async (header) => {
    const identified = await identifier.identify(header('authorization'));
    if (identified.kind !== 'agent') return { refusal: refuse(parts, identified) };
    const { agent, credential } = identified;
    return {
      handle: async (exchange) => {
        const request = { exchange, agent, passedHeaders: headersToPass(exchange, credential !== 'none') };
        if (exchange.method === 'POST') await post(parts, request);
        else await backend.other(request);
      },
    };
  };
}

async function post({ backend, log }: HttpGatewayParts, request: ClientRequest): Promise<void> {
  const { exchange, agent, passedHeaders } = request;
  const reading = readMessage(exchange.body, { allowsLineBreaks: true });
  if (!reading.ok) {
    const { code, detail, idText } = reading;
    log.warn({ code, detail }, 'a message of a client was rejected; nothing was forwarded');
    const message = `Rejected by Regent: ${detail}. Nothing was forwarded.`;
    replyProblem(exchange, { status: 400, code: rpcCodeOf(code), message, idText });
    return;
  }
  const problem = checkHeaders({ body: exchange.body, reading, header: exchange.header });
  if (problem === null) await backend.post({ exchange, agent, passedHeaders, reading });
  else replyProblem(exchange, problem);
}

function refuse(
  { resourceMetadataUrl, log }: HttpGatewayParts,
  identified: Exclude<Identified, { kind: 'agent' }>,
): HttpAnswer {
  if (identified.kind === 'unavailable') {
    log.error({ detail: identified.detail }, 'nobody can be identified: requests are refused');
    return problemAnswer({
      status: 503,
      code: INTERNAL_ERROR,
      message: 'Regent cannot tell who calls at the moment. Nothing was forwarded; you may retry later.',
    });
  }
  const { reason, detail } = identified;
  return problemAnswer({
    status: 401,
    code: INVALID_REQUEST,
    message: `Regent does not know who calls: ${detail}. Nothing was forwarded.`,
    headers: [['WWW-Authenticate', challenge({ reason, resourceMetadataUrl })]],
  });
}

function headersToPass({ headers }: HttpExchange, isAuthorizationOurs: boolean): readonly Header[] {
  if (!isAuthorizationOurs) return headers;
  return headers.filter(([name]) => name.toLowerCase() !== 'authorization');
}
