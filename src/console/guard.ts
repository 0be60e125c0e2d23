// What keeps others out of the console: pages of other sites, names that lead here by rebinding, frames, and scripts.
import type { NextFunction, Request, RequestHandler, Response } from 'express';
import { LOOPBACK_NAMES, nameInUrl } from './exposure.ts';

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

export interface Place {
  /** What the console listens on. */
  readonly host: string;
  /** As people see it, where that is another URL. */
  readonly publicUrl: URL | null;
}

export function createGuard(place: Place): RequestHandler {
  const own = nameInUrl(place.host);
  const known = new Set([...LOOPBACK_NAMES, ...(isAnyAddress(own) ? [] : [own])]);
  if (place.publicUrl !== null) known.add(place.publicUrl.hostname);
  return (request: Request, response: Response, next: NextFunction) => {
    response.set(HEADERS);
    const isReading = request.method === 'GET' || request.method === 'HEAD';
    if (!known.has(nameOf(request.headers.host))) {
      refuse(response, 'The console is not known by this name; --public-url or console.url says how it is.');
    } else if (!isReading && request.method !== 'POST') {
      response.set('Allow', 'GET, HEAD, POST').status(405).type('text/plain').send('No such method here.\n');
    } else if (isReading ? isPartOfOther(request) : !isFromOwnPage(request, place)) {
      refuse(response, 'The console takes requests from its own pages only.');
    } else next();
  };
}

/** Every browser says with a POST where it comes from; what does not say it is no page of the console. */
function isFromOwnPage({ headers }: Request, { publicUrl }: Place): boolean {
  const { origin, host = '' } = headers;
  const site = headers['sec-fetch-site'];
  if (site !== undefined && site !== 'same-origin' && site !== 'none') return false;
  if (publicUrl !== null && origin === publicUrl.origin) return true;
  // A proxy may pass its own Host on; nobody opens the pages of an https console by http, though.
  const isPublicName = publicUrl?.protocol === 'https:' && nameOf(host) === publicUrl.hostname;
  return !isPublicName && origin === `http://${host.toLowerCase()}`;
}

/** Other sites may lead people here, but not use its pages as their scripts, images or streams. */
function isPartOfOther({ headers }: Request): boolean {
  const site = headers['sec-fetch-site'];
  const isOther = site === 'cross-site' || site === 'same-site';
  return isOther && headers['sec-fetch-mode'] !== 'navigate';
}

/** Nobody calls the console by the address that stands for all of them. */
function isAnyAddress(name: string): boolean {
  return name === '0.0.0.0' || /^\[[0:]+\]$/.test(name);
}

/** Without the port. */
function nameOf(host = ''): string {
  return host.toLowerCase().replace(/:\d+$/, '');
}

function refuse(response: Response, why: string): void {
  response.status(403).type('text/plain').send(`${why}\n`);
}
