// What the listener refuses before anybody looks at the message: requests that a web page could have caused, header fields
// that two parsers would read differently, and methods, types and encodings that MCP does not use.
import type { IncomingHttpHeaders } from 'node:http';
import type { HttpAnswer } from '../http-exchange.ts';
import type { Header } from '../transport.ts';
import { namedByConnection } from './header-fields.ts';

export interface GuardRules {
  /** Of the listener: whether it can be reached from this machine only. */
  readonly isLoopback: boolean;
  /** Host names without port, in small letters, besides those of loopback. */
  readonly allowedHosts: readonly string[];
  /** Origins, such as `https://app.example.com`. */
  readonly allowedOrigins: readonly string[];
}

export interface Refusal extends HttpAnswer {
  readonly status: number;
}

/** Fields that decide who calls what: a second one, or one that a proxy on the way drops, must not be. */
const SINGLE_FIELDS = new Set([
  'host',
  'origin',
  'authorization',
  'accept',
  'content-type',
  'content-encoding',
  'mcp-session-id',
  'mcp-protocol-version',
  'mcp-method',
  'mcp-name',
  'last-event-id',
]);

const JSON_TYPE = 'application/json';
const LOOPBACK_NAMES: readonly string[] = ['localhost', '127.0.0.1', '[::1]'];

/** `fields` are the headers as Node reads them. Null where the request may go on. */
export function guardRequest(
  headers: readonly Header[],
  fields: IncomingHttpHeaders,
  rules: GuardRules,
): Refusal | null {
  const smuggled = findSmuggled(headers);
  if (smuggled !== null) return refuse(400, smuggled);
  const { host, origin } = fields;
  if (host === undefined) return refuse(400, 'the request has no Host');
  if (!isHostAllowed(host, rules)) {
    return refuse(
      403,
      `the host ${JSON.stringify(host)} is none of this sidecar's; allow it with allowed_hosts`,
    );
  }
  if (origin === undefined || isOriginAllowed(origin, host, rules)) return null;
  return refuse(403, `pages of ${JSON.stringify(origin)} may not call; allow them with allowed_origins`);
}

function findSmuggled(headers: readonly Header[]): string | null {
  const seen = new Set<string>();
  for (const [name] of headers) {
    const lower = name.toLowerCase();
    if (lower.includes('_') && isSingle(lower.replaceAll('_', '-'))) {
      return `the header field ${name} is ${name.replaceAll('_', '-')} to servers that do not tell _ from -`;
    }
    if (!isSingle(lower)) continue;
    if (seen.has(lower)) return `the header field ${name} came twice`;
    seen.add(lower);
  }
  for (const name of namedByConnection(headers)) {
    if (isSingle(name)) return `Connection names ${name}, which is not of the connection`;
  }
  return null;
}

function isSingle(name: string): boolean {
  return SINGLE_FIELDS.has(name) || name.startsWith('mcp-param-');
}

function isHostAllowed(host: string, { isLoopback, allowedHosts }: GuardRules): boolean {
  const name = hostName(host);
  return allowedHosts.includes(name) || (isLoopback && LOOPBACK_NAMES.includes(name));
}

/** Without the port. */
function hostName(host: string): string {
  return host.replace(/:\d{1,5}$/, '').toLowerCase();
}

function isOriginAllowed(origin: string, host: string, { isLoopback, allowedOrigins }: GuardRules): boolean {
  if (allowedOrigins.includes(origin)) return true;
  if (!URL.canParse(origin)) return false;
  const { protocol, host: authority, hostname } = new URL(origin);
  if (protocol !== 'http:' && protocol !== 'https:') return false;
  return authority === host.toLowerCase() || (isLoopback && LOOPBACK_NAMES.includes(hostname));
}

/** Null where the body of a POST may be read. */
export function guardBody(fields: IncomingHttpHeaders, maxBytes: number): Refusal | null {
  const encoding = fields['content-encoding']?.trim().toLowerCase() ?? 'identity';
  if (encoding !== 'identity') return refuse(415, `the body is encoded as ${JSON.stringify(encoding)}`);
  const type = fields['content-type']?.trim().toLowerCase() ?? '';
  if (type !== JSON_TYPE && !/^application\/json\s*(;\s*charset\s*=\s*"?utf-8"?\s*)?$/.test(type)) {
    return refuse(415, `the body's type ${JSON.stringify(type)} is not application/json in UTF-8`);
  }
  const length = Number(fields['content-length'] ?? 0);
  return length > maxBytes ? bodyTooLarge(maxBytes) : null;
}

export function bodyTooLarge(maxBytes: number): Refusal {
  return refuse(413, `the body is over the size limit of ${maxBytes} bytes`);
}

/** A refusal with a JSON-RPC error (-32600), as clients of MCP read it. */
export function refuse(status: number, what: string, headers: readonly Header[] = []): Refusal {
  const message = `Rejected by Regent: ${what}. Nothing was forwarded.`;
  return {
    status,
    headers: [['Content-Type', JSON_TYPE], ...headers],
    body: `{"jsonrpc":"2.0","id":null,"error":{"code":-32600,"message":${JSON.stringify(message)}}}`,
  };
}
