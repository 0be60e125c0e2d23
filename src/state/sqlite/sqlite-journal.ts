// Reads and settles journal rows in SQLite.
import type { JournalEntry, JournalFilter, JournalResult } from '../../journal/journal-row.ts';
import type { CountRange, OutcomeCount } from '../store.ts';
import type { SqliteConnection, SqliteValue } from './sqlite-connection.ts';

/** No indexes for filters: every decision would pay for them, and a person reading the journal can wait for a scan. */
const SELECT_ENTRIES = `SELECT sequence, id, at_ms AS atMs, server, agent, session, tool, outcome, rule, reason,
  revision, arguments_digest AS argumentsDigest, input, output, result, result_at_ms AS resultAtMs FROM journal`;

export function listEntries(connection: SqliteConnection, filter: JournalFilter): Promise<JournalEntry[]> {
  const conditions: Array<readonly [string, SqliteValue | undefined]> = [
    ['sequence > ?', filter.afterSequence],
    ['sequence < ?', filter.beforeSequence],
    ['at_ms >= ?', filter.sinceMs],
    ['tool GLOB ?', filter.tool === undefined ? undefined : sqliteGlob(filter.tool)],
    ['server = ?', filter.server],
    ['agent = ?', filter.agent],
    ['outcome = ?', filter.outcome],
  ];
  const used = conditions.flatMap(([sql, value]) => (value === undefined ? [] : [{ sql, value }]));
  const where = used.length === 0 ? '' : ` WHERE ${used.map(({ sql }) => sql).join(' AND ')}`;
  return connection.all(
    `${SELECT_ENTRIES}${where} ORDER BY sequence${filter.newestFirst === true ? ' DESC' : ''} LIMIT ?`,
    [...used.map(({ value }) => value), filter.limit ?? -1],
  );
}

export async function readLatestSequence(connection: SqliteConnection): Promise<number> {
  const [row] = await connection.all<{ latest: number }>(
    'SELECT ifnull(max(sequence), 0) AS latest FROM journal',
  );
  return row?.latest ?? 0;
}

export function countOutcomes(
  connection: SqliteConnection,
  { sinceMs, stepMs }: CountRange,
): Promise<OutcomeCount[]> {
  return connection.all(
    `SELECT at_ms / ?2 * ?2 AS atMs, outcome, count(*) AS count FROM journal WHERE at_ms >= ?1
     GROUP BY 1, 2 ORDER BY 1, 2`,
    [sinceMs, stepMs],
  );
}

export type SettleRows = (results: readonly JournalResult[]) => Promise<void>;

export async function prepareSettle(connection: SqliteConnection): Promise<SettleRows> {
  const update = await connection.prepare(
    `UPDATE journal SET result = settled.value ->> 1, result_at_ms = settled.value ->> 2
     FROM json_each(?) AS settled WHERE journal.id = settled.value ->> 0`,
  );
  return (results) => update.run([JSON.stringify(results.map(({ id, result, atMs }) => [id, result, atMs]))]);
}

/** Regent's globs know `*` and `?` alone; SQLite's also know `[`. */
function sqliteGlob(glob: string): string {
  return glob.replaceAll('[', '[[]');
}
