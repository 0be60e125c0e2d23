// Signing in and out, and who may see the rest.
import type { CookieOptions, Express, NextFunction, Request, RequestHandler, Response } from 'express';
import type { AppParts } from '../console-app-parts.ts';
import type { Viewer } from '../console-parts.ts';
import { createFailedSignIns } from '../failed-sign-ins.ts';
import type { Place } from '../guard.ts';
import { sendMessage } from '../pages/message.ts';
import { signInPage } from '../pages/sign-in.ts';
import { isSame, SESSION_MS } from '../sessions.ts';

export function addSignIn(app: Express, { sessions, place, now, log }: AppParts): void {
  const failures = createFailedSignIns(now, () => log.warn('somebody tries tokens on the console'));
  app.get('/sign-in', (request, response) => {
    response.send(signInPage({ next: pathOf(request.query.next), problem: null }));
  });
  app.post('/sign-in', async (request, response) => {
    const next = pathOf(fieldOf(request, 'next'));
    const cookie = await sessions.signIn(fieldOf(request, 'credential').trim());
    if (cookie !== null) {
      const { name, options } = cookieAt(place);
      response.cookie(name, cookie, { ...options, maxAge: SESSION_MS });
      response.redirect(303, next);
      return;
    }
    const waitMs = failures.add();
    if (waitMs > 0) response.set('Retry-After', String(Math.ceil(waitMs / 1000)));
    const problem = 'This is no token of an approver here, or it was used up.';
    response.status(waitMs > 0 ? 429 : 401).send(signInPage({ next, problem }));
  });
}

/** Everything after it is for people who are signed in; their forms must carry their secret. */
export function createViewerOf({ sessions, place }: AppParts): RequestHandler {
  const cookie = cookieAt(place);
  return async (request: Request, response: Response, next: NextFunction) => {
    const viewer = await sessions.find(cookieOf(request, cookie.name));
    if (viewer === null) return askToSignIn(request, response);
    response.locals.viewer = viewer;
    if (request.method === 'POST' && !isSame(fieldOf(request, 'csrf'), viewer.csrf)) {
      sendMessage(response, 403, 'The form is not of this session. Load its page again.');
      return;
    }
    if (request.method === 'POST' && request.path === '/sign-out') {
      await sessions.signOut(viewer.session);
      response.clearCookie(cookie.name, cookie.options);
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

/** A stream cannot be led to another page, nor an answer that was meant for a request. */
function askToSignIn(request: Request, response: Response): void {
  if (request.method === 'POST' || request.path === '/events') {
    sendMessage(response, 401, 'You are signed out. Nothing was changed: sign in, and answer again.');
  } else response.redirect(303, `/sign-in?next=${encodeURIComponent(request.originalUrl)}`);
}

/** A path of the console itself: nobody is led elsewhere. */
function pathOf(next: unknown): string {
  return typeof next === 'string' && /^\/[\w./?=&%*-]*$/.test(next) && !next.startsWith('//') ? next : '/';
}

/**
 * `Lax`, not `Strict`: links in chats and pagers lead here, and would meet the sign-in each time. A link can only show a
 * page; answers are POSTs with the session's own secret. With https no other host or path can set this cookie (`__Host-`).
 */
function cookieAt({ publicUrl }: Place): { name: string; options: CookieOptions } {
  const secure = publicUrl?.protocol === 'https:';
  const name = secure ? '__Host-regent_console' : 'regent_console';
  return { name, options: { httpOnly: true, sameSite: 'lax', secure, path: '/' } };
}

function cookieOf({ headers }: Request, wanted: string): string | undefined {
  const pairs = (headers.cookie ?? '').split(';').map((pair) => pair.trim().split('='));
  return pairs.find(([name]) => name === wanted)?.[1];
}
