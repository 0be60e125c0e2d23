// The state store in one SQLite file, which several sidecars may share.
//
// One connection, one operation at a time: SQLite serialises them anyway, and `commitLocked` needs the connection for
// itself. The hot path is one statement and one hop to the thread pool.
import { resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { DeliveryStore } from './delivery.ts';
import { type Operations, wrapOperations } from './operations.ts';
import { createSerialQueue } from './serial-queue.ts';
import { awaitLastUser, claimLogFiles, type LogFiles, lostLogError } from './sqlite/log-files.ts';
import { prepareAgents } from './sqlite/sqlite-agents.ts';
import { prepareApprovals, type SqliteApprovals } from './sqlite/sqlite-approvals.ts';
import { prepareApprovers } from './sqlite/sqlite-approvers.ts';
import { type InsertBatch, prepareInsert } from './sqlite/sqlite-batch.ts';
import { isSqliteError, openConnection, type SqliteConnection } from './sqlite/sqlite-connection.ts';
import { listCounters, prepareReadCounters, type ReadCounters } from './sqlite/sqlite-counters.ts';
import { prepareDeliveries } from './sqlite/sqlite-deliveries.ts';
import { explainSqliteError, stateFileError } from './sqlite/sqlite-error.ts';
import {
  countOutcomes,
  listEntries,
  prepareSettle,
  readLatestSequence,
  type SettleRows,
} from './sqlite/sqlite-journal.ts';
import { prepareRecords } from './sqlite/sqlite-records.ts';
import { identifyFile, OVERTAKEN, prepareSchema } from './sqlite/sqlite-schema.ts';
import { prepareTransaction, type RunTransaction } from './sqlite/sqlite-transaction.ts';
import { prepareUploads } from './sqlite/sqlite-uploads.ts';
import { claimStateFile, type StateFile } from './sqlite/state-file.ts';
import type { AgentStore, ApproverStore, CommitResult, RecordStore, StateStore } from './store.ts';
import type { UploadStore } from './upload.ts';

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
const BUSY_RETRY_MS = 20;

interface StoreParts {
  readonly file: StateFile;
  readonly log: LogFiles;
  readonly connection: SqliteConnection;
  readonly readCounters: ReadCounters;
  readonly insert: InsertBatch;
  readonly transaction: RunTransaction;
  readonly settle: SettleRows;
  readonly agents: AgentStore;
  readonly approvals: SqliteApprovals;
  readonly approvers: ApproverStore;
  readonly deliveries: DeliveryStore;
  readonly records: RecordStore;
  readonly uploads: UploadStore;
}

/** Throws `StateError`. A file that holds anything but Regent's own tables is left as it is. */
export async function openSqliteStore(options: SqliteStoreOptions): Promise<StateStore> {
  const file = claimStateFile(resolve(options.file), options.mustExist ?? false);
  try {
    const connection = await openConnection(file.path);
    try {
      await configurePatiently(connection, file, options);
      return createStore(await prepareParts(connection, file));
    } catch (error) {
      await connection.close().catch(() => undefined);
      throw error;
    }
  } catch (error) {
    throw explainSqliteError(error, file.path);
  }
}

async function prepareParts(connection: SqliteConnection, file: StateFile): Promise<StoreParts> {
  const transaction = await prepareTransaction(connection);
  return {
    file,
    log: claimLogFiles(file.path),
    connection,
    transaction,
    readCounters: await prepareReadCounters(connection),
    insert: await prepareInsert(connection),
    settle: await prepareSettle(connection),
    agents: await prepareAgents(connection),
    approvals: await prepareApprovals(connection, transaction),
    approvers: await prepareApprovers(connection),
    deliveries: await prepareDeliveries(connection, transaction),
    records: prepareRecords(connection),
    uploads: await prepareUploads(connection, transaction),
  };
}

/**
 * Where two processes make the same file at the same moment, SQLite refuses one of them at once, whatever its time-out: it
 * would wait for ever. Tried again, it finds the file made.
 */
async function configurePatiently(
  connection: SqliteConnection,
  file: StateFile,
  options: SqliteStoreOptions,
): Promise<void> {
  const untilMs = performance.now() + (options.busyTimeoutMs ?? BUSY_TIMEOUT_MS);
  for (;;) {
    try {
      return await configure(connection, file, options);
    } catch (error) {
      const isBusy = isSqliteError(error) && error.code === 'SQLITE_BUSY';
      if (!isBusy || performance.now() >= untilMs) throw error;
      await sleep(BUSY_RETRY_MS);
    }
  }
}

/** The time-out comes first: taking the write-ahead log into use needs the file's lock. A foreign file stays as it is. */
async function configure(
  connection: SqliteConnection,
  file: StateFile,
  options: SqliteStoreOptions,
): Promise<void> {
  await awaitLastUser(file.path);
  await connection.exec(`PRAGMA busy_timeout = ${options.busyTimeoutMs ?? BUSY_TIMEOUT_MS}`);
  const found = await identifyFile(connection, file.path);
  if (found === 'empty' && options.mustExist) throw stateFileError('schema', file.path, null);
  const [mode] = await connection.all<{ journal_mode: string }>('PRAGMA journal_mode = WAL');
  if (mode?.journal_mode !== 'wal')
    throw stateFileError('io', file.path, new Error('no write-ahead log here'));
  await connection.exec(`PRAGMA synchronous = ${options.durability}`);
  await prepareSchema(connection, file.path);
  if (!file.isInPlace()) throw stateFileError('missing', file.path, null);
}

function createStore(parts: StoreParts): StateStore {
  const { file, log } = parts;
  const operations = createOperations(parts);
  const runInOrder = createSerialQueue();
  let isClosed = false;
  return {
    ...wrapOperations((operate) =>
      runInOrder(async () => {
        if (isClosed) throw stateFileError('io', file.path, new Error('the store is closed'));
        if (!file.isInPlace()) throw stateFileError('missing', file.path, null);
        if (!log.areInPlace()) throw lostLogError(file.path, null);
        try {
          return await operate(operations);
        } catch (error) {
          throw explainSqliteError(error, file.path);
        }
      }),
    ),
    close: () =>
      runInOrder(async () => {
        if (!isClosed) await closeConnection(parts);
        isClosed = true;
      }),
  };
}

function createOperations(parts: StoreParts): Operations {
  const { connection, readCounters, insert, transaction, approvals } = parts;
  const { write, ...approvalOperations } = approvals;
  return {
    ...approvalOperations,
    ...parts.agents,
    ...parts.approvers,
    ...parts.deliveries,
    ...parts.records,
    ...parts.uploads,
    read: readCounters,
    listCounters: (prefix, limit) => listCounters(connection, prefix, limit),
    commit: (batch) =>
      (batch.approvals ?? []).length === 0
        ? insert(batch).then(toCommitted, toOvertaken)
        : Promise.reject(new Error('approvals are changed under the lock only')),
    commitLocked: (keys, build, approvalIds = []) =>
      transaction(async () => {
        const records = await readCounters(keys);
        const found = approvalIds.length === 0 ? [] : await approvals.readApprovals(approvalIds);
        const batch = build(records, found);
        await insert(batch);
        await write(batch.approvals ?? []);
      }),
    settle: parts.settle,
    list: (filter) => listEntries(connection, filter),
    latestSequence: () => readLatestSequence(connection),
    countOutcomes: (range) => countOutcomes(connection, range),
  };
}

function toCommitted(): CommitResult {
  return { status: 'committed' };
}

function toOvertaken(error: unknown): CommitResult {
  if (isSqliteError(error) && error.message.endsWith(OVERTAKEN)) return { status: 'overtaken' };
  throw error;
}

const abandoned = new Set<SqliteConnection>();

/**
 * The last connection to a file saves its write-ahead log in it, and deletes the one beside its path, as it closes. Where
 * another file stands there now, that is not ours: the connection is left open, and referenced, so that nothing ends it.
 */
async function closeConnection({ connection, file, log }: StoreParts): Promise<void> {
  if (file.isInPlace() && !log.areReplaced()) await connection.close();
  else abandoned.add(connection);
}
