// Answers of Regent's own over HTTP: a status for HTTP's sake, and a JSON-RPC error that says what happened.
import type { HttpAnswer, HttpExchange } from '../../transport/http-exchange.ts';
import type { Header } from '../../transport/transport.ts';
import { errorMessage } from '../json-rpc.ts';

export const JSON_TYPE: Header = ['Content-Type', 'application/json'];

export interface HttpProblem {
  readonly status: number;
  /** Of JSON-RPC. */
  readonly code: number;
  readonly message: string;
  /** JSON text. */
  readonly data?: string;
  /** The id's JSON source; null where it could not be told. */
  readonly idText?: string | null;
  readonly headers?: readonly Header[];
}

export function replyProblem(exchange: HttpExchange, problem: HttpProblem): void {
  exchange.reply(problemAnswer(problem));
}

export function problemAnswer({ status, idText = null, headers = [], ...error }: HttpProblem): HttpAnswer {
  return { status, headers: [JSON_TYPE, ...headers], body: errorMessage(idText, error) };
}
