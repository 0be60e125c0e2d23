// `make soak`: mixed traffic over every transport while servers are killed at random. Every request must get exactly one
// answer, and at the end no child, socket or file descriptor may be left. Linux only: it looks into /proc.
//
//   run-soak.js [SECONDS]
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import http from 'node:http';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fixturePath } from '../fixtures/fixture-path.ts';
import { freePort } from '../fixtures/free-port.ts';

const SECONDS = Number(process.argv[2] ?? 600);
const KILL_MS = 700;
const WORKERS = 6;
const REGENT = path.resolve(import.meta.dirname, '../../src/cli/main.js');
const REFERENCE = fixturePath('reference-server/main');

const folder = mkdtempSync(path.join(tmpdir(), 'regent-soak-'));
const policy = path.join(folder, 'policy.yaml');
writeFileSync(policy, 'version: "1"\ndefault: allow\nhide: [test_simple_text]\n');
const counts = new Map<string, number>();
let isOver = false;

const count = (what: string): void => void counts.set(what, (counts.get(what) ?? 0) + 1);

function start(args: readonly string[], stdin: 'ignore' | 'pipe' = 'ignore'): ChildProcess {
  return spawn(process.execPath, args, { stdio: [stdin, 'pipe', 'pipe'] });
}

function whenListening(child: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    let said = '';
    child.stderr?.on('data', (part: Buffer) => {
      said += part.toString();
      const url = /listening on (\S+)/.exec(said)?.[1];
      if (url !== undefined) resolve(url);
      said = said.slice(-1000);
    });
    child.once('exit', () => reject(new Error(said)));
  });
}

/** The upstream, always on one port, killed and started again. */
async function runUpstream(port: number): Promise<void> {
  while (!isOver) {
    const child = start([REFERENCE, '--port', String(port)]);
    const ended = new Promise((resolve) => child.once('exit', resolve));
    await whenListening(child).catch(() => undefined);
    await sleep(KILL_MS + Math.random() * 2 * KILL_MS);
    child.kill('SIGKILL');
    await ended;
    count('upstream killed');
  }
}

/** Children of a sidecar, killed one at a time. */
async function killChildrenOf(sidecar: ChildProcess): Promise<void> {
  while (!isOver) {
    await sleep(KILL_MS + Math.random() * 2 * KILL_MS);
    const children = serversOf(sidecar.pid ?? 0);
    const victim = children[Math.floor(Math.random() * children.length)];
    if (victim === undefined) continue;
    process.kill(victim, 'SIGKILL');
    count('child killed');
  }
}

function serversOf(parent: number): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .filter((name) => {
      try {
        const found = /^PPid:\s+(\d+)$/m.exec(readFileSync(`/proc/${name}/status`, 'utf8'))?.[1];
        return (
          Number(found) === parent && readFileSync(`/proc/${name}/cmdline`, 'utf8').includes('reference')
        );
      } catch {
        return false;
      }
    })
    .map(Number);
}

interface Reply {
  readonly status: number;
  readonly text: string;
  readonly session: string | undefined;
}

const BOTH = { 'Content-Type': 'application/json', Accept: 'application/json, text/event-stream' };

function post(url: string, message: object, headers: http.OutgoingHttpHeaders = {}): Promise<Reply> {
  return new Promise((resolve, reject) => {
    const options = { method: 'POST', agent: false, headers: { ...BOTH, ...headers } } as const;
    const request = http.request(url, options, (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (part: string) => {
        text += part;
      });
      const session = response.headers['mcp-session-id'] as string | undefined;
      response.on('error', reject);
      response.on('end', () => resolve({ status: response.statusCode ?? 0, text, session }));
    });
    request.on('error', reject);
    request.end(JSON.stringify(message));
  });
}

const CALLS = ['test_simple_text', 'test_image_content', 'test_tool_with_progress', 'test_tool_with_logging'];
const META = {
  'io.modelcontextprotocol/protocolVersion': '2026-07-28',
  'io.modelcontextprotocol/clientInfo': { name: 'soak', version: '1' },
  'io.modelcontextprotocol/clientCapabilities': {},
};

/** Messages with this id in a body, as JSON or as events. */
function answersIn(text: string, id: number): number {
  const bodies = text.startsWith('{')
    ? [text]
    : Array.from(text.matchAll(/^data: (.+)$/gm), ([, data = '']) => data);
  return bodies.filter((body) => {
    const message = JSON.parse(body) as { id?: unknown; method?: string };
    return message.id === id && message.method === undefined;
  }).length;
}

async function useHttp(url: string, leg: string, isModern: boolean): Promise<void> {
  let session: string | undefined;
  for (let id = 1; !isOver; id += 1) {
    const name = CALLS[id % CALLS.length] ?? '';
    try {
      if (!isModern) session ??= await openSession(url);
      if (!isModern && session === undefined) continue;
      const params = { name, arguments: {}, _meta: { ...(isModern ? META : {}), progressToken: id } };
      const headers = isModern
        ? { 'MCP-Protocol-Version': '2026-07-28', 'Mcp-Method': 'tools/call', 'Mcp-Name': name }
        : { 'Mcp-Session-Id': session };
      const reply = await post(url, { jsonrpc: '2.0', id, method: 'tools/call', params }, headers);
      if (reply.status === 404) session = undefined;
      check(leg, reply, id);
    } catch (error) {
      count(`${leg}: BROKEN ${String(error)}`);
    }
  }
  if (session !== undefined) await endSession(url, session);
}

