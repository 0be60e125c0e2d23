// Runs several statements as one transaction that holds the write lock from its start.
import type { SqliteConnection } from './sqlite-connection.ts';

export type RunTransaction = (work: () => Promise<void>) => Promise<void>;

export async function prepareTransaction(connection: SqliteConnection): Promise<RunTransaction> {
  const begin = await connection.prepare('BEGIN IMMEDIATE');
  const commit = await connection.prepare('COMMIT');
  return async (work) => {
    await begin.run([]);
    try {
      await work();
      await commit.run([]);
    } catch (error) {
      await rollBack(connection);
      throw error;
    }
  };
}

/**
 * SQLite has rolled back by itself after some failures. Should it refuse for any other reason, the connection is of no
 * use any more: commits would join the open transaction and never become durable.
 */
async function rollBack(connection: SqliteConnection): Promise<void> {
  try {
    await connection.exec('ROLLBACK');
  } catch (error) {
    if (error instanceof Error && error.message.includes('no transaction is active')) return;
    await connection.close().catch(() => undefined);
  }
}
