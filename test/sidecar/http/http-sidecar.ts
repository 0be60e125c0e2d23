// A sidecar that listens, in a folder of its own; and requests to it, byte for byte.
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import http from 'node:http';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { onTestFinished } from 'vitest';
import { shareBundles } from '../../fixtures/share-bundles.ts';
import { REGENT } from '../guarded-server.ts';

export interface HttpSidecar {
  readonly url: string;
  readonly folder: string;
  readonly policyFile: string;
  readonly stateFile: string;
  readonly process: ChildProcess;
  stderr(): string;
  /** Rows of the journal, oldest first. */
  journal(): Array<Record<string, unknown>>;
  /** Runs another command of Regent with this sidecar's state; its stdout. */
  run(...args: string[]): string;
}

export interface HttpSidecarOptions {
  readonly policy?: string;
  /** Of the sidecar: where the server is, and more. */
  readonly args: readonly string[];
  readonly command?: readonly string[];
  readonly prepare?: (folder: string) => readonly string[];
  /** Its policy comes from a bundle server. */
  readonly isRemote?: boolean;
}

export const ALLOW_ALL = 'version: "1"\ndefault: allow\n';

/** Everything is ended and removed when the test has finished. */
export async function startHttpSidecar({
  policy = ALLOW_ALL,
  args,
  command = [],
  prepare,
  isRemote = false,
}: HttpSidecarOptions): Promise<HttpSidecar> {
  const folder = mkdtempSync(path.join(tmpdir(), 'regent-http-'));
  shareBundles(folder);
  const policyFile = path.join(folder, 'policy.yaml');
  const stateFile = path.join(folder, 'state.db');
  writeFileSync(policyFile, policy);
  const env = { ...process.env, HOME: folder };
  const more = prepare?.(folder) ?? [];
  const given = isRemote ? [] : ['-c', policyFile];
  const flags = [...given, '--state', stateFile, '--listen', '127.0.0.1:0', ...more, ...args];
  const server = command.length > 0 ? ['--', ...command] : [];
  const child = spawn(process.execPath, [REGENT, ...flags, ...server], {
    stdio: ['ignore', 'ignore', 'pipe'],
    env,
  });
  let stderr = '';
  const url = new Promise<string>((resolve, reject) => {
    child.stderr.on('data', (chunk: Buffer) => {
      stderr += chunk.toString();
      const found = /listening on (\S+)/.exec(stderr)?.[1];
      if (found !== undefined) resolve(found);
    });
    child.once('exit', () => reject(new Error(`the sidecar ended: ${stderr}`)));
  });
  onTestFinished(async () => {
    if (child.exitCode === null && child.signalCode === null) {
      const ended = new Promise((resolve) => child.once('exit', resolve));
      child.kill('SIGTERM');
      await ended;
    }
    rmSync(folder, { recursive: true, force: true });
  });
  const run = (...words: string[]): string => {
    const done = spawnSync(process.execPath, [REGENT, ...words, '--state', stateFile], {
      encoding: 'utf8',
      env,
    });
    if (done.status !== 0) throw new Error(done.stderr);
    return done.stdout;
  };
  return {
    url: await url,
    folder,
    policyFile,
    stateFile,
    process: child,
    stderr: () => stderr,
    run,
    journal: () =>
      run('journal', '--json')
        .split('\n')
        .filter((line) => line !== '')
        .map((line) => JSON.parse(line) as Record<string, unknown>),
  };
}

export interface Reply {
  readonly status: number;
  readonly headers: http.IncomingHttpHeaders;
  readonly body: Buffer;
  readonly text: string;
}

export interface Asked {
  readonly method?: string;
  readonly headers?: http.OutgoingHttpHeaders;
  readonly body?: string | Buffer;
}

const BOTH = { 'content-type': 'application/json', accept: 'application/json, text/event-stream' };

/** One request; resolves when its answer is whole, rejects when that breaks off. */
export function ask(url: string, { method = 'POST', headers = {}, body }: Asked): Promise<Reply> {
  return new Promise((resolve, reject) => {
    const request = http.request(
      url,
      { method, agent: false, headers: { ...BOTH, ...headers } },
      (response) => {
        const parts: Buffer[] = [];
        response.on('data', (part: Buffer) => parts.push(part));
        response.on('error', reject);
        response.on('end', () => {
          const whole = Buffer.concat(parts);
          const { statusCode = 0 } = response;
          resolve({ status: statusCode, headers: response.headers, body: whole, text: whole.toString() });
        });
      },
    );
    request.on('error', reject);
    request.end(body);
  });
}

/** A stream of events that stays open. */
export interface Listening {
  readonly status: number;
  readonly headers: http.IncomingHttpHeaders;
  /** All that came so far. */
  text(): string;
  /** Resolves when `holds` for all that came so far. */
  until(holds: (text: string) => boolean): Promise<string>;
  close(): void;
}

export function listen(url: string, { method = 'GET', headers = {}, body }: Asked = {}): Promise<Listening> {
  return new Promise((resolve, reject) => {
    const request = http.request(
      url,
      { method, agent: false, headers: { ...BOTH, ...headers } },
      (response) => {
        let text = '';
        let notify = (): void => {};
        response.on('data', (part: Buffer) => {
          text += part.toString();
          notify();
        });
        response.on('error', () => {});
        resolve({
          status: response.statusCode ?? 0,
          headers: response.headers,
          text: () => text,
          until: async (holds) => {
            while (!holds(text)) {
              await new Promise<void>((proceed) => {
                notify = proceed;
              });
            }
            return text;
          },
          close: () => void request.destroy(),
        });
      },
    );
    request.on('error', reject);
    onTestFinished(() => void request.destroy());
    request.end(body);
  });
}

export const call = (name: string, args: object = {}, id: unknown = 1): string =>
  JSON.stringify({ jsonrpc: '2.0', id, method: 'tools/call', params: { name, arguments: args } });

export function modern(method: string, params: object = {}, id: unknown = 1): Asked & { body: string } {
  const { name, uri } = params as { name?: string; uri?: string };
  const subject = name ?? uri;
  const meta = {
    'io.modelcontextprotocol/protocolVersion': '2026-07-28',
    'io.modelcontextprotocol/clientInfo': { name: 'test', version: '1' },
    'io.modelcontextprotocol/clientCapabilities': {},
    ...('_meta' in params ? (params._meta as object) : {}),
  };
  return {
    headers: {
      'mcp-protocol-version': '2026-07-28',
      'mcp-method': method,
      ...(subject === undefined ? {} : { 'mcp-name': subject }),
    },
    body: JSON.stringify({ jsonrpc: '2.0', id, method, params: { ...params, _meta: meta } }),
  };
}
