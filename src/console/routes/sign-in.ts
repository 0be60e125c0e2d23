// Signing in and out, and who may see the rest.
import type { Express, NextFunction, Request, RequestHandler, Response } from 'express';
import type { AppParts } from '../console-app-parts.ts';
import type { Viewer } from '../console-parts.ts';
import { signInPage } from '../pages/sign-in.ts';
import { isSame, SESSION_MS } from '../sessions.ts';

const COOKIE = 'regent_console';

export function addSignIn(app: Express, { sessions, isSecure }: AppParts): void {
  app.get('/sign-in', (request, response) => {
    response.send(signInPage({ next: pathOf(request.query.next), problem: null }));
  });
  app.post('/sign-in', async (request, response) => {
    const next = pathOf(fieldOf(request, 'next'));
    const cookie = await sessions.signIn(fieldOf(request, 'credential').trim());
    if (cookie === null) {
      const problem = 'This is no token of an approver here, or it was used up.';
      response.status(401).send(signInPage({ next, problem }));
      return;
    }
    response.cookie(COOKIE, cookie, {
      httpOnly: true,
      sameSite: 'lax',
      secure: isSecure,
      maxAge: SESSION_MS,
    });
    response.redirect(303, next);
  });
}

/** Everything after it is for people who are signed in; their forms must carry their secret. */
export function createViewerOf({ sessions }: AppParts): RequestHandler {
  return async (request: Request, response: Response, next: NextFunction) => {
    const viewer = await sessions.find(cookieOf(request));
    if (viewer === null) return askToSignIn(request, response);
    if (
      request.method !== 'GET' &&
      request.method !== 'HEAD' &&
      !isSame(fieldOf(request, 'csrf'), viewer.csrf)
    ) {
      response.status(403).type('text/plain').send('The form is not of this session; load the page again.\n');
      return;
    }
    response.locals.viewer = viewer;
    if (request.method === 'POST' && request.path === '/sign-out') {
      response.clearCookie(COOKIE);
      response.redirect(303, '/sign-in');
      return;
    }
    next();
  };
}

/** Who looks; the guard above has seen to it. */
export function viewerOf(response: Response): Viewer {
  return response.locals.viewer as Viewer;
}

/** A field of a form; empty where there is none, or several. */
export function fieldOf({ body }: Request, name: string): string {
  const value: unknown =
    typeof body === 'object' && body !== null ? (body as Record<string, unknown>)[name] : '';
  return typeof value === 'string' ? value : '';
}

function askToSignIn(request: Request, response: Response): void {
  if (request.method === 'GET' && request.path !== '/events') {
    response.redirect(303, `/sign-in?next=${encodeURIComponent(request.originalUrl)}`);
  } else response.status(401).type('text/plain').send('Sign in first.\n');
}

/** A path of the console itself: nobody is led elsewhere. */
function pathOf(next: unknown): string {
  return typeof next === 'string' && /^\/[\w./?=&%*-]*$/.test(next) && !next.startsWith('//') ? next : '/';
}

function cookieOf({ headers }: Request): string | undefined {
  const pairs = (headers.cookie ?? '').split(';').map((pair) => pair.trim().split('='));
  return pairs.find(([name]) => name === COOKIE)?.[1];
}
