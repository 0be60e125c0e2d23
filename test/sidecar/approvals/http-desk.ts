// A sidecar that listens, whose calls need humans, in front of a server over HTTP or of a command.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fixturePath } from '../../fixtures/fixture-path.ts';
import { temporaryFolder } from '../../state/temporary-folder.ts';
import { ask, type HttpSidecar, startHttpSidecar } from '../http/http-sidecar.ts';
import { type Answer, answerCalls, answerJson, startUpstream } from '../http/upstream-fixture.ts';
import { type Desk, deskOf, holdPolicy } from './approval-desk.ts';

export interface HttpDesk extends Omit<Desk, 'folder' | 'policyFile' | 'stateFile' | 'client' | 'run'> {
  readonly sidecar: HttpSidecar;
  readonly url: string;
  /** The header field of a new session of an older client. */
  openSession(headers?: Record<string, string>): Promise<Record<string, string>>;
}

export interface HttpDeskOptions {
  readonly policy?: string;
  readonly args?: readonly string[];
  readonly prepare?: (folder: string) => readonly string[];
}

export type StartHttpDesk = (options?: HttpDeskOptions) => Promise<HttpDesk>;

const INITIALIZE =
  '{"jsonrpc":"2.0","id":"i","method":"initialize","params":{"protocolVersion":"2025-06-18","capabilities":{},"clientInfo":{"name":"t","version":"1"}}}';

const answerWithSessions: Answer = (seen, response) => {
  if (seen.method === 'DELETE') return answerJson(response, '');
  if (seen.body.includes('"initialize"')) response.setHeader('Mcp-Session-Id', `session-${Math.random()}`);
  if (!seen.body.includes('"id"')) return response.writeHead(202).end();
  return answerCalls(seen, response);
};

export const startBeforeHttp: StartHttpDesk = (options) => startBefore(answerWithSessions, options);

/** As `startBeforeHttp`, with a server that answers as the test says. */
export async function startBefore(answer: Answer, options: HttpDeskOptions = {}): Promise<HttpDesk> {
  const { policy = holdPolicy(), args = [], prepare } = options;
  const upstream = await startUpstream(answer);
  const sidecar = await startHttpSidecar({
    policy,
    args: ['--upstream', upstream.url, ...args],
    ...(prepare === undefined ? {} : { prepare }),
  });
  return deskBefore(sidecar, () => upstream.seen.map(({ body }) => body.toString()));
}

export const startBeforeChild: StartHttpDesk = async ({ policy = holdPolicy(), args = [], prepare } = {}) => {
  const logFile = join(temporaryFolder(), 'seen.log');
  const sidecar = await startHttpSidecar({
    policy,
    args,
    command: [process.execPath, fixturePath('echo-server'), '--tool', 'pay', '--log', logFile],
    ...(prepare === undefined ? {} : { prepare }),
  });
  return deskBefore(sidecar, () => (existsSync(logFile) ? readFileSync(logFile, 'utf8').split('\n') : []));
};

function deskBefore(sidecar: HttpSidecar, seen: () => string[]): HttpDesk {
  const { url, stateFile } = sidecar;
  const { run: _run, ...desk } = deskOf(stateFile);
  return {
    ...desk,
    sidecar,
    url,
    executed: () => seen().filter((line) => line.includes('tools/call')),
    openSession: async (headers = {}) => {
      const reply = await ask(url, { headers, body: INITIALIZE });
      return { ...headers, 'mcp-session-id': String(reply.headers['mcp-session-id']) };
    },
  };
}
