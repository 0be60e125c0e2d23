// What the reference evaluator is told of one tool call.
import type { Policy, Rule, ToolEntry } from '../../compiler/model/policy.ts';
import type { JsonObject } from '../../src/policy/arguments/json-node.ts';
import type { Clock } from '../../src/policy/decision.ts';

export interface ReferenceCall {
  readonly server: string;
  readonly tool: string;
  readonly agentId: string;
  readonly claims: JsonObject;
  readonly session: string;
  readonly arguments: JsonObject;
  readonly clock: Clock;
  /** How many humans have agreed; null: nobody was asked. */
  readonly approvers: number | null;
  /** Counters by key, as the snapshot has them. */
  readonly counters: ReadonlyMap<string, number>;
}

/** One rule with all that its checks look at. */
export interface RuleAtWork {
  readonly policy: Policy;
  readonly entry: ToolEntry;
  readonly rule: Rule;
  readonly call: ReferenceCall;
}

/** A counter that the host should have read, but did not. */
export class MissingCounter extends Error {
  constructor(key: string) {
    super(`the snapshot lacks the counter ${key}`);
    this.name = 'MissingCounter';
  }
}
