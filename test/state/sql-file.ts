// Another program on the same state file: a bare SQLite connection.
import sqlite3 from 'sqlite3';

export interface SqlFile {
  run(sql: string): Promise<void>;
  all<Row>(sql: string): Promise<Row[]>;
  close(): Promise<void>;
}

export function openSqlFile(file: string): SqlFile {
  const database = new sqlite3.Database(file);
  return {
    run: (sql) =>
      new Promise((resolve, reject) => {
        database.exec(sql, (error) => (error === null ? resolve() : reject(error)));
      }),
    all: <Row>(sql: string) =>
      new Promise<Row[]>((resolve, reject) => {
        database.all<Row>(sql, (error, rows) => (error === null ? resolve(rows) : reject(error)));
      }),
    close: () => new Promise((resolve) => database.close(() => resolve())),
  };
}

export async function runSql(file: string, sql: string): Promise<void> {
  const database = openSqlFile(file);
  await database.run(sql);
  await database.close();
}
