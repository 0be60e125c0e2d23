// The agents' tokens in SQLite: names and digests, never a token itself.
import type { AgentStore, AgentToken } from '../store.ts';
import type { SqliteConnection } from './sqlite-connection.ts';

/** Prepared, since every request over HTTP looks its token up. */
export async function prepareAgents(connection: SqliteConnection): Promise<AgentStore> {
  const insert = await connection.prepare(
    'INSERT INTO agents (id, name, digest, created_ms) VALUES (?, ?, ?, ?)',
  );
  const find = await connection.prepare('SELECT name FROM agents WHERE digest = ?');
  const remove = await connection.prepare(
    'DELETE FROM agents WHERE name = ?1 AND (?2 IS NULL OR id = ?2) RETURNING id',
  );
  return {
    addAgentToken: ({ id, name, digest, createdMs }) => insert.run([id, name, digest, createdMs]),
    findAgent: async (digest) => {
      const [found] = await find.all<{ name: string }>([digest]);
      return found?.name ?? null;
    },
    listAgentTokens: () =>
      connection.all<AgentToken>(
        'SELECT id, name, created_ms AS createdMs FROM agents ORDER BY name, created_ms, id',
      ),
    removeAgentTokens: async (name, id) => (await remove.all([name, id])).length,
  };
}
