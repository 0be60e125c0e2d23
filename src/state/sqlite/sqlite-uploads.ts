// Cursors of uploads in SQLite.
import type { UploadStore } from '../upload.ts';
import type { SqliteConnection } from './sqlite-connection.ts';
import type { RunTransaction } from './sqlite-transaction.ts';

export async function prepareUploads(
  connection: SqliteConnection,
  transaction: RunTransaction,
): Promise<UploadStore> {
  const find = await connection.prepare('SELECT 1 AS found FROM uploads WHERE target = ?');
  const begin = await connection.prepare(
    `INSERT INTO uploads (target, sequence, holder, until_ms)
     SELECT ?1, ifnull(max(sequence), 0), '', 0 FROM journal WHERE at_ms < ?2`,
  );
  const claim = await connection.prepare(
    `UPDATE uploads SET holder = ?2, until_ms = ?4 WHERE target = ?1 AND (holder = ?2 OR until_ms <= ?3)
     RETURNING sequence`,
  );
  const advance = await connection.prepare(
    'UPDATE uploads SET sequence = max(sequence, ?3) WHERE target = ?1 AND holder = ?2',
  );
  const release = await connection.prepare(
    'UPDATE uploads SET until_ms = 0 WHERE target = ?1 AND holder = ?2',
  );
  return {
    claimUpload: async ({ target, holder, nowMs, leaseMs, sinceMs }) => {
      let claimed: ReadonlyArray<{ sequence: number }> = [];
      await transaction(async () => {
        if ((await find.all([target])).length === 0) await begin.run([target, sinceMs]);
        claimed = await claim.all<{ sequence: number }>([target, holder, nowMs, nowMs + leaseMs]);
      });
      return claimed[0]?.sequence ?? null;
    },
    advanceUpload: ({ target, holder, sequence }) => advance.run([target, holder, sequence]),
    releaseUpload: ({ target, holder }) => release.run([target, holder]),
  };
}
