// The tables of the state file, version 3, and the triggers that make a commit one statement.
//
//   INSERT INTO decisions  (one row as parameters)    ─┐   INSTEAD OF trigger:
//   INSERT INTO batches    (any number as JSON text)  ─┴─▶ versions moved? abort ▶ counters ▶ journal
//
// Both are views, so nothing of a batch is stored but its rows and counters; and were a trigger dropped, the insert
// would fail instead of passing unchecked.

import { StateError } from '../store.ts';
import type { SqliteConnection } from './sqlite-connection.ts';
import { stateFileError } from './sqlite-error.ts';

/** Marks the file as Regent's in its header ("Rgnt"). */
const APPLICATION_ID = 0x52676e74;
const SCHEMA_VERSION = 3;

/** What a trigger raises when a version has moved. */
export const OVERTAKEN = 'overtaken';

export const ROW_COLUMNS = [
  'id',
  'at_ms',
  'server',
  'agent',
  'session',
  'tool',
  'outcome',
  'rule',
  'reason',
  'revision',
  'arguments_digest',
  'input',
  'output',
] as const;

/** Sequences are never used twice, since the newest row is never deleted: AUTOINCREMENT would write one more page. */
const JOURNAL = `CREATE TABLE journal (
  sequence INTEGER PRIMARY KEY,
  id TEXT NOT NULL UNIQUE,
  at_ms INTEGER NOT NULL,
  server TEXT NOT NULL,
  agent TEXT NOT NULL,
  session TEXT NOT NULL,
  tool TEXT NOT NULL,
  outcome TEXT NOT NULL,
  rule TEXT,
  reason TEXT,
  revision TEXT NOT NULL,
  arguments_digest TEXT NOT NULL,
  input TEXT NOT NULL,
  output TEXT NOT NULL,
  result TEXT,
  result_at_ms INTEGER
) STRICT`;

const COUNTERS = `CREATE TABLE counters (
  key TEXT PRIMARY KEY NOT NULL,
  version INTEGER NOT NULL,
  window_start_ms INTEGER NOT NULL,
  value INTEGER NOT NULL CHECK (value BETWEEN 0 AND 9007199254740991),
  buckets TEXT NOT NULL
) STRICT, WITHOUT ROWID`;

/** Since version 2. */
const AGENTS = `CREATE TABLE agents (
  id TEXT PRIMARY KEY NOT NULL,
  name TEXT NOT NULL,
  digest TEXT NOT NULL UNIQUE,
  created_ms INTEGER NOT NULL
) STRICT, WITHOUT ROWID`;

/** Since version 3. `record` is the approval as JSON; what stands beside it is for finding it. */
const APPROVALS = [
  `CREATE TABLE approvals (
  id TEXT PRIMARY KEY NOT NULL,
  status TEXT NOT NULL,
  server TEXT NOT NULL,
  agent TEXT NOT NULL,
  requested_ms INTEGER NOT NULL,
  deadline_ms INTEGER NOT NULL,
  record TEXT NOT NULL
) STRICT`,
  'CREATE INDEX approvals_by_status ON approvals (status, deadline_ms)',
  `CREATE TABLE approval_arguments (
  id TEXT PRIMARY KEY NOT NULL,
  arguments TEXT NOT NULL
) STRICT`,
  `CREATE TABLE approval_steps (
  sequence INTEGER PRIMARY KEY,
  approval_id TEXT NOT NULL,
  at_ms INTEGER NOT NULL,
  step TEXT NOT NULL,
  by TEXT NOT NULL,
  reason TEXT,
  decision_id TEXT
) STRICT`,
  'CREATE INDEX approval_steps_by_approval ON approval_steps (approval_id)',
  `CREATE TABLE approvers (
  id TEXT PRIMARY KEY NOT NULL,
  name TEXT NOT NULL,
  digest TEXT NOT NULL UNIQUE,
  owner_of TEXT NOT NULL,
  created_ms INTEGER NOT NULL
) STRICT, WITHOUT ROWID`,
  `CREATE TABLE deliveries (
  step INTEGER PRIMARY KEY,
  status TEXT NOT NULL,
  attempts INTEGER NOT NULL,
  at_ms INTEGER NOT NULL,
  next_ms INTEGER NOT NULL,
  detail TEXT
) STRICT`,
  // Those that were made long ago are not looked at again and again.
  "CREATE INDEX deliveries_that_wait ON deliveries (next_ms) WHERE status = 'waiting'",
  `CREATE TABLE policies (
  revision TEXT NOT NULL,
  server TEXT NOT NULL,
  at_ms INTEGER NOT NULL,
  record TEXT NOT NULL,
  PRIMARY KEY (revision, server)
) STRICT, WITHOUT ROWID`,
  `CREATE TABLE uploads (
  target TEXT PRIMARY KEY NOT NULL,
  sequence INTEGER NOT NULL,
  holder TEXT NOT NULL,
  until_ms INTEGER NOT NULL
) STRICT, WITHOUT ROWID`,
  `CREATE TABLE secrets (
  name TEXT PRIMARY KEY NOT NULL,
  value TEXT NOT NULL
) STRICT, WITHOUT ROWID`,
  `CREATE TABLE ended_sessions (
  id TEXT PRIMARY KEY NOT NULL,
  until_ms INTEGER NOT NULL
) STRICT, WITHOUT ROWID`,
];

