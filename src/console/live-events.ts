// Tells open pages that something has changed, as server-sent events: the pages fetch themselves again then.
import type { Request, Response } from 'express';
import { expireOverdue } from '../approvals/answer-approval.ts';
import type { ConsoleParts } from './console-parts.ts';

export interface LiveEvents {
  readonly handle: (request: Request, response: Response) => void;
  close(): void;
}

/** A request must be on the page before its people look there. */
const POLL_MS = 50;
const KEEP_ALIVE_MS = 15_000;
/** Time changes things, too: what is overdue expires, and limits fill or empty. */
const EXPIRE_MS = 1000;
const PAGES_MAX = 200;

export function createLiveEvents({ store, now, log }: ConsoleParts): LiveEvents {
  const pages = new Set<Response>();
  let last = '';
  let expiredMs = 0;
  let timer: NodeJS.Timeout | null = null;

  const look = async (): Promise<void> => {
    if (now() - expiredMs >= EXPIRE_MS) {
      expiredMs = now();
      await expireOverdue(store, now());
    }
    const seen = `${await store.latestStep()}.${await store.latestSequence()}`;
    if (seen === last) return;
    last = seen;
    for (const page of pages) page.write(`event: change\ndata: ${seen}\n\n`);
  };
  /** Only while somebody looks. A store that fails now may work the next time. */
  const poll = async (): Promise<void> => {
    await look().catch((error: unknown) =>
      log.debug({ err: error }, 'the console could not look for changes'),
    );
    timer = pages.size > 0 ? setTimeout(() => void poll(), POLL_MS) : null;
  };
  return {
    handle: (_request, response) => {
      if (pages.size >= PAGES_MAX) {
        response.status(503).type('text/plain').send('too many pages are open\n');
        return;
      }
      response.writeHead(200, { 'Content-Type': 'text/event-stream' });
      // What changed between the page and this stream is told at once.
      response.write('retry: 1000\n\nevent: change\ndata: now\n\n');
      pages.add(response);
      const keepAlive = setInterval(() => response.write(': still here\n\n'), KEEP_ALIVE_MS);
      response.on('close', () => {
        clearInterval(keepAlive);
        pages.delete(response);
      });
      if (timer === null) timer = setTimeout(() => void poll(), 0);
    },
    close: () => {
      for (const page of pages) page.end();
      pages.clear();
      if (timer !== null) clearTimeout(timer);
    },
  };
}
