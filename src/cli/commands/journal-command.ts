// `regent journal`: prints the decisions of a state file, oldest first.
import type { Outcome } from '../../../compiler/model/policy.ts';
import { journalEntryToJson } from '../../journal/entry-to-json.ts';
import { escapeJson } from '../../journal/escape-text.ts';
import { followJournal } from '../../journal/follow-journal.ts';
import { formatJournalEntry } from '../../journal/format-entry.ts';
import type { JournalEntry, JournalFilter } from '../../journal/journal-row.ts';
import { parseSince } from '../../journal/parse-since.ts';
import { readJournal } from '../../journal/read-journal.ts';
import { CliError } from '../cli-error.ts';
import { defaultStateFile } from '../home.ts';
import { openExistingState } from '../open-existing-state.ts';
import { isOutputUnread, printOut } from '../print-out.ts';

export interface JournalFlags {
  readonly state?: string;
  readonly tool?: string;
  readonly agent?: string;
  readonly outcome?: Outcome;
  readonly since?: string;
  readonly json?: boolean;
  readonly follow?: boolean;
}

export async function printJournal(flags: JournalFlags): Promise<void> {
  const filter = readFilter(flags);
  const store = await openExistingState(flags.state ?? defaultStateFile());
  const entries =
    flags.follow === true ? followJournal(store, filter, signalledEnd()) : readJournal(store, filter);
  const print =
    flags.json === true ? (entry: JournalEntry) => escapeJson(journalEntryToJson(entry)) : formatJournalEntry;
  for await (const entry of entries) {
    if (isOutputUnread()) break;
    printOut(`${print(entry)}\n`);
  }
  await store.close();
}

function readFilter({ tool, agent, outcome, since }: JournalFlags): JournalFilter {
  const sinceMs = since === undefined ? undefined : parseSince(since, Date.now());
  if (sinceMs === null) {
    throw new CliError(
      `--since ${JSON.stringify(since)} is no time; write it as 15m, 24h, 7d or 2026-11-22T15:04:00Z`,
    );
  }
  return {
    ...(tool === undefined ? {} : { tool }),
    ...(agent === undefined ? {} : { agent }),
    ...(outcome === undefined ? {} : { outcome }),
    ...(sinceMs === undefined ? {} : { sinceMs }),
  };
}

/** Ends with the terminal's interrupt, or when nobody reads the output any more. */
function signalledEnd(): AbortSignal {
  const controller = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => controller.abort());
  process.stdout.once('error', () => controller.abort());
  return controller.signal;
}