/** `NEW.versions` is {key: version read}, `NEW.counters` {key: [version, window start, value, buckets]}. */
const CHECK_AND_CHARGE = `
  SELECT RAISE(ABORT, '${OVERTAKEN}') WHERE EXISTS (
    SELECT 1 FROM json_each(NEW.versions) AS seen
    WHERE seen.value IS NOT ifnull((SELECT version FROM counters WHERE counters.key = seen.key), 0)
  );
  INSERT INTO counters
    SELECT key, value ->> 0, value ->> 1, value ->> 2, value ->> 3 FROM json_each(NEW.counters) WHERE true
    ON CONFLICT (key) DO UPDATE SET
      version = excluded.version,
      window_start_ms = excluded.window_start_ms,
      value = excluded.value,
      buckets = excluded.buckets;`;

const STATEMENTS = [
  JOURNAL,
  COUNTERS,
  AGENTS,
  ...APPROVALS,
  `CREATE VIEW decisions AS
  SELECT ${ROW_COLUMNS.join(', ')}, NULL AS versions, NULL AS counters FROM journal WHERE false`,
  'CREATE VIEW batches AS SELECT NULL AS rows, NULL AS versions, NULL AS counters WHERE false',
  `CREATE TRIGGER record_decision INSTEAD OF INSERT ON decisions BEGIN${CHECK_AND_CHARGE}
  INSERT INTO journal (${ROW_COLUMNS.join(', ')})
    VALUES (${ROW_COLUMNS.map((column) => `NEW.${column}`).join(', ')});
END`,
  `CREATE TRIGGER record_batch INSTEAD OF INSERT ON batches BEGIN${CHECK_AND_CHARGE}
  INSERT INTO journal (${ROW_COLUMNS.join(', ')})
    SELECT ${ROW_COLUMNS.map((_, index) => `value ->> ${index}`).join(', ')} FROM json_each(NEW.rows) ORDER BY key;
END`,
];

export type FoundFile = 'empty' | 'version 1' | 'version 2' | 'regent';

/** What makes the newest version of each older one. */
const CHANGES: Readonly<Record<Exclude<FoundFile, 'regent'>, readonly string[]>> = {
  empty: STATEMENTS,
  'version 1': [AGENTS, ...APPROVALS],
  'version 2': APPROVALS,
};

/**
 * Makes the tables in an empty file, brings older ones up to date, else insists that they are there as this version made
 * them. More tables do no harm, and tools that back the file up add some; a trigger would change what a write does.
 */
export async function prepareSchema(connection: SqliteConnection, file: string): Promise<void> {
  const found = await identifyFile(connection, file);
  if (found !== 'regent') await changeSchema(connection, file, found);
  const objects = await connection.all<{ type: string; sql: string }>('SELECT type, sql FROM sqlite_schema');
  const present = new Set(objects.map(({ sql }) => sql));
  const isWhole = STATEMENTS.every((statement) => present.has(statement));
  const hasOwnTriggersOnly = objects.every(({ type, sql }) => type !== 'trigger' || STATEMENTS.includes(sql));
  if (!isWhole || !hasOwnTriggersOnly) throw stateFileError('schema', file, null);
}

/** Throws `StateError` where the file is another program's or a newer Regent's. Changes nothing. */
export async function identifyFile(connection: SqliteConnection, file: string): Promise<FoundFile> {
  const [header] = await connection.all<{ application: number; version: number; objects: number }>(
    `SELECT (SELECT application_id FROM pragma_application_id) AS application,
       (SELECT user_version FROM pragma_user_version) AS version,
       (SELECT count(*) FROM sqlite_schema) AS objects`,
  );
  const { application, version, objects } = header ?? { application: 0, version: 0, objects: 0 };
  if (application === 0 && version === 0 && objects === 0) return 'empty';
  if (application !== APPLICATION_ID) {
    throw new StateError('schema', `${file} is another program's database: name another file`, null);
  }
  if (version === 1) return 'version 1';
  if (version === 2) return 'version 2';
  if (version !== SCHEMA_VERSION) {
    const advice = 'update Regent, or name another file';
    throw new StateError(
      'schema',
      `the state file ${file} has version ${version}, newer than ${SCHEMA_VERSION}: ${advice}`,
      null,
    );
  }
  return 'regent';
}

/** Under the write lock and after a second look: another process may be making the same change. */
async function changeSchema(
  connection: SqliteConnection,
  file: string,
  from: Exclude<FoundFile, 'regent'>,
): Promise<void> {
  await connection.exec('BEGIN IMMEDIATE');
  try {
    if ((await identifyFile(connection, file)) === from) {
      await connection.exec(`${CHANGES[from].join(';\n')};
        PRAGMA application_id = ${APPLICATION_ID}; PRAGMA user_version = ${SCHEMA_VERSION};`);
    }
    await connection.exec('COMMIT');
  } catch (error) {
    await connection.exec('ROLLBACK').catch(() => undefined);
    throw error;
  }
}
