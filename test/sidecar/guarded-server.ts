// A sidecar in front of the echo server, in a folder of its own, that can tell what reached the server.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { onTestFinished } from 'vitest';
import { type LineClient, startLineClient } from '../fixtures/line-client.ts';
import { payServer } from '../fixtures/pay-server.ts';
import { shareBundles } from '../fixtures/share-bundles.ts';

export const REGENT = path.resolve(import.meta.dirname, '../../dist/src/cli/main.js');

export const OPEN_POLICY = `version: "1"
default: deny
tools:
  pay:
    rules:
      - rate_limit: 1000/day
`;

export interface Guarded {
  readonly folder: string;
  readonly policyFile: string;
  readonly stateFile: string;
  readonly client: LineClient;
  /** Tool calls that the server has seen. */
  executed(): string[];
}

export interface GuardedOptions {
  readonly policy?: string;
  readonly args?: readonly string[];
  /** Options of the echo server besides. */
  readonly server?: readonly string[];
  /** How long the client waits for an answer. */
  readonly timeoutMs?: number;
  /** Runs before the sidecar starts. */
  readonly prepare?: (folder: string) => void;
}

/** Everything is removed, and the sidecar ended, when the test has finished. */
export function startGuarded({
  policy = OPEN_POLICY,
  args = [],
  server: options = [],
  timeoutMs = 15_000,
  prepare,
}: GuardedOptions = {}): Guarded {
  const folder = mkdtempSync(path.join(tmpdir(), 'regent-sidecar-'));
  shareBundles(folder);
  const policyFile = path.join(folder, 'policy.yaml');
  const stateFile = path.join(folder, 'state', 'state.db');
  const server = payServer(folder, options);
  writeFileSync(policyFile, policy);
  prepare?.(folder);
  const client = startLineClient(
    process.execPath,
    [REGENT, '-c', policyFile, '--state', stateFile, ...args, '--', ...server.command],
    {
      env: { HOME: folder },
      timeoutMs,
    },
  );
  onTestFinished(async () => {
    await client.close();
    rmSync(folder, { recursive: true, force: true });
  });
  return { folder, policyFile, stateFile, client, executed: server.executed };
}
