// Answers to all requests of an exchange that ended before the server answered them.
import type { UpstreamError } from '../../transport/http-exchange.ts';
import { answerLost } from '../server-messages.ts';
import type { ClientLine, Conversation } from '../session.ts';

export type Loss = Pick<UpstreamError, 'message' | 'mayHaveRun'>;

export async function answerAllLost(
  conversation: Conversation,
  { message, mayHaveRun }: Loss,
): Promise<readonly ClientLine[]> {
  const known = mayHaveRun
    ? 'what the server did of this request is unknown'
    : 'the request never reached the server';
  const detail = `${message}; ${known}.`;
  const lines: ClientLine[] = [];
  for (const { idText } of conversation.pending.list()) {
    const line = await answerLost(conversation, { idText, mayHaveRun, detail });
    if (line !== null) lines.push(line);
  }
  return lines;
}
