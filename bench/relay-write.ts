// A relay that makes one durable write for each request before it forwards it: the least that a journalled proxy can cost.
//
// It inserts copies of a journal row that Regent wrote, into a copy of Regent's state file, with one prepared statement:
// schema, trigger, row size and charges are Regent's own.
//
//   relay-write.js DURABILITY STATE TOOL COMMAND ARGS...
import { spawn } from 'node:child_process';
import sqlite3 from 'sqlite3';
import { ROW_COLUMNS } from '../src/state/sqlite/sqlite-schema.ts';
import { onLine } from '../test/fixtures/echo/read-lines.ts';

interface Counter {
  readonly key: string;
  version: number;
  readonly window_start_ms: number;
  value: number;
  readonly buckets: string;
}

const [durability = '', state = '', tool = '', command = '', ...args] = process.argv.slice(2);
const database = new sqlite3.Database(state);
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

const child = spawn(command, args, { stdio: ['pipe', 'pipe', 'inherit'] });
child.stdout.pipe(process.stdout);
child.on('exit', (code) => process.exit(code ?? 1));
process.stdin.on('end', () => child.stdin.end());

let written = 0;
onLine(process.stdin, (line) => {
  const id = `bar_${String(++written).padStart(idLength - 4, '0')}`;
  insert.run([id, ...texts, ...charge()], (error) => {
    if (error !== null) throw error;
    child.stdin.write(`${line}\n`);
  });
});

/** Adds 1 to each counter of the tool, as an allowed call does. */
function charge(): [versions: string, counters: string] {
  const versions: Record<string, number> = {};
  const contents: Record<string, unknown> = {};
  for (const counter of counters) {
    versions[counter.key] = counter.version++;
    contents[counter.key] = [counter.version, counter.window_start_ms, ++counter.value, []];
  }
  return [JSON.stringify(versions), JSON.stringify(contents)];
}

function query(sql: string): Promise<Array<Record<string, unknown>>> {
  return new Promise((resolve, reject) => {
    database.all(sql, (error, rows) => (error === null ? resolve(rows as never) : reject(error)));
  });
}