function endSession(url: string, session: string): Promise<void> {
  return new Promise((resolve) => {
    const options = { method: 'DELETE', agent: false, headers: { 'Mcp-Session-Id': session } } as const;
    const request = http.request(url, options, (response) => response.resume().on('end', resolve));
    request.on('error', () => resolve());
    request.end();
  });
}

async function openSession(url: string): Promise<string | undefined> {
  const clientInfo = { name: 'soak', version: '1' };
  const params = { protocolVersion: '2025-11-25', capabilities: {}, clientInfo };
  const { session } = await post(url, { jsonrpc: '2.0', id: 0, method: 'initialize', params });
  if (session === undefined) await sleep(100);
  else {
    const initialized = { jsonrpc: '2.0', method: 'notifications/initialized' };
    await post(url, initialized, { 'Mcp-Session-Id': session });
  }
  return session;
}

/** An answer of HTTP's own (404, 502) is an answer as well; it names the request, or nobody. */
function check(leg: string, { status, text }: Reply, id: number): void {
  const answers = answersIn(text, id);
  const isRefused = status >= 400 && answersIn(text.replace('"id":null', `"id":${id}`), id) === 1;
  if (answers === 1 || isRefused) count(`${leg}: ${status}${text.includes('"error"') ? ' error' : ''}`);
  // Events with ids: the client may resume, which this one does not.
  else if (answers === 0 && text.includes('id: ')) count(`${leg}: left to be resumed`);
  else count(`${leg}: WRONG ${answers} answers, status ${status}: ${text.slice(0, 200)}`);
}

/** Over stdio each line out is one line in, whatever becomes of the server. */
async function useStdio(sidecar: ChildProcess): Promise<void> {
  const waiting = new Map<number, () => void>();
  let rest = '';
  sidecar.stdout?.on('data', (part: Buffer) => {
    const lines = (rest + part.toString()).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) {
      const { id, method } = JSON.parse(line) as { id?: number; method?: string };
      if (id === undefined || method !== undefined) continue;
      const settle = waiting.get(id);
      waiting.delete(id);
      count(settle === undefined ? 'stdio: WRONG a second answer' : 'stdio: answered');
      settle?.();
    }
  });
  for (let id = 1; !isOver; id += 1) {
    const params = { name: CALLS[id % CALLS.length], arguments: {}, _meta: { ...META, progressToken: id } };
    const answered = new Promise<void>((resolve) => waiting.set(id, resolve));
    sidecar.stdin?.write(`${JSON.stringify({ jsonrpc: '2.0', id, method: 'tools/call', params })}\n`);
    const isLost = await Promise.race([answered.then(() => false), sleep(20_000).then(() => true)]);
    if (isLost) count('stdio: WRONG no answer');
  }
  sidecar.stdin?.end();
}

function descriptorsOf(child: ChildProcess): number {
  return readdirSync(`/proc/${child.pid}/fd`).length;
}

const port = await freePort();
const upstream = runUpstream(port);
const flags = (name: string): string[] => [REGENT, '-c', policy, '--state', path.join(folder, `${name}.db`)];
const url = `http://127.0.0.1:${port}/mcp`;
const sidecars = {
  http: start([...flags('http'), '--listen', '127.0.0.1:0', '--upstream', url]),
  child: start([...flags('child'), '--listen', '127.0.0.1:0', '--', process.execPath, REFERENCE, '--stdio']),
  stdio: start([...flags('stdio'), '--upstream', url], 'pipe'),
};
const urls = { http: await whenListening(sidecars.http), child: await whenListening(sidecars.child) };
const ended = Promise.all(
  Object.values(sidecars).map((child) => new Promise((resolve) => child.once('exit', resolve))),
);
sidecars.stdio.stderr?.resume();
const before = { http: descriptorsOf(sidecars.http), child: descriptorsOf(sidecars.child) };
const killing = killChildrenOf(sidecars.child);
const work = [useStdio(sidecars.stdio)];
for (let worker = 0; worker < WORKERS; worker += 1) {
  const isModern = worker % 2 === 0;
  const era = isModern ? '2026' : '2025';
  work.push(useHttp(urls.http, `http ${era}`, isModern), useHttp(urls.child, `child ${era}`, isModern));
}
await sleep(SECONDS * 1000);
isOver = true;
await Promise.all([...work, upstream, killing]);
await sleep(7000);
const after = { http: descriptorsOf(sidecars.http), child: descriptorsOf(sidecars.child) };
for (const child of Object.values(sidecars)) child.kill('SIGTERM');
await ended;
await sleep(500);
const orphans = readdirSync('/proc').filter((name) => isOrphan(name));

for (const [what, times] of [...counts].sort())
  process.stdout.write(`${String(times).padStart(8)}  ${what}\n`);
process.stdout.write(`descriptors before and after: ${JSON.stringify(before)} ${JSON.stringify(after)}\n`);
process.stdout.write(`processes left: ${orphans.length}\n`);
rmSync(folder, { recursive: true, force: true });
const isWrong = [...counts.keys()].some((what) => /WRONG|BROKEN/.test(what)) || orphans.length > 0;
process.exit(isWrong ? 1 : 0);

function isOrphan(name: string): boolean {
  try {
    return /^\d+$/.test(name) && readFileSync(`/proc/${name}/cmdline`, 'utf8').includes(`${folder}/`);
  } catch {
    return false;
  }
}
