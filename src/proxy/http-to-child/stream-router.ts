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
import type { PostAnswer } from './post-answer.ts';

export interface StreamRouter {
  /** A POST whose requests the child is about to see. */
  addPost(post: PostAnswer): void;
  /** There is a standing stream; a session has one at most. */
  readonly hasStanding: boolean;
  openStanding(stream: EventStream): void;
  closeStanding(stream: EventStream): void;
  /** Resolves when there is room for more. */
  route(message: Buffer, head: PlacedHead): Promise<void>;
  readonly isIdle: boolean;
}

/** Of what waits for a stream. */
const KEPT_MESSAGES = 1000;
const KEPT_BYTES = 4 * 1024 * 1024;

const STANDING_METHODS = new Set([
  'notifications/tools/list_changed',
  'notifications/prompts/list_changed',
  'notifications/resources/list_changed',
  'notifications/resources/updated',
  'notifications/elicitation/complete',
]);

export function createStreamRouter(log: Gate['log']): StreamRouter {
  const posts: PostAnswer[] = [];
  let standing: EventStream | null = null;
  const kept: Buffer[] = [];
  let keptBytes = 0;

  const keep = (message: Buffer): void => {
    kept.push(message);
    keptBytes += message.length;
    while (kept.length > KEPT_MESSAGES || keptBytes > KEPT_BYTES) {
      keptBytes -= kept.shift()?.length ?? 0;
      log.warn('a message of the server was dropped: no stream of its session is open');
    }
  };
  const takeKept = (): Buffer[] => {
    keptBytes = 0;
    return kept.splice(0);
  };
  const newest = (): PostAnswer | undefined => posts.findLast(({ isWaiting }) => isWaiting);
  const answer = async (message: Buffer, head: PlacedHead): Promise<void> => {
    const post = posts.find(({ awaits }) => head.idText !== null && awaits(head.idText));
    if (post === undefined) {
      log.debug('an answer of the server was dropped: nobody waits for it any more');
      return;
    }
    await post.answer(message, head);
    if (!post.isWaiting) posts.splice(posts.indexOf(post), 1);
  };
  const tell = async (message: Buffer, { method, progressTokenText }: PlacedHead): Promise<void> => {
    const isStanding = STANDING_METHODS.has(method ?? '');
    const owner =
      method === 'notifications/progress' && progressTokenText !== null
        ? posts.find(({ hasToken }) => hasToken(progressTokenText))
        : undefined;
    const post = owner ?? (isStanding && standing !== null ? undefined : newest());
    if (post !== undefined) await post.notify(message);
    else if (standing !== null) await standing.send(message);
    else keep(message);
  };
  return {
    addPost: (post) => {
      posts.push(post);
      if (standing === null) for (const message of takeKept()) void post.notify(message);
    },
    get hasStanding() {
      return standing !== null;
    },
    openStanding: (stream) => {
      standing = stream;
      for (const message of takeKept()) void stream.send(message);
    },
    closeStanding: (stream) => {
      if (standing === stream) standing = null;
    },
    // An error without an id is about something that the newest request sent.
    route: (message, head) =>
      head.kind === 'response' && head.idText !== null && head.idText !== 'null'
        ? answer(message, head)
        : tell(message, head),
    get isIdle() {
      return standing === null && posts.length === 0;
    },
  };
}
