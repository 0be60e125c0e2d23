// Reads what a client of 2026-07-28 says beside a call, and takes out of the call what is for Regent alone.
import { isRegentState } from '../../approvals/request-state.ts';
import { CLIENT_CAPABILITIES } from '../headers/message-facts.ts';
import { createScanner } from '../read/json-scanner.ts';
import { parseNode } from '../read/parse-node.ts';
import { type Members, readMembers, readTextAt, type Span } from '../read/read-members.ts';
import { readMessage } from '../read/read-message.ts';
import { OPEN_OBJECT } from '../read/scan-value.ts';
import type { ClientHints, GatedCall } from './held-call.ts';

export interface IncomingCall {
  /** As the server may see it. */
  readonly line: Buffer;
  readonly call: GatedCall;
  readonly hints: ClientHints;
}

/** The name of Regent's own question among the client's answers. */
export const APPROVAL_INPUT = 'regent_approval';

export const NO_HINTS: ClientHints = { regentState: null, opensUrls: false, hasDeclined: false };

/** `line` is one message, not a batch. */
export function readIncomingCall(line: Buffer, call: GatedCall): IncomingCall {
  if (!call.isModern || call.params === null || call.paramsSpan === null)
    return { line, call, hints: NO_HINTS };
  const { members, meta } = call.params;
  const stateText = readTextAt(line, members.get('requestState'));
  if (stateText === null || !isRegentState(stateText)) {
    // What answers the server's own question would be lost on the way round by Regent's.
    const isForServer = members.has('requestState') || members.has('inputResponses');
    return { line, call, hints: { ...NO_HINTS, opensUrls: !isForServer && opensUrls(line, meta) } };
  }
  const hints = {
    regentState: stateText,
    opensUrls: opensUrls(line, meta),
    hasDeclined: hasDeclined(line, members),
  };
  const bare = withoutRegentParts(line, members, call.paramsSpan);
  const reading = readMessage(bare, { allowsLineBreaks: true });
  const [again] = reading.ok ? reading.messages : [];
  if (again?.toolCall == null) throw new Error('a call without its request state is no call any more');
  return { line: bare, call: { ...again, toolCall: again.toolCall }, hints };
}

function opensUrls(line: Buffer, meta: Members | null): boolean {
  const span = meta?.get(CLIENT_CAPABILITIES);
  const capabilities = span === undefined ? null : parseNode(line, span.start);
  const elicitation = capabilities instanceof Map ? capabilities.get('elicitation') : null;
  return elicitation instanceof Map && elicitation.get('url') instanceof Map;
}

function hasDeclined(line: Buffer, members: Members): boolean {
  const span = members.get('inputResponses');
  const responses = span === undefined ? null : parseNode(line, span.start);
  const answer = responses instanceof Map ? responses.get(APPROVAL_INPUT) : null;
  const action = answer instanceof Map ? answer.get('action') : null;
  return action === 'decline' || action === 'cancel';
}

/** What is left stands as it came, in its order. */
function withoutRegentParts(line: Buffer, members: Members, params: Span): Buffer {
  const kept = [...members].flatMap(([key, span]): Part[] => {
    if (key === 'requestState') return [];
    const value = line.subarray(span.start, span.end);
    if (key !== 'inputResponses' || value[0] !== OPEN_OBJECT) return [[key, value]];
    const others = withoutRegentAnswer(value);
    return others === null ? [] : [[key, others]];
  });
  return Buffer.concat([line.subarray(0, params.start), printParts(kept), line.subarray(params.end)]);
}

/** Answers to the server, where the client sends some along; null where there are none. */
function withoutRegentAnswer(responses: Buffer): Buffer | null {
  const members = readMembers(createScanner(responses, Number.POSITIVE_INFINITY));
  const others = [...members].filter(([key]) => key !== APPROVAL_INPUT);
  if (others.length === 0) return null;
  return printParts(others.map(([key, { start, end }]) => [key, responses.subarray(start, end)]));
}

type Part = readonly [key: string, value: Buffer];

function printParts(parts: readonly Part[]): Buffer {
  const members = parts.flatMap(([key, value], index) => [
    Buffer.from(`${index === 0 ? '' : ','}${JSON.stringify(key)}:`),
    value,
  ]);
  return Buffer.concat([Buffer.from('{'), ...members, Buffer.from('}')]);
}
