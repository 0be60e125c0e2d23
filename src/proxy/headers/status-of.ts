// The HTTP status of a JSON-RPC error on its way from a server that speaks no HTTP (protocol 2026-07-28).
import { INVALID_PARAMS, INVALID_REQUEST, PARSE_ERROR } from '../json-rpc.ts';
import { HEADER_MISMATCH } from './header-mismatch.ts';

const METHOD_NOT_FOUND = -32601;
const MISSING_CLIENT_CAPABILITY = -32021;
export const UNSUPPORTED_VERSION = -32022;

const STATUSES: ReadonlyMap<number, number> = new Map([
  [PARSE_ERROR, 400],
  [INVALID_REQUEST, 400],
  [METHOD_NOT_FOUND, 404],
  [HEADER_MISMATCH, 400],
  [MISSING_CLIENT_CAPABILITY, 400],
  [UNSUPPORTED_VERSION, 400],
]);

/** The request that the error answers. */
export interface AnsweredRequest {
  readonly isModern: boolean;
  /** As `hasWholeEnvelope` says. */
  readonly hasWholeEnvelope: boolean;
}

/**
 * Invalid params are a matter between the client and the server (200), but where the request's `_meta` itself lacks
 * something, HTTP says so (400). Older protocols answer every request with 200.
 */
export function statusOf(code: number, { isModern, hasWholeEnvelope }: AnsweredRequest): number {
  if (!isModern) return 200;
  if (code === INVALID_PARAMS) return hasWholeEnvelope ? 200 : 400;
  return STATUSES.get(code) ?? 200;
}
