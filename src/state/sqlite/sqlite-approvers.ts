// Approvers in SQLite: names and digests of their tokens, never a token itself.
import type { Approver } from '../../approvals/approval.ts';
import type { ApproverStore } from '../store.ts';
import type { SqliteConnection } from './sqlite-connection.ts';

interface ApproverRow extends Omit<Approver, 'ownerOf'> {
  /** JSON text. */
  readonly ownerOf: string;
}

/** What a person owns stands beside each of their tokens, and counts with any of them: another one lifts nothing. */
const OWNER_OF = `(SELECT json_group_array(value) FROM (
  SELECT DISTINCT value FROM approvers AS own, json_each(own.owner_of) WHERE own.name = approvers.name ORDER BY value))`;

const SELECT = `SELECT id, name, ${OWNER_OF} AS ownerOf, created_ms AS createdMs FROM approvers`;

export async function prepareApprovers(connection: SqliteConnection): Promise<ApproverStore> {
  const insert = await connection.prepare(
    'INSERT INTO approvers (id, name, digest, owner_of, created_ms) VALUES (?, ?, ?, ?, ?)',
  );
  const find = await connection.prepare(`${SELECT} WHERE digest = ?`);
  const remove = await connection.prepare('DELETE FROM approvers WHERE name = ? RETURNING id');
  return {
    addApprover: ({ id, name, digest, ownerOf, createdMs }) =>
      insert.run([id, name, digest, JSON.stringify(ownerOf), createdMs]),
    findApprover: async (digest) => {
      const [row] = await find.all<ApproverRow>([digest]);
      return row === undefined ? null : readApprover(row);
    },
    listApprovers: async () => {
      const rows = await connection.all<ApproverRow>(`${SELECT} ORDER BY name, created_ms, id`);
      return rows.map(readApprover);
    },
    removeApprovers: async (name) => (await remove.all([name])).length,
  };
}

function readApprover({ ownerOf, ...approver }: ApproverRow): Approver {
  return { ...approver, ownerOf: JSON.parse(ownerOf) as string[] };
}
