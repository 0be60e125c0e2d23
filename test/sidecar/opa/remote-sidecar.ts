// A stdio sidecar whose regent.yaml speaks OPA's words, in a folder of its own, in front of the echo server.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, onTestFinished, vi } from 'vitest';
import { readPolicies } from '../../../compiler/check/read-policies.ts';
import { draftBundle, ENTRYPOINTS } from '../../../compiler/generate/draft-bundle.ts';
import { buildBundle } from '../../../compiler/opa/opa-operations.ts';
import { type LineClient, startLineClient } from '../../fixtures/line-client.ts';
import type { Json } from '../../fixtures/opa-control.ts';
import { payServer } from '../../fixtures/pay-server.ts';
import { shareBundles } from '../../fixtures/share-bundles.ts';
import { openSqlFile } from '../../state/sql-file.ts';
import { REGENT } from '../guarded-server.ts';

export interface SidecarFolder {
  readonly folder: string;
  readonly stateFile: string;
  write(name: string, content: string | Buffer): string;
  /** A sidecar in this folder; several share its state. */
  start(config: string, env?: Readonly<Record<string, string>>): RemoteSidecar;
  /** Tool calls that servers have seen. */
  executed(): number;
  /** The decisions of the journal, oldest first. */
  journal(): Promise<Array<{ id: string; sequence: number; input: Json; output: Json; revision: string }>>;
}

export interface RemoteSidecar extends LineClient {
  stderr(): string;
  /** Without saying good-bye. */
  kill(): Promise<void>;
}

export function sidecarFolder(): SidecarFolder {
  const folder = mkdtempSync(path.join(tmpdir(), 'regent-opa-'));
  shareBundles(folder);
  const stateFile = path.join(folder, 'state.db');
  const server = payServer(folder);
  const running: RemoteSidecar[] = [];
  onTestFinished(async () => {
    await Promise.all(running.map((sidecar) => sidecar.close()));
    rmSync(folder, { recursive: true, force: true });
  });
  const write = (name: string, content: string | Buffer): string => {
    writeFileSync(path.join(folder, name), content, { mode: 0o600 });
    return path.join(folder, name);
  };
  return {
    folder,
    stateFile,
    write,
    start: (config, env = {}) => {
      const file = write(
        `regent-${running.length}.yaml`,
        `state: state.db\n${/^server:/m.test(config) ? '' : 'server: main\n'}${config}`,
      );
      const client = startLineClient(process.execPath, [REGENT, '--config', file, '--', ...server.command], {
        env: { HOME: folder, ...env },
        timeoutMs: 60_000,
      });
      let stderr = '';
      client.child.stderr.on('data', (chunk: Buffer) => {
        stderr += chunk.toString();
      });
      const kill = async (): Promise<void> => {
        client.child.kill('SIGKILL');
        await client.close();
      };
      const sidecar = { ...client, stderr: () => stderr, kill };
      running.push(sidecar);
      return sidecar;
    },
    executed: () => server.executed().length,
    journal: async () => {
      const file = openSqlFile(stateFile);
      const rows = await file.all<{
        id: string;
        sequence: number;
        input: string;
        output: string;
        revision: string;
      }>('SELECT id, sequence, input, output, revision FROM journal ORDER BY sequence');
      await file.close();
      return rows.map((row) => ({ ...row, input: JSON.parse(row.input), output: JSON.parse(row.output) }));
    },
  };
}

/** Polls: machines that run tests are slow at times. */
export const soon = <T>(check: () => T | Promise<T>): Promise<T> =>
  vi.waitFor(check, { timeout: 60_000, interval: 50 });

/** A bundle has come. No decision is made for finding out. */
export const hasPolicy = (sidecar: LineClient): Promise<void> =>
  soon(async () => expect((await sidecar.request('tools/list')).result.tools).toHaveLength(1));

export const ALLOW_PAY = 'version: "1"\ntools:\n  pay: {rules: []}\n';
export const DENY_PAY = `version: "1"
tools:
  pay:
    rules:
      - {name: closed, action: deny, on_deny: "payments are closed"}
`;

/** Reads these of the arguments, so that they stand in the journal. */
const READING_PAY = `version: "1"
tools:
  pay:
    rules:
      - arguments: {card: {type: string}, amount: {type: number}}
`;

/** A bundle with rules for decision logs, and the entry points that it is built with. */
export async function buildWithLogRules(rego: string, entrypoints: readonly string[]): Promise<Buffer> {
  const { policies } = readPolicies([{ name: 'policy.yaml', text: READING_PAY }], {});
  const { modules, data, metadata, revision } = draftBundle(policies);
  const built = await buildBundle({
    modules: [...modules, { path: 'system/log/log.rego', text: rego }],
    data,
    entrypoints: [...ENTRYPOINTS, ...entrypoints],
    revision,
    metadata: { regent: metadata },
  });
  if (!built.ok) throw new Error(JSON.stringify(built.problems));
  return built.bundle;
}
