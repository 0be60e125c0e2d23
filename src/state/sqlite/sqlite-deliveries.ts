// Deliveries to webhooks in SQLite.
import type { ClaimedDelivery, DeliveryStore } from '../delivery.ts';
import type { SqliteConnection } from './sqlite-connection.ts';
import type { RunTransaction } from './sqlite-transaction.ts';

const SELECT = `SELECT deliveries.step, deliveries.status, attempts, deliveries.at_ms AS atMs, next_ms AS nextMs, detail,
  approval_id AS approvalId, approval_steps.step AS kind FROM deliveries JOIN approval_steps ON approval_steps.sequence = deliveries.step`;

export async function prepareDeliveries(
  connection: SqliteConnection,
  transaction: RunTransaction,
): Promise<DeliveryStore> {
  const isDue = await connection.prepare(
    `SELECT EXISTS (SELECT 1 FROM deliveries WHERE status = 'waiting' AND next_ms <= ?1)
       OR EXISTS (SELECT 1 FROM approval_steps WHERE at_ms >= ?2
                  AND sequence > (SELECT ifnull(max(step), 0) FROM deliveries)) AS found`,
  );
  const begin = await connection.prepare(
    `INSERT INTO deliveries (step, status, attempts, at_ms, next_ms)
     SELECT sequence, 'waiting', 0, ?1, ?1 FROM approval_steps
     WHERE at_ms >= ?2 AND sequence > (SELECT ifnull(max(step), 0) FROM deliveries)`,
  );
  const due = await connection.prepare(
    `${SELECT} WHERE deliveries.status = 'waiting' AND next_ms <= ? ORDER BY deliveries.step LIMIT ?`,
  );
  const lease = await connection.prepare('UPDATE deliveries SET next_ms = ? WHERE step = ?');
  const settle = await connection.prepare(
    'UPDATE deliveries SET status = ?, attempts = ?, at_ms = ?, next_ms = ?, detail = ? WHERE step = ?',
  );
  return {
    claimDeliveries: async ({ nowMs, sinceMs, leaseMs, limit }) => {
      // The usual case is that nothing is due: no lock is taken for it.
      const [look] = await isDue.all<{ found: number }>([nowMs, sinceMs]);
      if (look?.found !== 1) return [];
      const claimed: ClaimedDelivery[] = [];
      await transaction(async () => {
        await begin.run([nowMs, sinceMs]);
        claimed.push(...(await due.all<ClaimedDelivery>([nowMs, limit])));
        for (const { step } of claimed) await lease.run([nowMs + leaseMs, step]);
      });
      return claimed;
    },
    settleDelivery: ({ step, status, attempts, atMs, nextMs, detail }) =>
      settle.run([status, attempts, atMs, nextMs, detail, step]),
    listDeliveries: (limit) => connection.all(`${SELECT} ORDER BY deliveries.step DESC LIMIT ?`, [limit]),
  };
}
