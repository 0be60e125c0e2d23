// Requests to a service over HTTP: with its credentials, within its times and sizes, and never to another origin.
import { readFile } from 'node:fs/promises';
import http from 'node:http';
import https from 'node:https';
import { flatHeaders } from '../http/header-fields.ts';
import { type OpaService, type ServiceAnswer, ServiceError, type ServiceRequest } from '../opa-service.ts';
import type { Header } from '../transport.ts';
import { readAnswer } from './read-answer.ts';

export interface ServiceOptions {
  readonly name: string;
  readonly url: URL;
  readonly headers: readonly Header[];
  readonly bearer: Bearer | null;
  /** PEM texts. */
  readonly tls: ServiceTls;
  readonly responseHeaderTimeoutMs: number;
}

export interface Bearer {
  readonly scheme: string;
  /** A file is read for every request: tokens are renewed in place. */
  readonly token: { readonly text: string } | { readonly file: string };
}

export interface ServiceTls {
  readonly ca?: readonly string[];
  readonly cert?: string;
  readonly key?: string;
  readonly passphrase?: string;
}

const REDIRECTS_MAX = 3;

export function openService(options: ServiceOptions): OpaService {
  const { name, url, tls } = options;
  // Requests are far apart: a connection that is kept would only be found dead by the next one.
  const agent =
    url.protocol === 'https:'
      ? new https.Agent({ ...tls, ca: tls.ca === undefined ? undefined : [...tls.ca] })
      : new http.Agent();
  return {
    name,
    request: async (request) => {
      const headers = [...(await ownHeaders(options)), ...(request.headers ?? [])];
      let target = urlOf(url, request.path);
      for (let redirects = 0; ; redirects += 1) {
        const answer = await send({ request, target, headers, agent, options });
        if ('body' in answer) return answer;
        if (redirects === REDIRECTS_MAX) throw redirected(target, 'redirects without end');
        target = answer.next;
      }
    },
  };
}

/** As OPA joins them. */
function urlOf({ origin, pathname }: URL, path: string): URL {
  return new URL(`${origin}${pathname.replace(/\/+$/, '')}/${path.replace(/^\/+/, '')}`);
}

/** The header fields of the service, its token among them; a token wins over a field of its name. */
async function ownHeaders({ name, headers, bearer }: ServiceOptions): Promise<Header[]> {
  if (bearer === null) return [...headers];
  const others = headers.filter(([field]) => field.toLowerCase() !== 'authorization');
  const { scheme, token } = bearer;
  if ('text' in token) return [...others, ['Authorization', `${scheme} ${token.text}`]];
  const text = await readFile(token.file, 'utf8').catch((cause: unknown) => {
    throw new ServiceError('credentials', `the token of the service ${name} cannot be read`, { cause });
  });
  const value = text.trim();
  if (/^[\x21-\x7e]+$/.test(value)) return [...others, ['Authorization', `${scheme} ${value}`]];
  throw new ServiceError('credentials', `the token file of the service ${name} holds no token`);
}

interface Attempt {
  readonly request: ServiceRequest;
  readonly target: URL;
  readonly headers: readonly Header[];
  readonly agent: http.Agent;
  readonly options: ServiceOptions;
}

/** The answer, or where the same request goes next. */
function send({ request, target, headers, agent, options }: Attempt): Promise<ServiceAnswer | { next: URL }> {
  const { method, body = Buffer.alloc(0), signal, waitMs = 0, maxBytes } = request;
  const client = target.protocol === 'https:' ? https : http;
  return new Promise((resolve, reject) => {
    const length: Header[] = method === 'POST' ? [['Content-Length', String(body.length)]] : [];
    const message = client.request(target, {
      method,
      agent,
      headers: flatHeaders([['Host', target.host], ...length, ...headers]),
      ...(signal === undefined ? {} : { signal }),
    });
    const timer = setTimeout(
      () => message.destroy(new ServiceError('timeout', `${placeOf(target)} does not answer in time`)),
      options.responseHeaderTimeoutMs + waitMs,
    );
    message.once('close', () => clearTimeout(timer));
    message.once('error', (cause) => reject(asServiceError(cause, target)));
    message.once('response', (response) => {
      clearTimeout(timer);
      try {
        const next = redirectOf(response, target, method);
        if (next === null) readAnswer(response, maxBytes, placeOf(target)).then(resolve, reject);
        else resolve({ next });
        if (next !== null) response.destroy();
      } catch (error) {
        response.destroy();
        reject(error);
      }
    });
    message.end(body);
  });
}

function asServiceError(cause: Error, target: URL): ServiceError {
  if (cause instanceof ServiceError) return cause;
  return new ServiceError('unreachable', `${placeOf(target)} cannot be reached: ${cause.message}`, { cause });
}

/** Another origin would get the credentials, and what the policy decided; a POST must stay one. */
function redirectOf(response: http.IncomingMessage, from: URL, method: string): URL | null {
  const { statusCode = 0, headers } = response;
  if (statusCode === 304 || statusCode < 300 || statusCode > 399) return null;
  const isKept = statusCode === 307 || statusCode === 308 || (method === 'GET' && statusCode <= 302);
  const { location = '' } = headers;
  const next = URL.canParse(location, from.href) ? new URL(location, from) : null;
  if (isKept && next?.origin === from.origin) return next;
  throw redirected(from, `redirects elsewhere (status ${statusCode}), which is not followed`);
}

function redirected(from: URL, what: string): ServiceError {
  return new ServiceError('redirected', `${placeOf(from)} ${what}`);
}

/** Without the query: it may hold a secret. */
function placeOf({ origin, pathname }: URL): string {
  return `${origin}${pathname}`;
}
