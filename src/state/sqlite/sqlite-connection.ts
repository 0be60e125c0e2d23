// One SQLite connection as promises: the only file that knows the callbacks of the package `sqlite3`.
import sqlite3 from 'sqlite3';

export type SqliteValue = string | number | null;

export interface SqliteStatement {
  run(parameters: readonly SqliteValue[]): Promise<void>;
  all<Row>(parameters: readonly SqliteValue[]): Promise<Row[]>;
}

export interface SqliteConnection {
  /** Several statements without parameters or results. */
  exec(sql: string): Promise<void>;
  /** One reading statement, prepared for this once. */
  all<Row>(sql: string, parameters?: readonly SqliteValue[]): Promise<Row[]>;
  prepare(sql: string): Promise<SqliteStatement>;
  /** Also ends the prepared statements. */
  close(): Promise<void>;
}

/** What `sqlite3` rejects with: `code` is such as `SQLITE_BUSY`. */
export interface SqliteError extends Error {
  readonly code: string;
}

export function isSqliteError(error: unknown): error is SqliteError {
  return (
    error instanceof Error &&
    'code' in error &&
    typeof error.code === 'string' &&
    error.code.startsWith('SQLITE_')
  );
}

/** Opens a file that exists already: what is missing is never made here. */
export async function openConnection(file: string): Promise<SqliteConnection> {
  const database = await new Promise<sqlite3.Database>((resolve, reject) => {
    const opened: sqlite3.Database = new sqlite3.Database(file, sqlite3.OPEN_READWRITE, (error) =>
      error === null ? resolve(opened) : reject(error),
    );
  });
  const statements: sqlite3.Statement[] = [];
  return {
    exec: (sql) => settled((done) => database.exec(sql, done)),
    all: (sql, parameters = []) => settled((done) => database.all(sql, [...parameters], done)),
    prepare: async (sql) => {
      const statement = await prepare(database, sql);
      statements.push(statement);
      return wrap(statement);
    },
    close: async () => {
      for (const statement of statements.splice(0)) await settled((done) => statement.finalize(done));
      await settled((done) => database.close(done));
    },
  };
}

function prepare(database: sqlite3.Database, sql: string): Promise<sqlite3.Statement> {
  return new Promise((resolve, reject) => {
    const statement: sqlite3.Statement = database.prepare(sql, (error: Error | null) =>
      error === null ? resolve(statement) : reject(error),
    );
  });
}

/**
 * Two traps of SQLite that the package leaves open:
 * - `get` leaves the statement at its row, and with it a read transaction: never used here.
 * - A statement that found the file locked stays half begun, and as long as it does every other statement succeeds
 *   without being committed. So a failed statement is reset before its failure is told.
 */
function wrap(statement: sqlite3.Statement): SqliteStatement {
  const orReset = <Value>(start: (done: Done) => void): Promise<Value> =>
    new Promise((resolve, reject) => {
      start((error, value) => {
        if (error === null) resolve(value as Value);
        else statement.reset(() => reject(error));
      });
    });
  return {
    run: (parameters) => orReset((done) => statement.run(parameters, done)),
    all: (parameters) => orReset((done) => statement.all(parameters, done)),
  };
}

type Done = (error: Error | null, value?: unknown) => void;

function settled<Value>(start: (done: Done) => void): Promise<Value> {
  return new Promise((resolve, reject) => {
    start((error, value) => (error ? reject(error) : resolve(value as Value)));
  });
}
