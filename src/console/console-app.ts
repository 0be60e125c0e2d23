// The console's pages and answers, as an Express application. No GET changes anything.
import { fileURLToPath } from 'node:url';
import express, { type Express, type NextFunction, type Request, type Response } from 'express';
import type { AppParts } from './console-app-parts.ts';
import { createGuard } from './guard.ts';
import { sendMessage } from './pages/message.ts';
import { addAnswers } from './routes/answers.ts';
import { addPages } from './routes/pages.ts';
import { addSignIn, createViewerOf, viewerOf } from './routes/sign-in.ts';

const ASSETS = fileURLToPath(new URL('./assets/', import.meta.url));
/** A reason and a token, and nothing else. */
const FORM_MAX = '16kb';

export function createConsoleApp(parts: AppParts): Express {
  const app = express();
  app.disable('x-powered-by');
  app.disable('etag');
  app.set('query parser', 'simple');
  app.use(createGuard(parts.place));
  app.use('/assets', serveAssets());
  app.use(express.urlencoded({ extended: false, inflate: false, limit: FORM_MAX, parameterLimit: 20 }));
  addSignIn(app, parts);
  app.use(createViewerOf(parts));
  app.get('/events', (request, response) => {
    if (request.method === 'HEAD') response.type('text/event-stream').end();
    else parts.live.open(response, viewerOf(response));
  });
  addPages(app, parts);
  addAnswers(app, parts);
  app.use((_request, response) => sendMessage(response, 404, 'There is no such page.'));
  app.use((error: unknown, _request: Request, response: Response, next: NextFunction) => {
    if (response.headersSent) return next(error);
    const status = statusOf(error);
    if (status >= 500) parts.log.error({ err: error }, 'the console could not answer');
    const told =
      status >= 500
        ? 'The state store cannot be used now. Nothing was changed.'
        : 'The request is not one of the console.';
    sendMessage(response, status, told);
  });
  return app;
}

/** The same for everybody; asked for again, in case that the console is a newer one now. */
function serveAssets(): express.RequestHandler {
  return express.static(ASSETS, {
    index: false,
    redirect: false,
    cacheControl: false,
    setHeaders: (response) => void response.setHeader('Cache-Control', 'no-cache'),
  });
}

/** Express marks what is wrong with a request. */
function statusOf(error: unknown): number {
  const status = error instanceof Error && 'status' in error ? Number(error.status) : 500;
  return status >= 400 && status < 600 ? status : 500;
}
