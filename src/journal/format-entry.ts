// A journal entry as one line for people.
import { columnText, quoteText } from './escape-text.ts';
import type { JournalEntry } from './journal-row.ts';

const OUTCOME_WIDTH = 'require_approval'.length;

/**
 * `2026-11-22T15:04:00.123Z  deny  payments-bot  finance/create_payment  create_payment/per-call-cap  "…"  -> answered`:
 * time, outcome, agent, server and tool, then rule, reason, who approved it, and result where there are any.
 */
export function formatJournalEntry(entry: JournalEntry): string {
  const columns = [
    new Date(entry.atMs).toISOString(),
    entry.outcome.padEnd(OUTCOME_WIDTH),
    columnText(entry.agent),
    columnText(`${entry.server}/${entry.tool}`),
    entry.rule === null ? null : columnText(entry.rule),
    entry.reason === null ? null : quoteText(entry.reason),
    approversOf(entry),
    entry.result === null ? null : `-> ${entry.result}`,
  ];
  return columns.filter((column) => column !== null).join('  ');
}

/** The approval that an allowed call rests on stands in the decision's input. */
function approversOf({ outcome, input }: JournalEntry): string | null {
  if (outcome !== 'allow') return null;
  const { approval = null } = (parseJson(input) ?? {}) as { approval?: { approvers: string[] } | null };
  return approval === null ? null : `approved by ${approval.approvers.map(columnText).join(', ')}`;
}

/** Null where a row holds something else. */
function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
