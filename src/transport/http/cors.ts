// Cross-origin requests of pages that the operator allowed by name (Fetch standard): no other page gets an answer it can
// read.
import type { HttpAnswer } from '../http-exchange.ts';
import type { Header } from '../transport.ts';
import { findHeader } from './header-fields.ts';

/** For the answer to a request of an allowed page; empty for everybody else. */
export function corsHeaders(headers: readonly Header[], allowedOrigins: readonly string[]): Header[] {
  const origin = findHeader(headers, 'origin');
  if (origin === undefined || !allowedOrigins.includes(origin)) return [];
  return [
    ['Access-Control-Allow-Origin', origin],
    ['Access-Control-Expose-Headers', 'Mcp-Session-Id, WWW-Authenticate'],
    ['Vary', 'Origin'],
  ];
}

/** Null where the request is no preflight of an allowed page. */
export function preflight(headers: readonly Header[], allowedOrigins: readonly string[]): HttpAnswer | null {
  const cors = corsHeaders(headers, allowedOrigins);
  const asked = findHeader(headers, 'access-control-request-headers');
  if (cors.length === 0 || findHeader(headers, 'access-control-request-method') === undefined) return null;
  return {
    status: 204,
    headers: [
      ...cors,
      ['Access-Control-Allow-Methods', 'POST, GET, DELETE'],
      ['Access-Control-Allow-Headers', asked ?? 'Content-Type'],
      ['Access-Control-Max-Age', '600'],
    ],
  };
}
