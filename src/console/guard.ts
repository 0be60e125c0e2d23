// What keeps others out of the console: pages of other sites, names that lead here by rebinding, frames, and scripts.
import type { NextFunction, Request, RequestHandler, Response } from 'express';

const POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "connect-src 'self'",
  "img-src 'self'",
  "form-action 'self'",
  "base-uri 'none'",
  "frame-ancestors 'none'",
].join('; ');

const HEADERS: Readonly<Record<string, string>> = {
  'Content-Security-Policy': POLICY,
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Resource-Policy': 'same-origin',
  'Referrer-Policy': 'same-origin',
  'X-Content-Type-Options': 'nosniff',
  'X-Frame-Options': 'DENY',
  'Cache-Control': 'no-store',
};

const LOOPBACK_NAMES = ['localhost', '127.0.0.1', '[::1]'];

/** `names` are those besides loopback's that people may call the console by. */
export function createGuard(names: readonly string[]): RequestHandler {
  const known = new Set([...LOOPBACK_NAMES, ...names.map((name) => name.toLowerCase())]);
  return (request: Request, response: Response, next: NextFunction) => {
    response.set(HEADERS);
    if (!known.has(nameOf(request.headers.host))) {
      refuse(response, 'The console is not known by this name; use console.url in regent.yaml to allow it.');
    } else if (request.method !== 'GET' && request.method !== 'HEAD' && !isSameOrigin(request)) {
      refuse(response, 'The console takes answers from its own pages only.');
    } else next();
  };
}

/** Every browser says with a POST where it comes from; what does not say it is no page of the console. */
function isSameOrigin({ headers }: Request): boolean {
  const { origin, host } = headers;
  if (typeof origin !== 'string' || !URL.canParse(origin)) return false;
  return new URL(origin).host === host?.toLowerCase() && headers['sec-fetch-site'] !== 'cross-site';
}

/** Without the port. */
function nameOf(host = ''): string {
  return host.toLowerCase().replace(/:\d+$/, '');
}

function refuse(response: Response, why: string): void {
  response.status(403).type('text/plain').send(`${why}\n`);
}
