// A sidecar with its console in a folder of its own, for programs that are no tests: it ends when they say so.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Page } from 'playwright-core';
import { createApproverToken, digestApproverToken } from '../../src/approvals/approver-token.ts';
import { openSqliteStore } from '../../src/state/sqlite-store.ts';
import type { StateStore } from '../../src/state/store.ts';
import { type LineClient, startLineClient } from '../fixtures/line-client.ts';
import { shareBundles } from '../fixtures/share-bundles.ts';

export interface SidecarConsole {
  readonly client: LineClient;
  readonly url: string;
  readonly store: StateStore;
  signIn(page: Page, name: string): Promise<void>;
  close(): Promise<void>;
}

export interface SidecarConsoleOptions {
  /** Such as `finance.yaml`, as it stands in positions. */
  readonly policyName: string;
  readonly policy: string;
  /** Options of the sidecar besides. */
  readonly args?: readonly string[];
  /** The command of the MCP server. */
  readonly server: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
}

const REGENT = path.resolve(import.meta.dirname, '../../../dist/src/cli/main.js');

export async function startSidecarConsole(options: SidecarConsoleOptions): Promise<SidecarConsole> {
  const folder = mkdtempSync(path.join(tmpdir(), 'regent-console-'));
  shareBundles(folder);
  const policyFile = path.join(folder, options.policyName);
  const stateFile = path.join(folder, 'state.db');
  writeFileSync(policyFile, options.policy);
  const flags = ['-c', policyFile, '--state', stateFile, '--console', '127.0.0.1:0', ...(options.args ?? [])];
  const client = startLineClient(process.execPath, [REGENT, ...flags, '--', ...options.server], {
    env: { HOME: folder, ...options.env },
    timeoutMs: 60_000,
  });
  const url = await announcedConsole(client);
  const store = await openSqliteStore({ file: stateFile, durability: 'normal' });
  return {
    ...{ client, url, store },
    signIn: async (page, name) => {
      const token = createApproverToken();
      const id = Buffer.from(name).toString('hex');
      const approver = { id, name, ownerOf: [], createdMs: Date.now(), digest: digestApproverToken(token) };
      await store.addApprover(approver);
      await page.goto(url);
      await page.getByLabel("Your approver's token").fill(token);
      await page.getByRole('button', { name: 'Sign in' }).click();
      await page.getByRole('heading', { name: 'Waiting for approval' }).waitFor();
    },
    close: async () => {
      await client.close();
      await store.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** The sidecar says on stderr where its console is. */
export function announcedConsole({ child }: LineClient): Promise<string> {
  return new Promise((resolve, reject) => {
    let stderr = '';
    child.stderr.on('data', (chunk: Buffer) => {
      stderr += chunk.toString();
      const found = /console on (\S+)/.exec(stderr)?.[1];
      if (found !== undefined) resolve(found);
    });
    child.once('exit', () => reject(new Error(`the sidecar ended: ${stderr}`)));
  });
}
