// What the generator of one rule knows: the rule, where it stands, and the sheet that it writes on.
import { basename } from 'node:path';
import type { Policy, Position, Rule } from '../../model/policy.ts';
import type { RuleSheet } from '../print/rule-sheet.ts';

export interface RuleContext {
  readonly policy: Policy;
  /** The name under `tools` that the rule stands in. */
  readonly entry: string;
  readonly rule: Rule;
  /** Starts the names of all that is generated for this rule. */
  readonly prefix: string;
  readonly sheet: RuleSheet;
}

/** A check of a rule: `fails` is a Rego expression that is true where the check does not hold. */
export interface Check {
  readonly fails: string;
  readonly reason: string;
  /** Where the check is a limit: its counter's key as Rego, and what it may reach. */
  readonly limit?: { readonly counter: string; readonly value: number };
}

/** What an allowed call adds to a counter; all Rego. */
export interface ChargeSpec {
  readonly counter: string;
  readonly amount: string;
  /** Whether the amount can be 0, which is not listed. */
  readonly canBeZero: boolean;
}

/** `finance.yaml:19:9` */
export function printSource({ file, line, column }: Position): string {
  return `${basename(file)}:${line}:${column}`;
}
