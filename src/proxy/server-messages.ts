// From the server to the client: everything passes byte for byte, but tool lists are filtered, and what came of each call
// goes to the journal.
import { errorMessage, INTERNAL_ERROR } from './json-rpc.ts';
import type { PendingRequest } from './pending-requests.ts';
import { filterTools } from './read/filter-tools.ts';
import { idKey } from './read/id-key.ts';
import { parseNode } from './read/parse-node.ts';
import { readServerLine, type ServerMessage } from './read/read-server-line.ts';
import { type Session, sendToClient } from './session.ts';

export function receiveFromServer(session: Session, line: Buffer): void {
  const reading = readServerLine(line);
  switch (reading.kind) {
    case 'noise':
      session.log.warn(
        { line: line.toString('utf8', 0, 500) },
        'the server printed a line that is no message',
      );
      return;
    case 'unclear':
      passUnclear(session, line, reading.parsed);
      return;
    case 'messages':
      sendToClient(session, passMessages(session, line, reading.messages));
  }
}

/** From the last message to the first, so that cutting one leaves the places of those before it. */
function passMessages(session: Session, line: Buffer, messages: readonly ServerMessage[]): Buffer {
  return messages.reduceRight((bytes, message) => passMessage(session, bytes, message), line);
}

function passMessage(session: Session, line: Buffer, message: ServerMessage): Buffer {
  if (message.kind !== 'response' || message.idText === null) return line;
  const key = idKey(message.idText);
  // An id may be in use twice, and a late answer may belong to no request: any list that could be one is filtered.
  const mayBeList = session.pending.has(key, 'tools/list');
  const request = session.pending.take(key);
  if (request !== null) noteAnswer(session, line, { request, message });
  const isList = message.tools !== null && (mayBeList || request === null);
  return isList ? filterList(session, line, message) : line;
}

function filterList({ identity, policy }: Session, line: Buffer, { tools }: ServerMessage): Buffer {
  if (tools === null) return line;
  const { server, agent } = identity;
  const inForce = policy();
  return filterTools(line, tools, (tool) => inForce.isListed(server, agent, tool));
}

interface Answer {
  readonly request: PendingRequest;
  readonly message: ServerMessage;
}

function noteAnswer(session: Session, line: Buffer, { request, message }: Answer): void {
  if (request.decisionId !== null) {
    const result = message.isError ? 'error' : message.isToolError ? 'tool-error' : 'answered';
    session.results.record(request.decisionId, result);
  }
  if (request.method === 'initialize' && message.result !== null) {
    session.announcesToolChanges = announcesToolChanges(line, message.result.start);
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
function passUnclear(session: Session, line: Buffer, parsed: object): void {
  const isList = 'result' in parsed || Array.isArray(parsed);
  if (!isList || !session.pending.hasMethod('tools/list')) {
    sendToClient(session, line);
    return;
  }
  session.log.error(
    'an answer of the server cannot be read in one way only while a tool list is due; it was withheld',
  );
  const id =
    'id' in parsed && (typeof parsed.id === 'string' || typeof parsed.id === 'number') ? parsed.id : null;
  if (id === null) return;
  session.pending.take(idKey(JSON.stringify(id)));
  const message =
    'Regent withheld an answer of the server: it is not strict JSON, so its tools cannot be filtered.';
  sendToClient(session, errorMessage(JSON.stringify(id), { code: INTERNAL_ERROR, message }));
}
