// From the server to the client: everything passes byte for byte, but tool lists are filtered, and what came of each call
// goes to the journal.

import { ANONYMOUS } from '../policy/decision.ts';
import type { LostRequest } from '../transport/transport.ts';
import { giveBackCharges } from './call-gate.ts';
import { errorMessage, INTERNAL_ERROR } from './json-rpc.ts';
import { answerLine } from './own-lines.ts';
import type { PendingRequest } from './pending-requests.ts';
import { idKey } from './read/id-key.ts';
import { listTools } from './read/list-tools.ts';
import { parseNode } from './read/parse-node.ts';
import { readServerLine, type ServerMessage } from './read/read-server-line.ts';
import { type ClientLine, type Conversation, type Session, sendToClient } from './session.ts';

/** What a client is told instead of an answer that nobody may hold. */
export const OVERSIZE =
  'The answer of the MCP server is over the size limit; it was dropped, and what the server did stays done.';

export function receiveFromServer(session: Session, line: Buffer): void {
  const passed = passServerLine(session, line);
  if (passed !== null) sendToClient(session, passed);
}

/** What the client gets of a line of the server; null where that is no message. */
export function passServerLine(conversation: Conversation, line: Buffer): ClientLine | null {
  const reading = readServerLine(line);
  switch (reading.kind) {
    case 'noise':
      conversation.log.warn(
        { line: line.toString('utf8', 0, 500) },
        'the server printed a line that is no message',
      );
      return null;
    case 'unclear':
      return passUnclear(conversation, line, reading.parsed);
    case 'messages':
      return passMessages(conversation, line, reading.messages);
  }
}

/** From the last message to the first, so that cutting one leaves the places of those before it. */
function passMessages(
  conversation: Conversation,
  line: Buffer,
  messages: readonly ServerMessage[],
): ClientLine {
  const passed = messages.reduceRight((bytes, message) => passMessage(conversation, bytes, message), line);
  if (passed === line) return { line, heads: messages };
  const again = readServerLine(passed);
  return { line: passed, heads: again.kind === 'messages' ? again.messages : [] };
}

function passMessage(conversation: Conversation, line: Buffer, message: ServerMessage): Buffer {
  if (message.kind !== 'response' || message.idText === null) return line;
  const { pending } = conversation;
  const key = idKey(message.idText);
  // An id may be in use twice, and a late answer may belong to no request: any list that could be one is filtered.
  const mayBeList = pending.mayBeToolList(key);
  const request = pending.take(key);
  if (request !== null) noteAnswer(conversation, line, { request, message });
  const isList = message.tools !== null && (mayBeList || request === null);
  return isList ? filterList(conversation, line, message) : line;
}

function filterList(conversation: Conversation, line: Buffer, list: ServerMessage): Buffer {
  const { identity, policy, toolHeaders } = conversation;
  const { server, agent } = identity;
  const inForce = policy();
  return listTools(line, list, {
    isPersonal: agent.id !== ANONYMOUS,
    isListed: (name, tool) => {
      const isValid = toolHeaders?.learnTool(line, tool) ?? true;
      return isValid && inForce.isListed(server, agent, name);
    },
  });
}

interface Answer {
  readonly request: PendingRequest;
  readonly message: ServerMessage;
}

function noteAnswer(conversation: Conversation, line: Buffer, { request, message }: Answer): void {
  if (request.verdict !== null) {
    const result = message.isError ? 'error' : message.isToolError ? 'tool-error' : 'answered';
    conversation.results.record(request.verdict.id, result);
  }
  if (request.method === 'initialize' && message.result !== null) {
    conversation.traits.announcesToolChanges = announcesToolChanges(line, message.result.start);
  }
}

/** `capabilities.tools.listChanged` of the answer to `initialize`. */
function announcesToolChanges(line: Buffer, resultStart: number): boolean {
  const path = ['capabilities', 'tools', 'listChanged'];
  return (
    path.reduce(
      (node, key) => (node instanceof Map ? (node.get(key) ?? null) : null),
      parseNode(line, resultStart),
    ) === true
  );
}

/** Not for a strict reader, but no list either: passes. What might be a list nobody can filter for sure: refused. */
function passUnclear(conversation: Conversation, line: Buffer, parsed: object): ClientLine {
  const { pending, log } = conversation;
  const isList = 'result' in parsed || Array.isArray(parsed);
  if (!isList || !pending.awaitsToolList()) return { line, heads: [] };
  log.error(
    'an answer of the server cannot be read in one way only while a tool list is due; it was withheld',
  );
  const id =
    'id' in parsed && (typeof parsed.id === 'string' || typeof parsed.id === 'number') ? parsed.id : null;
  const idText = JSON.stringify(id);
  pending.take(idKey(idText));
  const message =
    'Regent withheld an answer of the server: it is not strict JSON, so its tools cannot be filtered.';
  return answerLine({ idText, text: errorMessage(idText, { code: INTERNAL_ERROR, message }) });
}

/** The answer to a request that can get none any more; its charges are given back where it never reached the server. */
export async function loseRequest(session: Session, lost: LostRequest): Promise<void> {
  const answer = await answerLost(session, lost);
  if (answer !== null) sendToClient(session, answer);
}

/** Null where the request was answered meanwhile. */
export async function answerLost(
  conversation: Conversation,
  { idText, mayHaveRun, detail }: LostRequest,
): Promise<ClientLine | null> {
  const { pending, results } = conversation;
  const key = idKey(idText);
  const request = pending.take(key);
  if (request === null) return null;
  // Where the id is in use twice, the one that was lost may be the other one: what ran must stay charged.
  const isSafe = !mayHaveRun && !pending.has(key);
  if (request.verdict !== null && !isSafe) results.record(request.verdict.id, 'server-died');
  if (request.verdict !== null && isSafe) await giveBackCharges(conversation, request.verdict);
  return answerLine({ idText, text: errorMessage(idText, { code: INTERNAL_ERROR, message: detail }) });
}
