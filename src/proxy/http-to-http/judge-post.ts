// Judges the calls of one POST: what of it may go to the server, and the answers to what may not.
import { answerUnsent, gateCall } from '../call-gate.ts';
import type { CallsInFlight } from '../calls-in-flight.ts';
import { joinElements } from '../client-batch.ts';
import type { ClientHints, GatedCall, Judgement } from '../hold/held-call.ts';
import { NO_WAITING } from '../hold/hold-call.ts';
import { readIncomingCall } from '../hold/read-client-hints.ts';
import { callKey, expectAnswer, isGated } from '../outbound.ts';
import { answerLine, batchLine, type OwnAnswer } from '../own-lines.ts';
import { idKey } from '../read/id-key.ts';
import type { MessageParts, ReadLine } from '../read/read-message.ts';
import type { ClientLine, Conversation } from '../session.ts';
import { NO_SESSION, type UpstreamSession } from './upstream-sessions.ts';

export interface PostToJudge {
  readonly body: Buffer;
  readonly reading: ReadLine;
  readonly session: UpstreamSession;
  readonly conversation: Conversation;
  readonly inFlight: CallsInFlight;
  /** The call waits for humans from now on. */
  readonly onHeld: () => void;
  /** Sends a message of Regent's own before the answer. */
  readonly say: (message: Buffer) => void;
}

export interface JudgedPost {
  /** What may be sent; null where nothing is left. Its requests are expected in the conversation. */
  readonly body: Buffer | null;
  readonly sent: readonly MessageParts[];
  /** Answers to the calls that are not sent. */
  readonly denials: Promise<readonly ClientLine[]>;
}

const NO_DENIALS: JudgedPost['denials'] = Promise.resolve([]);

interface JudgedCall extends Judgement {
  readonly call: GatedCall;
  readonly hints: ClientHints;
}

/** A call that humans must let through is waited for, unless it is one of a batch. */
export async function judgePost(given: PostToJudge): Promise<JudgedPost> {
  const { post, hints } = withoutRegentState(given);
  const { body, reading, session, conversation } = post;
  const waiting = reading.messages.filter((message) => !isVoidedHere(session, message));
  const judged = await judgeCalls(post, waiting.filter(isGated), hints);
  const unsent = judged.filter((judgement) => !canSend(judgement));
  const sent = waiting.filter((message) => !unsent.some(({ call }) => call === message));
  for (const message of sent) {
    const call = judged.find((judgement) => judgement.call === message);
    call?.flight.end();
    expectAnswer(conversation, message, call?.verdict ?? null);
  }
  const isWhole = sent.length === reading.messages.length;
  return {
    body: sent.length === 0 ? null : isWhole ? body : joinElements(body, sent),
    sent,
    denials: unsent.length === 0 ? NO_DENIALS : answerCalls(post, unsent),
  };
}

interface BarePost {
  readonly post: PostToJudge;
  readonly hints: ClientHints;
}

function withoutRegentState(post: PostToJudge): BarePost {
  const [message] = post.reading.messages;
  if (post.reading.isBatch || message === undefined || !isGated(message))
    return { post, hints: NO_WAITING.hints };
  const { line, call, hints } = readIncomingCall(post.body, message);
  if (line === post.body) return { post, hints };
  return { post: { ...post, body: line, reading: { ...post.reading, messages: [call] } }, hints };
}

/** A cancellation of a call that the server has not seen stops here. */
function isVoidedHere({ inFlight, name }: UpstreamSession, { cancelsIdText }: MessageParts): boolean {
  if (cancelsIdText === null) return false;
  const key = idKey(cancelsIdText);
  const isVoided = [...inFlight].filter((calls) => calls.cancel(key)).length > 0;
  // Without a session the id may be another client's as well: the server is told, too.
  return isVoided && name !== NO_SESSION;
}

async function judgeCalls(
  { conversation, inFlight, reading, onHeld, say }: PostToJudge,
  calls: readonly GatedCall[],
  hints: ClientHints,
): Promise<readonly JudgedCall[]> {
  return Promise.all(
    calls.map(async (call) => {
      const flight = inFlight.begin(callKey(call));
      const waiting = reading.isBatch ? NO_WAITING : { hints, canWait: true, say, onHeld };
      const { verdict, held } = await gateCall(conversation, call, flight, waiting);
      return { call, hints, verdict, flight, held };
    }),
  );
}

function canSend({ verdict, flight }: Judgement): boolean {
  return verdict.decision.outcome === 'allow' && flight.voided === null;
}

async function answerCalls(
  { conversation, reading }: PostToJudge,
  unsent: readonly JudgedCall[],
): Promise<readonly ClientLine[]> {
  const answers = await Promise.all(
    unsent.map(async ({ call, hints, ...judgement }): Promise<OwnAnswer | null> => {
      const text = await answerUnsent(conversation, call, judgement, hints);
      judgement.flight.end();
      return text === null ? null : { idText: call.idText, text };
    }),
  );
  const due = answers.filter((answer) => answer !== null);
  const [first] = due;
  if (first === undefined) return [];
  return [reading.isBatch ? batchLine(due) : answerLine(first)];
}
