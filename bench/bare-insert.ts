// One bare insert of a row of the journal's size: the least that a journalled proxy can cost.
//
// It inserts copies of a journal row that Regent wrote, into a copy of Regent's state file, with one prepared statement:
// schema, trigger, row size and charges are Regent's own.
import sqlite3 from 'sqlite3';
import { ROW_COLUMNS } from '../src/state/sqlite/sqlite-schema.ts';

export interface BareInsertOptions {
  readonly durability: string;
  /** A copy of the state file that Regent left behind after calls of the tool. */
  readonly state: string;
  readonly tool: string;
}

interface Counter {
  readonly key: string;
  version: number;
  readonly window_start_ms: number;
  value: number;
  readonly buckets: string;
}

/** The function inserts one row, and calls back when it is written. */
export async function openBareInsert({
  durability,
  state,
  tool,
}: BareInsertOptions): Promise<(done: () => void) => void> {
  const database = new sqlite3.Database(state);
  const query = (sql: string): Promise<Array<Record<string, unknown>>> =>
    new Promise((resolve, reject) => {
      database.all(sql, (error, rows) => (error === null ? resolve(rows as never) : reject(error)));
    });
  await new Promise((resolve) =>
    database.exec(`PRAGMA journal_mode = WAL; PRAGMA synchronous = ${durability}`, resolve),
  );
  const columns = ROW_COLUMNS.join(', ');
  const [sample] = await query(
    `SELECT ${columns} FROM journal WHERE tool = '${tool}' ORDER BY sequence DESC LIMIT 1`,
  );
  if (sample === undefined) throw new Error(`there is no row of ${tool} in ${state}`);
  const texts = Object.values(sample).slice(1);
  const idLength = String(sample.id).length;
  const counters = (await query('SELECT * FROM counters')).filter(({ key }) =>
    String(key).includes(`/${tool}/`),
  ) as unknown as Counter[];
  const insert = database.prepare(
    `INSERT INTO decisions (${columns}, versions, counters) VALUES (${'?, '.repeat(ROW_COLUMNS.length)}?, ?)`,
  );
  let written = 0;
  return (done) => {
    written += 1;
    const id = `bar_${String(written).padStart(idLength - 4, '0')}`;
    insert.run([id, ...texts, ...charge(counters)], (error) => {
      if (error !== null) throw error;
      done();
    });
  };
}

/** Adds 1 to each counter of the tool, as an allowed call does. */
function charge(counters: readonly Counter[]): [versions: string, counters: string] {
  const versions: Record<string, number> = {};
  const contents: Record<string, unknown> = {};
  for (const counter of counters) {
    versions[counter.key] = counter.version++;
    contents[counter.key] = [counter.version, counter.window_start_ms, ++counter.value, []];
  }
  return [JSON.stringify(versions), JSON.stringify(contents)];
}
