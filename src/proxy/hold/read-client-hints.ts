// Reads what a client of 2026-07-28 says beside a call, and takes out of the call what is for Regent alone.
import { isRegentState } from '../../approvals/request-state.ts';
import { CLIENT_CAPABILITIES } from '../headers/message-facts.ts';
import { parseNode } from '../read/parse-node.ts';
import { type Members, readTextAt, type Span } from '../read/read-members.ts';
import { readMessage } from '../read/read-message.ts';
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
  const regentState = stateText !== null && isRegentState(stateText) ? stateText : null;
  const hints = {
    regentState,
    opensUrls: opensUrls(line, meta),
    hasDeclined: regentState !== null && hasDeclined(line, members),
  };
  if (regentState === null) return { line, call, hints };
  const bare = withoutStates(line, members, call.paramsSpan);
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

/** What is left of `params` stands as it came, in its order. */
function withoutStates(line: Buffer, members: Members, params: Span): Buffer {
  const kept = [...members].filter(([key]) => key !== 'requestState' && key !== 'inputResponses');
  const parts = kept.flatMap(([key, { start, end }], index) => [
    Buffer.from(`${index === 0 ? '' : ','}${JSON.stringify(key)}:`),
    line.subarray(start, end),
  ]);
  return Buffer.concat([
    line.subarray(0, params.start),
    Buffer.from('{'),
    ...parts,
    Buffer.from('}'),
    line.subarray(params.end),
  ]);
}
