// Cross-origin requests of pages that the operator allowed by name (Fetch standard): no other page gets an answer it can
// read.
import type { IncomingHttpHeaders } from 'node:http';
import type { HttpAnswer } from '../http-exchange.ts';
import type { Header } from '../transport.ts';

/** For the answer to a request of an allowed page; empty for everybody else. */
export function corsHeaders({ origin }: IncomingHttpHeaders, allowedOrigins: readonly string[]): Header[] {
  if (origin === undefined || !allowedOrigins.includes(origin)) return [];
  return [
    ['Access-Control-Allow-Origin', origin],
    ['Access-Control-Expose-Headers', 'Mcp-Session-Id, WWW-Authenticate'],
    ['Vary', 'Origin'],
  ];
}

/** Null where the request is no preflight of an allowed page. */
export function preflight(fields: IncomingHttpHeaders, allowedOrigins: readonly string[]): HttpAnswer | null {
  const cors = corsHeaders(fields, allowedOrigins);
  const asked = fields['access-control-request-headers'];
  if (cors.length === 0 || fields['access-control-request-method'] === undefined) return null;
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
