// A journal entry as one line for people.
import { columnText, quoteText } from './escape-text.ts';
import type { JournalEntry } from './journal-row.ts';

const OUTCOME_WIDTH = 'require_approval'.length;

/**
 * `2026-11-22T15:04:00.123Z  deny  payments-bot  finance/create_payment  create_payment/per-call-cap  "…"  -> answered`:
 * time, outcome, agent, server and tool, then rule, reason and result where there are any.
 */
export function formatJournalEntry(entry: JournalEntry): string {
  const columns = [
    new Date(entry.atMs).toISOString(),
    entry.outcome.padEnd(OUTCOME_WIDTH),
    columnText(entry.agent),
    columnText(`${entry.server}/${entry.tool}`),
    entry.rule === null ? null : columnText(entry.rule),
    entry.reason === null ? null : quoteText(entry.reason),
    entry.result === null ? null : `-> ${entry.result}`,
  ];
  return columns.filter((column) => column !== null).join('  ');
}
