// Tells open pages that something has changed, as server-sent events: the pages fetch themselves again then.
import type { Response } from 'express';
import { expireOverdue } from '../approvals/answer-approval.ts';
import type { ConsoleParts, Viewer } from './console-parts.ts';
import type { Sessions } from './sessions.ts';

export interface LiveEvents {
  open(response: Response, viewer: Viewer): void;
  close(): void;
}

/** A request must be on the page before its people look there. */
const POLL_MS = 20;
const KEEP_ALIVE_MS = 15_000;
/** Time changes things, too: what is overdue expires, and so do sessions. */
const EXPIRE_MS = 1000;
const PAGES_MAX = 200;
const PAGES_PER_PERSON = 20;
/** Of events that a page did not take; it is gone then. */
const UNREAD_MAX = 64 * 1024;

export function createLiveEvents({ store, now, log }: ConsoleParts, sessions: Sessions): LiveEvents {
  const pages = new Map<Response, Viewer>();
  const seen = { step: -1, sequence: -1 };
  let expiredMs = Number.NEGATIVE_INFINITY;
  let timer: NodeJS.Timeout | null = null;

  const tell = (event: 'approvals' | 'decisions'): void => {
    for (const page of pages.keys()) {
      if (page.writableLength > UNREAD_MAX) page.destroy();
      else page.write(`event: ${event}\ndata: \n\n`);
    }
  };
  const endOthers = async (): Promise<void> => {
    for (const [page, { session }] of pages) if (!(await sessions.isOn(session))) page.end();
  };
  const look = async (): Promise<void> => {
    if (Math.abs(now() - expiredMs) >= EXPIRE_MS) {
      expiredMs = now();
      await expireOverdue(store, now());
      await endOthers();
    }
    const step = await store.latestStep();
    if (step !== seen.step) tell('approvals');
    seen.step = step;
    const sequence = await store.latestSequence();
    if (sequence !== seen.sequence) tell('decisions');
    seen.sequence = sequence;
  };
  /** Only while somebody looks. A store that fails now may work the next time. */
  const poll = async (): Promise<void> => {
    await look().catch((error: unknown) =>
      log.debug({ err: error }, 'the console could not look for changes'),
    );
    timer = pages.size > 0 ? setTimeout(() => void poll(), POLL_MS) : null;
  };
  return {
    open: (response, viewer) => {
      if (isFull(pages, viewer)) {
        response.status(503).type('text/plain').send('too many pages are open\n');
        return;
      }
      response.writeHead(200, { 'Content-Type': 'text/event-stream' });
      // What changed between the page and this stream is told at once.
      response.write('retry: 1000\n\nevent: approvals\ndata: \n\nevent: decisions\ndata: \n\n');
      pages.set(response, viewer);
      const keepAlive = setInterval(() => response.write(': still here\n\n'), KEEP_ALIVE_MS);
      response.on('close', () => {
        clearInterval(keepAlive);
        pages.delete(response);
      });
      if (timer === null) timer = setTimeout(() => void poll(), 0);
    },
    close: () => {
      for (const page of pages.keys()) page.end();
      pages.clear();
      if (timer !== null) clearTimeout(timer);
    },
  };
}

function isFull(pages: ReadonlyMap<Response, Viewer>, { session }: Viewer): boolean {
  const own = [...pages.values()].filter((viewer) => viewer.session.holder === session.holder);
  return pages.size >= PAGES_MAX || own.length >= PAGES_PER_PERSON;
}
