// Approvals in SQLite: each as one record, the arguments beside it, and every step that was ever made.
import type {
  Approval,
  ApprovalSelect,
  ApprovalStatus,
  ApprovalWrite,
  ListedStep,
} from '../../approvals/approval.ts';
import type { ApprovalStore } from '../store.ts';
import type { SqliteConnection, SqliteStatement } from './sqlite-connection.ts';
import type { RunTransaction } from './sqlite-transaction.ts';

export interface SqliteApprovals extends ApprovalStore {
  /** Within a transaction of the caller's. */
  write(writes: readonly ApprovalWrite[]): Promise<void>;
}

interface RecordRow {
  /** JSON text. */
  readonly record: string;
}

const LISTED_MAX = 1000;
/** Whole. */
const ARGUMENTS_MAX = 2 ** 31 - 1;

export async function prepareApprovals(
  connection: SqliteConnection,
  transaction: RunTransaction,
): Promise<SqliteApprovals> {
  const byId = await connection.prepare(
    'SELECT record FROM approvals WHERE id IN (SELECT value FROM json_each(?))',
  );
  const select = await prepareSelect(connection);
  const write = await prepareWrite(connection);
  return {
    readApprovals: async (ids) => readRecords(await byId.all<RecordRow>([JSON.stringify(ids)])),
    changeApprovals: (chosen, change) => transaction(async () => write(change(await select(chosen)))),
    write,
    listApprovals: async ({ statuses, dueMs = null, limit = LISTED_MAX }) => {
      const rows = await connection.all<RecordRow>(
        `SELECT record FROM approvals WHERE (?1 IS NULL OR status IN (SELECT value FROM json_each(?1)))
         AND (?2 IS NULL OR deadline_ms <= ?2) ORDER BY requested_ms DESC, id DESC LIMIT ?3`,
        [statuses === undefined ? null : JSON.stringify(statuses), dueMs, limit],
      );
      return readRecords(rows);
    },
    readApprovalArguments: async (id, maxCharacters = ARGUMENTS_MAX) => {
      const sql = 'SELECT substr(arguments, 1, ?2) AS arguments FROM approval_arguments WHERE id = ?1';
      const [row] = await connection.all<{ arguments: string }>(sql, [id, maxCharacters]);
      return row?.arguments ?? null;
    },
    listSteps: ({ approvalId = null, afterSequence = 0, limit = LISTED_MAX }) =>
      connection.all<ListedStep>(
        `SELECT sequence, approval_id AS approvalId, at_ms AS atMs, step, by, reason, decision_id AS decisionId
         FROM approval_steps WHERE sequence > ?2 AND (?1 IS NULL OR approval_id = ?1) ORDER BY sequence LIMIT ?3`,
        [approvalId, afterSequence, limit],
      ),
    latestStep: async () => {
      const sql = 'SELECT ifnull(max(sequence), 0) AS latest FROM approval_steps';
      const [row] = await connection.all<{ latest: number }>(sql);
      return row?.latest ?? 0;
    },
  };
}

async function prepareSelect(
  connection: SqliteConnection,
): Promise<(chosen: ApprovalSelect) => Promise<Approval[]>> {
  const byId = await connection.prepare('SELECT record FROM approvals WHERE id = ?');
  const live = await connection.prepare(
    `SELECT record FROM approvals WHERE server = ?1 AND agent = ?2
     AND (status IN ('pending', 'approved') OR (status = 'rejected' AND deadline_ms > ?3)
       OR (status = 'cancelled' AND deadline_ms > ?3 AND requested_ms > ?3 - 60000)) ORDER BY requested_ms, id`,
  );
  const due = await connection.prepare(
    `SELECT record FROM approvals WHERE status IN ('pending', 'approved') AND deadline_ms <= ? ORDER BY deadline_ms`,
  );
  const rowsOf = (chosen: ApprovalSelect): Promise<RecordRow[]> => {
    if ('id' in chosen) return byId.all([chosen.id]);
    if ('dueMs' in chosen) return due.all([chosen.dueMs]);
    return live.all([chosen.server, chosen.agent, chosen.nowMs]);
  };
  return async (chosen) => readRecords(await rowsOf(chosen));
}

async function prepareWrite(connection: SqliteConnection): Promise<SqliteApprovals['write']> {
  const upsert = await connection.prepare(
    `INSERT INTO approvals (id, status, server, agent, requested_ms, deadline_ms, record) VALUES (?, ?, ?, ?, ?, ?, ?)
     ON CONFLICT (id) DO UPDATE SET status = excluded.status, deadline_ms = excluded.deadline_ms, record = excluded.record`,
  );
  const keepArguments = await connection.prepare(
    'INSERT INTO approval_arguments (id, arguments) VALUES (?, ?)',
  );
  const addStep: SqliteStatement = await connection.prepare(
    'INSERT INTO approval_steps (approval_id, at_ms, step, by, reason, decision_id) VALUES (?, ?, ?, ?, ?, ?)',
  );
  return async (writes) => {
    for (const { approval, step, arguments: text } of writes) {
      const { id, status, server, agent, requestedMs } = approval;
      await upsert.run([
        id,
        status,
        server,
        agent,
        requestedMs,
        deadlineOf(approval),
        JSON.stringify(approval),
      ]);
      if (text !== undefined) await keepArguments.run([id, text]);
      await addStep.run([id, step.atMs, step.step, step.by, step.reason, step.decisionId]);
    }
  };
}

/** Until when the record matters. */
function deadlineOf({ status, decideByMs, useByMs }: Approval): number {
  const isDecided: Record<ApprovalStatus, boolean> = {
    pending: false,
    rejected: false,
    approved: true,
    consumed: true,
    expired: true,
    cancelled: true,
  };
  return isDecided[status] ? (useByMs ?? decideByMs) : decideByMs;
}

function readRecords(rows: readonly RecordRow[]): Approval[] {
  return rows.map(({ record }) => JSON.parse(record) as Approval);
}
