// Which HTTP stream of a session gets what its child says, for protocols up to 2025-11-25. Lines of a child do not tell
// what they belong to; ids and progress tokens do, and for the rest the newest request is the best guess.
//
//   answer ─▶ the POST that asked     progress ─▶ the POST that gave the token
//   changes of lists and resources ─▶ the standing stream (GET), else the newest POST
//   requests and log messages      ─▶ the newest POST that waits, else the standing stream
//   nobody there ─▶ kept, in bounds, for the next stream
//
// Events have no ids: nothing is stored, so that a stream that broke cannot be resumed.
import type { EventStream } from '../../transport/http-exchange.ts';
import type { PlacedHead } from '../../transport/transport.ts';
import type { Gate } from '../session.ts';
import { createKeptMessages, type KeptMessages } from './kept-messages.ts';
import type { PostAnswer } from './post-answer.ts';

export interface StreamRouter {
  /** A POST whose requests the child is about to see. */
  addPost(post: PostAnswer): void;
  /** Its client has gone: what comes for it is dropped. */
  removePost(post: PostAnswer): void;
  /** There is a standing stream; a session has one at most. */
  readonly hasStanding: boolean;
  openStanding(stream: EventStream): void;
  closeStanding(stream: EventStream): void;
  /** Resolves when there is room for more. */
  route(message: Buffer, head: PlacedHead): Promise<void>;
  readonly isIdle: boolean;
  /** The session is over: nothing comes any more, and nobody must wait for it. */
  close(): void;
}

const STANDING_METHODS = new Set([
  'notifications/tools/list_changed',
  'notifications/prompts/list_changed',
  'notifications/resources/list_changed',
  'notifications/resources/updated',
  'notifications/elicitation/complete',
]);

interface Streams {
  readonly log: Gate['log'];
  readonly posts: PostAnswer[];
  readonly kept: KeptMessages;
  standing: EventStream | null;
}

export function createStreamRouter(log: Gate['log']): StreamRouter {
  const streams: Streams = { log, posts: [], kept: createKeptMessages(log), standing: null };
  const { posts, kept } = streams;
  return {
    addPost: (post) => {
      posts.push(post);
      if (streams.standing === null) for (const message of kept.take()) void post.notify(message);
    },
    removePost: (post) => remove(posts, post),
    get hasStanding() {
      return streams.standing !== null;
    },
    openStanding: (stream) => {
      streams.standing = stream;
      for (const message of kept.take()) void stream.send(message);
    },
    closeStanding: (stream) => {
      if (streams.standing === stream) streams.standing = null;
    },
    // An error without an id is about something that the newest request sent.
    route: (message, head) =>
      head.kind === 'response' && head.idText !== null && head.idText !== 'null'
        ? answer(streams, message, head)
        : tell(streams, message, head),
    get isIdle() {
      return streams.standing === null && posts.length === 0;
    },
    close: () => {
      streams.standing?.end();
      streams.standing = null;
      for (const post of posts.splice(0)) if (post.isWaiting) post.close();
    },
  };
}

async function answer({ posts, log }: Streams, message: Buffer, head: PlacedHead): Promise<void> {
  const post = posts.find(({ awaits }) => head.idText !== null && awaits(head.idText));
  if (post === undefined) {
    log.debug('an answer of the server was dropped: nobody waits for it any more');
    return;
  }
  await post.answer(message, head);
  if (!post.isWaiting) remove(posts, post);
}

function remove(posts: PostAnswer[], post: PostAnswer): void {
  const at = posts.indexOf(post);
  if (at >= 0) posts.splice(at, 1);
}

async function tell(streams: Streams, message: Buffer, head: PlacedHead): Promise<void> {
  const { standing, kept } = streams;
  const post = postFor(streams, head);
  if (post !== undefined) await post.notify(message);
  else if (standing !== null) await standing.send(message);
  else kept.add(message);
}

function postFor({ posts, standing }: Streams, { method, progressTokenText }: PlacedHead) {
  if (method === 'notifications/progress' && progressTokenText !== null) {
    const owner = posts.find(({ hasToken }) => hasToken(progressTokenText));
    if (owner !== undefined) return owner;
  }
  const belongsBeside = STANDING_METHODS.has(method ?? '') && standing !== null;
  return belongsBeside ? undefined : posts.findLast(({ isWaiting }) => isWaiting);
}
