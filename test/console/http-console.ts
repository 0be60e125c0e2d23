// A console on real SQLite, and bare HTTP before it: what a browser would hide, and what no browser sends.
import { Buffer } from 'node:buffer';
import http from 'node:http';
import { onTestFinished } from 'vitest';
import type { Approval, CounterEffect } from '../../src/approvals/approval.ts';
import { createApproverToken, digestApproverToken } from '../../src/approvals/approver-token.ts';
import { requestApproval } from '../../src/approvals/request-approval.ts';
import { type ConsoleOptions, type OpenConsole, openConsole } from '../../src/console/open-console.ts';
import { openSqliteStore } from '../../src/state/sqlite-store.ts';
import type { StateStore } from '../../src/state/store.ts';
import { createLogger } from '../../src/telemetry/logger.ts';
import { temporaryFolder } from '../state/temporary-folder.ts';

export interface HttpConsole {
  readonly store: StateStore;
  readonly console: OpenConsole;
  readonly port: number;
  /** Moves the console's clock. */
  advance(ms: number): void;
  now(): number;
  /** Opens it again at the same place, on the same state. */
  restart(): Promise<HttpConsole>;
  send(request?: Sent): Promise<Received>;
  /** With `Origin` as the console's own pages send it. */
  post(path: string, fields: Readonly<Record<string, string>>, request?: Sent): Promise<Received>;
  token(name: string, ownerOf?: readonly string[]): Promise<string>;
  signIn(name: string, ownerOf?: readonly string[]): Promise<SignedIn>;
  /** A call of `bot` that waits. */
  ask(request?: Partial<Asked>): Promise<Approval>;
}

export interface Sent {
  readonly method?: string;
  readonly path?: string;
  readonly headers?: http.OutgoingHttpHeaders;
  readonly body?: string;
}

export interface Received {
  readonly status: number;
  readonly headers: http.IncomingHttpHeaders;
  readonly body: string;
}

export interface SignedIn {
  readonly cookie: string;
  readonly csrf: string;
}

interface Asked {
  readonly tool: string;
  readonly agent: string;
  readonly arguments: string;
  readonly required: number;
  readonly timeoutMs: number;
  readonly effects: readonly CounterEffect[];
}

type Options = Partial<Pick<ConsoleOptions, 'host' | 'publicUrl' | 'operator'>>;

export async function startHttpConsole(options: Options = {}): Promise<HttpConsole> {
  const file = `${temporaryFolder()}/state.db`;
  const store = await openSqliteStore({ file, durability: 'normal' });
  onTestFinished(() => store.close());
  let aheadMs = 0;
  const now = (): number => Date.now() + aheadMs;
  const parts = { host: '127.0.0.1', publicUrl: null, operator: null, ...options };
  const start = async (listenOn: number): Promise<HttpConsole> => {
    const console = await openConsole({ ...parts, port: listenOn, store, log: createLogger('fatal'), now });
    onTestFinished(() => console.close());
    const port = Number(console.url.port);
    const bench: HttpConsole = {
      ...{ store, console, port, now },
      advance: (ms) => {
        aheadMs += ms;
      },
      restart: async () => {
        await console.close();
        return start(port);
      },
      send: (sent = {}) => send(port, sent),
      post: (path, fields, { headers = {} } = {}) => {
        const origin = `http://127.0.0.1:${port}`;
        const type = { 'content-type': 'application/x-www-form-urlencoded' };
        const body = new URLSearchParams(fields).toString();
        return send(port, { method: 'POST', path, body, headers: { ...type, origin, ...headers } });
      },
      token: (name, ownerOf = []) => addApprover(store, name, ownerOf),
      signIn: async (name, ownerOf) => signInBy(bench, await bench.token(name, ownerOf)),
      ask: (asked = {}) => ask(store, now(), asked),
    };
    return bench;
  };
  return start(0);
}

function send(port: number, { method = 'GET', path = '/', headers = {}, body }: Sent): Promise<Received> {
  return new Promise((resolve, reject) => {
    const request = http.request({ port, host: '127.0.0.1', method, path, headers, agent: false });
    request.on('error', reject);
    request.on('response', (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('error', reject);
      response.on('end', () => {
        const { statusCode = 0, headers: received } = response;
        resolve({ status: statusCode, headers: received, body: Buffer.concat(chunks).toString() });
      });
    });
    request.end(body);
  });
}

async function addApprover(store: StateStore, name: string, ownerOf: readonly string[]): Promise<string> {
  const token = createApproverToken();
  const id = Buffer.from(name).toString('hex');
  await store.addApprover({ id, name, ownerOf, createdMs: 0, digest: digestApproverToken(token) });
  return token;
}

/** By a token, or by the operator's code. */
export async function signInBy(bench: HttpConsole, credential: string): Promise<SignedIn> {
  const { headers } = await bench.post('/sign-in', { credential });
  const cookie = headers['set-cookie']?.[0]?.split(';')[0] ?? '';
  const { body } = await bench.send({ headers: { cookie } });
  return { cookie, csrf: /name="csrf" value="([^"]+)"/.exec(body)?.[1] ?? '' };
}

async function ask(store: StateStore, nowMs: number, asked: Partial<Asked>): Promise<Approval> {
  const request = {
    ...{
      server: 'main',
      agent: 'bot',
      tool: 'pay',
      session: 's',
      rule: 'pay/ask',
      reason: 'ask',
      source: null,
    },
    ...{ argumentsDigest: String(Math.random()), revision: 'r', decisionId: 'd', effects: [] },
    ...{ required: 1, timeoutMs: 60_000, arguments: '{"amount":10}', ...asked },
  };
  const limits = { useWithinMs: 60_000, waitingPerAgent: 100 };
  const made = await requestApproval(request, { store, limits, nowMs });
  if (made.kind === 'refused') throw new Error(made.reason);
  return made.approval;
}
