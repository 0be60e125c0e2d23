// From a journal entry to the text that is logged, by the policy's rules; null where it is left out.
import type { LogRules } from '../../policy/log-rules.ts';
import type { JournalEntry } from '../journal-row.ts';
import { type EventContext, eventParts, printEvent } from './decision-event.ts';
import type { DropReason } from './log-counts.ts';
import { maskEvent, type ParseJson } from './mask-event.ts';
import { readMasks } from './mask-rule.ts';

export interface EventMaker extends EventContext {
  /** Of the policy in force. */
  readonly rules: LogRules;
  readonly parse: ParseJson;
}

export type MadeEvent = { readonly text: string } | { readonly dropped: DropReason; readonly error: unknown };

/** Where a rule fails, nobody knows what it would have hidden: the event is left out. */
export function makeEvent(entry: JournalEntry, { rules, parse, ...context }: EventMaker): MadeEvent {
  const parts = eventParts(entry, context);
  if (rules.mask === null && rules.drop === null) return { text: printEvent(parts) };
  try {
    const event = printEvent(parts);
    if (rules.drop !== null && readDrop(rules.drop(event))) return { dropped: 'drop_rule', error: null };
    const masks = readMasks(rules.mask?.(event));
    return { text: printEvent(maskEvent(parts, masks, parse)) };
  } catch (error) {
    return { dropped: 'rule_failed', error };
  }
}

function readDrop(value: unknown): boolean {
  if (value === undefined || typeof value === 'boolean') return value === true;
  throw new Error('system.log.drop is neither true nor false');
}
