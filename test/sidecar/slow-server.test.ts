// A server that does not read: what the agent sends must not fill the sidecar's memory meanwhile.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, onTestFinished, test } from 'vitest';
import { fixturePath } from '../fixtures/fixture-path.ts';
import { startLineClient } from '../fixtures/line-client.ts';
import { shareBundles } from '../fixtures/share-bundles.ts';
import { REGENT } from './guarded-server.ts';
import { ALLOW_ALL, ask, call, modern, startHttpSidecar } from './http/http-sidecar.ts';

const INITIALIZE =
  '{"jsonrpc":"2.0","id":0,"method":"initialize","params":{"protocolVersion":"2025-06-18","capabilities":{},"clientInfo":{"name":"t","version":"1"}}}';
/** Of a megabyte each; far more than all pipes and buffers on the way hold. */
const CHUNKS_MAX = 30;

/** Its command, the bytes that it has read, and how it is made to read on. */
function deafServer() {
  const folder = mkdtempSync(path.join(tmpdir(), 'regent-deaf-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const [wakeFile, logFile] = [path.join(folder, 'wake'), path.join(folder, 'log')];
  return {
    folder,
    command: [process.execPath, fixturePath('deaf-server'), wakeFile, logFile],
    read: () => readFileSync(logFile, 'utf8'),
    wake: () => writeFileSync(wakeFile, ''),
  };
}

async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await sleep(20);
}

/** For as long as something that is not held back takes at most. */
const waitFor = (holds: () => boolean): Promise<void> => Promise.race([until(holds), sleep(2000)]);

describe('over stdio', () => {
  test.each([
    ['calls', call('pay', { pad: 'x'.repeat(1000) })],
    [
      'batches of calls',
      `[${Array(20)
        .fill(call('pay', { pad: 'x'.repeat(1000) }))
        .join(',')}]`,
    ],
    ['other requests', `{"jsonrpc":"2.0","id":1,"method":"ping","params":{"pad":"${'x'.repeat(1000)}"}}`],
  ])('the client is not read on, whatever it sends: %s', async (_name, line) => {
    const server = deafServer();
    const policyFile = path.join(server.folder, 'policy.yaml');
    writeFileSync(policyFile, ALLOW_ALL);
    shareBundles(server.folder);
    const flags = ['-c', policyFile, '--state', path.join(server.folder, 'state.db')];
    const client = startLineClient(process.execPath, [REGENT, ...flags, '--', ...server.command], {
      env: { HOME: server.folder },
    });
    onTestFinished(() => void client.child.kill('SIGKILL'));
    client.send(INITIALIZE);
    await client.next();
    const chunk = `${line}\n`.repeat(Math.ceil(1e6 / line.length));
    let taken = 0;
    let sent = 0;
    const write = (): void => {
      sent += 1;
      client.child.stdin.write(chunk, () => {
        taken += 1;
      });
    };
    for (; sent === taken && sent < CHUNKS_MAX; await waitFor(() => sent === taken)) write();
    expect(taken).toBeLessThan(CHUNKS_MAX);
    server.wake();
    await until(() => sent === taken);
  });
});

describe('behind HTTP', () => {
  test.each([
    ['of a session', 'legacy'],
    ['of protocol 2026-07-28', 'modern'],
  ])('messages %s wait for it, and those whose client went away are not sent', async (_name, era) => {
    const server = deafServer();
    const { url } = await startHttpSidecar({ args: [], command: server.command });
    const opened = era === 'legacy' ? await ask(url, { body: INITIALIZE }) : null;
    const session = { 'mcp-session-id': String(opened?.headers['mcp-session-id']) };
    const post = (pad: string, signal: AbortSignal | null = null) => {
      const asked = era === 'legacy' ? { headers: session, body: '' } : modern('notifications/x', { pad });
      const body =
        era === 'legacy'
          ? `{"jsonrpc":"2.0","method":"notifications/x","params":{"pad":"${pad}"}}`
          : asked.body.replace('"id":1,', '');
      const headers = { 'content-type': 'application/json', ...(asked.headers as Record<string, string>) };
      return fetch(url, { method: 'POST', headers, body, signal });
    };
    let sent = 0;
    let answered = 0;
    const postMegabyte = async (): Promise<void> => {
      sent += 1;
      expect((await post('x'.repeat(1e6))).status).toBe(202);
      answered += 1;
    };
    for (; sent === answered && sent < CHUNKS_MAX; await waitFor(() => sent === answered))
      void postMegabyte();
    expect(answered).toBeLessThan(CHUNKS_MAX);
    const leaving = new AbortController();
    const gone = post('left', leaving.signal);
    await sleep(200);
    leaving.abort();
    await expect(gone).rejects.toThrow();
    const last = post('last');
    server.wake();
    expect((await last).status).toBe(202);
    await until(() => server.read().includes('"last"'));
    expect(server.read()).not.toContain('"left"');
  });

  test('what waits for a server that ends is answered', async () => {
    const server = deafServer();
    const { url } = await startHttpSidecar({ args: [], command: server.command });
    const { headers } = await ask(url, { body: INITIALIZE });
    const session = { 'mcp-session-id': String(headers['mcp-session-id']) };
    const ping = (pad: string) =>
      ask(url, {
        headers: session,
        body: `{"jsonrpc":"2.0","id":1,"method":"ping","params":{"pad":"${pad}"}}`,
      });
    const sent = [ping('x'.repeat(1e6))];
    await sleep(500);
    sent.push(ping('waits'));
    await sleep(500);
    expect((await ask(url, { method: 'DELETE', headers: session })).status).toBe(200);
    const [, waited] = await Promise.all(sent);
    expect([waited?.status, waited?.text]).toEqual([404, expect.stringContaining('The session has ended.')]);
  });
});
