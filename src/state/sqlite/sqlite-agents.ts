// The agents' tokens in SQLite: names and digests, never a token itself.
import type { AgentStore, AgentToken } from '../store.ts';
import type { SqliteConnection } from './sqlite-connection.ts';

const SELECT = 'SELECT id, name, created_ms AS createdMs FROM agents';

export function createAgentRows(connection: SqliteConnection): AgentStore {
  return {
    addAgentToken: async ({ id, name, digest, createdMs }) => {
      await connection.all('INSERT INTO agents (id, name, digest, created_ms) VALUES (?, ?, ?, ?)', [
        id,
        name,
        digest,
        createdMs,
      ]);
    },
    findAgent: async (digest) => {
      const [found] = await connection.all<AgentToken>(`${SELECT} WHERE digest = ?`, [digest]);
      return found?.name ?? null;
    },
    listAgentTokens: () => connection.all<AgentToken>(`${SELECT} ORDER BY name, created_ms, id`),
    removeAgentTokens: async (name, id) => {
      const removed = await connection.all(
        'DELETE FROM agents WHERE name = ? AND (? IS NULL OR id = ?) RETURNING id',
        [name, id, id],
      );
      return removed.length;
    },
  };
}
