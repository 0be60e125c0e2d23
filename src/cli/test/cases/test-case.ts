// A cases file once it is read: every call as it will be made, every time in Unix milliseconds.
import type { Outcome, Position } from '../../../../compiler/model/policy.ts';
import type { JsonObject } from '../../../policy/arguments/json-node.ts';
import type { Agent } from '../../../policy/decision.ts';

/** A text with its place in the file. */
export interface PlacedText {
  readonly text: string;
  readonly position: Position;
}

export interface CasesFile {
  readonly file: string;
  /** As the file writes them; null where it names none. */
  readonly policies: readonly PlacedText[] | null;
  readonly cases: readonly TestCase[];
}

export interface TestCase {
  readonly name: string;
  readonly position: Position;
  /** null: the only server of the policies. */
  readonly server: PlacedText | null;
  /** When it begins. */
  readonly atMs: number;
  readonly counters: readonly SeededCounter[];
  readonly steps: readonly TestStep[];
}

export interface SeededCounter {
  readonly key: string;
  readonly value: number;
  readonly position: Position;
}

export interface TestStep {
  readonly position: Position;
  readonly call: PlannedCall;
  /** null: at the time of the step before. */
  readonly time: { readonly atMs: number } | { readonly afterMs: number } | null;
  readonly repeat: number;
  readonly approvedBy: readonly string[];
  readonly expected: Expectation;
}

export interface PlannedCall {
  readonly agent: Agent;
  readonly session: string;
  readonly tool: string;
  readonly arguments: JsonObject;
}

/** What is absent is not compared. */
export interface Expectation {
  readonly outcome: Outcome;
  readonly rule?: string;
  readonly reason?: string;
  readonly violations?: readonly string[];
  readonly shadow?: readonly string[];
  readonly charges?: ReadonlyMap<string, number>;
}
