// Writes a commit as the parameters of one statement.
import type { JournalRow } from '../../journal/journal-row.ts';
import type { CommitBatch, CounterRecord } from '../store.ts';
import type { SqliteConnection, SqliteValue } from './sqlite-connection.ts';
import { ROW_COLUMNS } from './sqlite-schema.ts';

export type InsertBatch = (batch: CommitBatch) => Promise<void>;

/** A lone decision, the usual case, travels as parameters: its texts need no quoting as JSON. */
export async function prepareInsert(connection: SqliteConnection): Promise<InsertBatch> {
  // What rests on no counter has no version to check.
  const uncounted = await connection.prepare(insertInto('journal', ROW_COLUMNS));
  const decision = await connection.prepare(
    insertInto('decisions', [...ROW_COLUMNS, 'versions', 'counters']),
  );
  const anyNumber = await connection.prepare(
    'INSERT INTO batches (rows, versions, counters) VALUES (?, ?, ?)',
  );
  return ({ rows, reads, writes }) => {
    const [first, second] = rows;
    const isLone = first !== undefined && second === undefined;
    if (isLone && reads.length === 0 && writes.length === 0) return uncounted.run(rowValues(first));
    const counters = [versionsJson(reads, writes), countersJson(writes)];
    return isLone
      ? decision.run([...rowValues(first), ...counters])
      : anyNumber.run([JSON.stringify(rows.map(rowValues)), ...counters]);
  };
}

function insertInto(table: string, columns: readonly string[]): string {
  return `INSERT INTO ${table} (${columns.join(', ')}) VALUES (${columns.map(() => '?').join(', ')})`;
}

/** In the order of ROW_COLUMNS. */
function rowValues(row: JournalRow): SqliteValue[] {
  return [
    row.id,
    row.atMs,
    row.server,
    row.agent,
    row.session,
    row.tool,
    row.outcome,
    row.rule,
    row.reason,
    row.revision,
    row.argumentsDigest,
    row.input,
    row.output,
  ];
}

/** A version that a write names is checked too, should it differ from what was read. */
function versionsJson(reads: CommitBatch['reads'], writes: CommitBatch['writes']): string {
  const read = new Map(reads.map(({ key, version }) => [key, version]));
  const unread = writes.filter(({ key, version }) => read.get(key) !== version);
  return jsonObject([...reads, ...unread], ({ version }) => String(version));
}

function countersJson(writes: readonly CounterRecord[]): string {
  return jsonObject(writes, ({ version, windowStartMs, value, buckets }) =>
    JSON.stringify([version + 1, windowStartMs, value, buckets]),
  );
}

/** By hand, since a JavaScript object would lose the key `__proto__`. */
function jsonObject<Item extends { readonly key: string }>(
  items: readonly Item[],
  value: (item: Item) => string,
): string {
  return `{${items.map((item) => `${JSON.stringify(item.key)}:${value(item)}`).join(',')}}`;
}
