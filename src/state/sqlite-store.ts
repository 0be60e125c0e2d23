// The state store in one SQLite file, which several sidecars may share.
//
// One connection, one operation at a time: SQLite serialises them anyway, and `commitLocked` needs the connection for
// itself. The hot path is one statement and one hop to the thread pool.
import { resolve } from 'node:path';
import { createSerialQueue } from './serial-queue.ts';
import { prepareAgents } from './sqlite/sqlite-agents.ts';
import { type InsertBatch, prepareInsert } from './sqlite/sqlite-batch.ts';
import { isSqliteError, openConnection, type SqliteConnection } from './sqlite/sqlite-connection.ts';
import { prepareReadCounters, type ReadCounters } from './sqlite/sqlite-counters.ts';
import { explainSqliteError, stateFileError } from './sqlite/sqlite-error.ts';
import { listEntries, prepareSettle, readLatestSequence, type SettleRows } from './sqlite/sqlite-journal.ts';
import { identifyFile, OVERTAKEN, prepareSchema } from './sqlite/sqlite-schema.ts';
import { prepareTransaction, type RunTransaction } from './sqlite/sqlite-transaction.ts';
import { claimStateFile, type StateFile } from './sqlite/state-file.ts';
import type { AgentStore, CommitResult, StateStore } from './store.ts';

export interface SqliteStoreOptions {
  readonly file: string;
  /** `full` survives the loss of power, `normal` the death of the process. */
  readonly durability: 'full' | 'normal';
  /** How long a writer waits for another one before `StateError` `locked`. */
  readonly busyTimeoutMs?: number;
  /** Refuse a file that is missing or empty, instead of starting it with empty counters. */
  readonly mustExist?: boolean;
}

const BUSY_TIMEOUT_MS = 5000;

interface StoreParts {
  readonly file: StateFile;
  readonly connection: SqliteConnection;
  readonly readCounters: ReadCounters;
  readonly insert: InsertBatch;
  readonly transaction: RunTransaction;
  readonly settle: SettleRows;
  readonly agents: AgentStore;
}

/** Throws `StateError`. A file that holds anything but Regent's own tables is left as it is. */
export async function openSqliteStore(options: SqliteStoreOptions): Promise<StateStore> {
  const file = claimStateFile(resolve(options.file), options.mustExist ?? false);
  try {
    const connection = await openConnection(file.path);
    try {
      await configure(connection, file, options);
      return createStore({
        file,
        connection,
        readCounters: await prepareReadCounters(connection),
        insert: await prepareInsert(connection),
        transaction: await prepareTransaction(connection),
        settle: await prepareSettle(connection),
        agents: await prepareAgents(connection),
      });
    } catch (error) {
      await connection.close().catch(() => undefined);
      throw error;
    }
  } catch (error) {
    throw explainSqliteError(error, file.path);
  }
}

/** The time-out comes first: taking the write-ahead log into use needs the file's lock. A foreign file stays as it is. */
async function configure(
  connection: SqliteConnection,
  file: StateFile,
  options: SqliteStoreOptions,
): Promise<void> {
  await connection.exec(`PRAGMA busy_timeout = ${options.busyTimeoutMs ?? BUSY_TIMEOUT_MS}`);
  const found = await identifyFile(connection, file.path);
  if (found === 'empty' && options.mustExist) throw stateFileError('schema', file.path, null);
  const [mode] = await connection.all<{ journal_mode: string }>('PRAGMA journal_mode = WAL');
  if (mode?.journal_mode !== 'wal')
    throw stateFileError('io', file.path, new Error('no write-ahead log here'));
  await connection.exec(`PRAGMA synchronous = ${options.durability}`);
  await prepareSchema(connection, file.path);
}

function createStore(parts: StoreParts): StateStore {
  const { file, connection, readCounters, insert, transaction, agents } = parts;
  const runInOrder = createSerialQueue();
  let isClosed = false;
  const operate = <T>(operation: () => Promise<T>): Promise<T> =>
    runInOrder(async () => {
      if (isClosed) throw stateFileError('io', file.path, new Error('the store is closed'));
      if (!file.isInPlace()) throw stateFileError('missing', file.path, null);
      try {
        return await operation();
      } catch (error) {
        throw explainSqliteError(error, file.path);
      }
    });

  return {
    read: (keys) => operate(() => readCounters(keys)),
    commit: (batch) => operate(() => commitUnlessOvertaken(() => insert(batch))),
    commitLocked: (keys, build) =>
      operate(() => transaction(async () => insert(build(await readCounters(keys))))),
    settle: (results) => operate(() => parts.settle(results)),
    list: (filter) => operate(() => listEntries(connection, filter)),
    latestSequence: () => operate(() => readLatestSequence(connection)),
    addAgentToken: (token) => operate(() => agents.addAgentToken(token)),
    findAgent: (digest) => operate(() => agents.findAgent(digest)),
    listAgentTokens: () => operate(() => agents.listAgentTokens()),
    removeAgentTokens: (name, id) => operate(() => agents.removeAgentTokens(name, id)),
    close: () =>
      runInOrder(async () => {
        if (!isClosed) await closeConnection(connection, file);
        isClosed = true;
      }),
  };
}

async function commitUnlessOvertaken(insert: () => Promise<void>): Promise<CommitResult> {
  try {
    await insert();
    return { status: 'committed' };
  } catch (error) {
    if (isSqliteError(error) && error.message.endsWith(OVERTAKEN)) return { status: 'overtaken' };
    throw error;
  }
}

const abandoned = new Set<SqliteConnection>();

/**
 * The last connection to a file deletes the write-ahead log beside its path as it closes. Where another file stands
 * there now, that log is not ours: the connection is left open, and referenced, so that nothing ends it.
 */
async function closeConnection(connection: SqliteConnection, file: StateFile): Promise<void> {
  if (file.isInPlace()) await connection.close();
  else abandoned.add(connection);
}
