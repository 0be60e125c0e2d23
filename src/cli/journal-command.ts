// `regent journal`: prints the decisions of a state file, oldest first.
import { existsSync } from 'node:fs';
import type { Outcome } from '../../compiler/model/policy.ts';
import { followJournal } from '../journal/follow-journal.ts';
import { formatJournalEntry } from '../journal/format-entry.ts';
import { journalEntryToJson } from '../journal/entry-to-json.ts';
import type { JournalEntry, JournalFilter } from '../journal/journal-row.ts';
import { parseSince } from '../journal/parse-since.ts';
import { openSqliteStore } from '../state/sqlite-store.ts';
import { CliError } from './cli-error.ts';
import { defaultStateFile } from './home.ts';

export interface JournalFlags {
  readonly state?: string;
  readonly tool?: string;
  readonly agent?: string;
  readonly outcome?: Outcome;
  readonly since?: string;
  readonly json?: boolean;
  readonly follow?: boolean;
}
