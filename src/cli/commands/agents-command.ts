// `regent agents`: tokens by which agents over HTTP are known.
import { randomBytes } from 'node:crypto';
import { isAgentName } from '../../proxy/identity/agent-name.ts';
import { createAgentToken, digestToken } from '../../proxy/identity/agent-token.ts';
import { openSqliteStore } from '../../state/sqlite-store.ts';
import type { AgentToken } from '../../state/store.ts';
import { CliError } from '../cli-error.ts';
import { defaultStateFile } from '../home.ts';
import { openExistingState } from '../open-existing-state.ts';
import { printOut } from '../print-out.ts';
import { withStore } from '../with-store.ts';

export interface AgentsFlags {
  readonly state?: string;
  readonly json?: boolean;
  readonly token?: string;
}

/** The token is printed once, and kept nowhere. */
export async function addAgent(name: string, flags: AgentsFlags): Promise<void> {
  if (!isAgentName(name)) {
    throw new CliError(
      `${JSON.stringify(name)} cannot be an agent's name: 1 to 128 characters without control characters, not anonymous`,
    );
  }
  const file = flags.state ?? defaultStateFile();
  const token = createAgentToken();
  const id = randomBytes(6).toString('hex');
  await withStore(openSqliteStore({ file, durability: 'full' }), (store) =>
    store.addAgentToken({ id, name, digest: digestToken(token), createdMs: Date.now() }),
  );
  printOut(`${token}\n`);
  process.stderr.write(
    `This token of ${name} is shown once; its digest is in ${file}, with the id ${id}.\n` +
      'The agent sends it as: Authorization: Bearer TOKEN\n',
  );
}

export async function listAgents(flags: AgentsFlags): Promise<void> {
  const opening = openExistingState(flags.state ?? defaultStateFile());
  const tokens = await withStore(opening, (store) => store.listAgentTokens());
  const print = flags.json === true ? (token: AgentToken) => JSON.stringify(toJson(token)) : formatToken;
  for (const token of tokens) printOut(`${print(token)}\n`);
}

/** As durable as can be: a token that was taken back must not return with the power. */
export async function removeAgent(name: string, flags: AgentsFlags): Promise<void> {
  const opening = openExistingState(flags.state ?? defaultStateFile(), 'full');
  const removed = await withStore(opening, (store) => store.removeAgentTokens(name, flags.token ?? null));
  if (removed === 0) {
    throw new CliError(`no such token of ${JSON.stringify(name)}; regent agents list shows them`);
  }
  process.stderr.write(`${removed} ${removed === 1 ? 'token' : 'tokens'} of ${name} removed\n`);
}

function toJson({ id, name, createdMs }: AgentToken): object {
  return { id, name, created_at: new Date(createdMs).toISOString() };
}

function formatToken({ id, name, createdMs }: AgentToken): string {
  return `${name}  ${id}  ${new Date(createdMs).toISOString()}`;
}
