// The console's pages and answers, as an Express application. No GET changes anything.
import express, { type Express, type NextFunction, type Request, type Response } from 'express';
import type { AppParts } from './console-app-parts.ts';
import { createGuard } from './guard.ts';
import { html } from './html.ts';
import { layOut } from './pages/layout.ts';
import { addAnswers } from './routes/answers.ts';
import { addPages } from './routes/pages.ts';
import { addSignIn, createViewerOf } from './routes/sign-in.ts';

const ASSETS = new URL('./assets/', import.meta.url).pathname;
/** A reason and a token, and nothing else. */
const FORM_MAX = '16kb';

export function createConsoleApp(parts: AppParts): Express {
  const app = express();
  app.disable('x-powered-by');
  app.disable('etag');
  app.set('query parser', 'simple');
  app.use(createGuard(parts.names));
  app.use('/assets', express.static(ASSETS, { index: false, redirect: false, cacheControl: false }));
  app.use(express.urlencoded({ extended: false, limit: FORM_MAX }));
  addSignIn(app, parts);
  app.use(createViewerOf(parts));
  app.get('/events', parts.live.handle);
  addPages(app, parts);
  addAnswers(app, parts);
  app.use((_request, response) => {
    const content = html`<p>There is no such page. <a href="/">What waits for approval</a></p>`;
    response.status(404).send(layOut({ title: 'Not found', content }, null));
  });
  app.use((error: unknown, _request: Request, response: Response, next: NextFunction) => {
    if (response.headersSent) return next(error);
    const status = statusOf(error);
    if (status >= 500) parts.log.error({ err: error }, 'the console could not answer');
    const told =
      status >= 500
        ? 'The state store cannot be used now. Nothing was changed.'
        : 'The request is not one of the console.';
    response
      .status(status)
      .send(layOut({ title: 'It did not work', content: html`<p role="alert">${told}</p>` }, null));
  });
  return app;
}

/** Express marks what is wrong with a request. */
function statusOf(error: unknown): number {
  const status = error instanceof Error && 'status' in error ? Number(error.status) : 500;
  return status >= 400 && status < 600 ? status : 500;
}
