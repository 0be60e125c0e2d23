// The words of a call on its way through the gate.

import type { Approval } from '../../approvals/approval.ts';
import type { HoldEnd } from '../../approvals/approval-registry.ts';
import type { CallInFlight } from '../calls-in-flight.ts';
import type { Verdict } from '../judge/verdict.ts';
import type { MessageParts } from '../read/read-message.ts';
import type { ToolCallParts } from '../read/tool-call.ts';

export interface GatedCall extends MessageParts {
  readonly toolCall: ToolCallParts;
}

/** What a client of 2026-07-28 says beside the call. */
export interface ClientHints {
  /** The state that it got from Regent with "input required"; null where it carries none of Regent's. */
  readonly regentState: string | null;
  /** It can show a page to its user (elicitation by URL), and come again with nothing lost. */
  readonly opensUrls: boolean;
  /** Its user did not want to open the page. */
  readonly hasDeclined: boolean;
}

export interface Judgement {
  readonly verdict: Verdict;
  readonly flight: CallInFlight;
  /** Where the verdict holds the call: how its approval stands. */
  readonly held: Held | null;
}

export interface Held {
  readonly end: HoldEnd | 'refused';
  /** Null where none was asked for. */
  readonly approval: Approval | null;
  /** For the agent, where there is more to say. */
  readonly detail: string | null;
}
