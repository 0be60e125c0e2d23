// What a state file keeps besides: the policies that were in force, its own secrets, and sessions that were ended.
import { randomBytes } from 'node:crypto';
import type { PolicyRecord, RecordStore } from '../store.ts';
import type { SqliteConnection } from './sqlite-connection.ts';

interface RecordRow {
  /** JSON text. */
  readonly record: string;
}

export function prepareRecords(connection: SqliteConnection): RecordStore {
  const readRecords = async (sql: string, parameters: readonly string[] = []): Promise<PolicyRecord[]> => {
    const rows = await connection.all<RecordRow>(sql, parameters);
    return rows.map(({ record }) => JSON.parse(record) as PolicyRecord);
  };
  return {
    keepPolicy: async (record) => {
      const keep = `INSERT INTO policies (revision, server, at_ms, record) VALUES (?, ?, ?, ?)
        ON CONFLICT (revision, server) DO UPDATE SET at_ms = excluded.at_ms, record = excluded.record RETURNING revision`;
      await connection.all(keep, [record.revision, record.server, record.atMs, JSON.stringify(record)]);
    },
    readPolicy: async (revision, server) => {
      const sql = 'SELECT record FROM policies WHERE revision = ? AND server = ?';
      return (await readRecords(sql, [revision, server]))[0] ?? null;
    },
    newestPolicies: () =>
      readRecords(`SELECT record FROM policies AS one WHERE at_ms =
        (SELECT max(at_ms) FROM policies WHERE server = one.server) GROUP BY server ORDER BY server`),
    readSecret: async (name) => {
      const made = randomBytes(32).toString('base64url');
      const insert = `INSERT INTO secrets (name, value) VALUES (?1, ?2)
        ON CONFLICT (name) DO UPDATE SET value = value RETURNING value`;
      const [row] = await connection.all<{ value: string }>(insert, [name, made]);
      return row?.value ?? made;
    },
    endSession: async ({ id, untilMs, nowMs }) => {
      await connection.all('DELETE FROM ended_sessions WHERE until_ms <= ? RETURNING id', [nowMs]);
      const insert =
        'INSERT INTO ended_sessions (id, until_ms) VALUES (?, ?) ON CONFLICT DO NOTHING RETURNING id';
      await connection.all(insert, [id, untilMs]);
    },
    isSessionEnded: async (id) =>
      (await connection.all('SELECT id FROM ended_sessions WHERE id = ?', [id])).length > 0,
  };
}
