// The SDK's client of 2026-07-28 and calls that need humans: it shows the console's page, and sends the call again itself.
import { type ChildProcess, spawn } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import { StdioClientTransport } from '@modelcontextprotocol/client/stdio';
import { expect, onTestFinished, test } from 'vitest';
import { fixturePath } from '../../fixtures/fixture-path.ts';
import { temporaryFolder } from '../../state/temporary-folder.ts';
import { REGENT } from '../guarded-server.ts';
import { startHttpSidecar } from '../http/http-sidecar.ts';
import { deskOf, holdPolicy } from './approval-desk.ts';
import { CONSOLE, configured } from './mrtr-desk.ts';

type Page = { readonly url: string };
type Action = 'accept' | 'decline';

/** `onPage` stands for the client's user. */
function createClient(onPage: (page: Page) => Promise<Action>): Client {
  const client = new Client(
    { name: 'v2', version: '1' },
    {
      capabilities: { elicitation: { url: {}, form: {} } },
      versionNegotiation: { mode: { pin: '2026-07-28' } },
    },
  );
  client.setRequestHandler('elicitation/create', async ({ params }) =>
    'url' in params
      ? { action: await onPage({ url: String(params.url) }) }
      : { action: 'accept', content: { name: 'Ada' } },
  );
  onTestFinished(() => client.close());
  return client;
}

const idIn = ({ url }: Page): string => new URL(url).pathname.split('/').at(-1) ?? '';
const POLICY = holdPolicy().replace('pay:', 'greet:');

interface Place {
  readonly stateFile: string;
  connect(client: Client): Promise<void>;
}

function overStdio(): Place {
  const folder = temporaryFolder();
  const policy = join(folder, 'policy.yaml');
  const stateFile = join(folder, 'state.db');
  writeFileSync(policy, POLICY);
  const args = [REGENT, '-c', policy, '--state', stateFile, ...configured(CONSOLE)];
  const command = {
    command: process.execPath,
    args: [...args, '--', process.execPath, fixturePath('modern-server')],
    env: { PATH: process.env.PATH ?? '', HOME: folder },
    stderr: 'ignore' as const,
  };
  return { stateFile, connect: (client) => client.connect(new StdioClientTransport(command)) };
}

async function overHttp(): Promise<Place> {
  const command = [process.execPath, fixturePath('modern-server')];
  const { url, stateFile } = await startHttpSidecar({ policy: POLICY, args: configured(CONSOLE), command });
  return {
    stateFile,
    connect: (client) => client.connect(new StreamableHTTPClientTransport(new URL(url))),
  };
}

test.each([
  ['stdio', overStdio],
  ['HTTP', overHttp],
])('over %s it gets the answer of the server once a human has approved', async (_, open) => {
  const place = await open();
  const desk = deskOf(place.stateFile);
  const pages: Page[] = [];
  const client = createClient(async (page) => {
    pages.push(page);
    await desk.approve(idIn(page));
    return 'accept';
  });
  await place.connect(client);
  expect(await client.callTool({ name: 'greet', arguments: {} })).toMatchObject({
    content: [{ text: 'greet ran' }],
  });
  expect(pages).toHaveLength(1);
  expect((await desk.waiting()).status).toBe('consumed');
});

test.each([
  ['stdio', overStdio],
  ['HTTP', overHttp],
])('over %s it is told that the call is denied when its user declines', async (_, open) => {
  const place = await open();
  const client = createClient(async () => 'decline');
  await place.connect(client);
  const result = await client.callTool({ name: 'greet', arguments: {} });
  expect(result).toMatchObject({
    isError: true,
    content: [{ text: expect.stringContaining('(rule approval-declined)') }],
  });
  expect((await deskOf(place.stateFile).waiting()).status).toBe('cancelled');
});

function endWithTest(child: ChildProcess): void {
  onTestFinished(async () => {
    const ended = new Promise((resolve) => child.once('exit', resolve));
    child.kill('SIGKILL');
    await ended;
  });
}

test('a tool that asks for more itself gets it, and people are asked for each of its calls', async () => {
  const server = spawn(process.execPath, [fixturePath('reference-server/main'), '--port', '0']);
  endWithTest(server);
  const upstream = await new Promise<string>((resolve) => {
    server.stderr.on('data', (part: Buffer) => resolve(/listening on (\S+)/.exec(String(part))?.[1] ?? ''));
  });
  const name = 'test_input_required_result_elicitation';
  const policy = holdPolicy().replace('pay:', `${name}:`);
  const args = [...configured(CONSOLE), '--upstream', upstream];
  const { url, stateFile } = await startHttpSidecar({ policy, args });
  const desk = deskOf(stateFile);
  const client = createClient(async (page) => {
    await desk.approve(idIn(page));
    return 'accept';
  });
  await client.connect(new StreamableHTTPClientTransport(new URL(url)));
  const result = client.callTool({ name, arguments: {} });
  const second = await desk.waiting(2);
  expect(second.status).toBe('pending');
  await desk.approve(second.id);
  expect(await result).toMatchObject({ content: [{ text: 'Hello, Ada!' }] });
  const store = await desk.store();
  expect((await store.list({})).filter(({ outcome }) => outcome === 'allow')).toHaveLength(2);
});
