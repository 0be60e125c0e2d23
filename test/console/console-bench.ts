// A sidecar with its console, and people before it.
import { Buffer } from 'node:buffer';
import type { BrowserContextOptions } from 'playwright-core';
import { createApproverToken, digestApproverToken } from '../../src/approvals/approver-token.ts';
import { type Desk, holdPolicy, startDesk } from '../sidecar/approvals/approval-desk.ts';
import type { GuardedOptions } from '../sidecar/guarded-server.ts';
import { openPage, type Person } from './people.ts';
import { announcedConsole } from './sidecar-console.ts';

export interface ConsoleBench extends Desk {
  readonly url: string;
  /** A browser of somebody who is signed in. */
  signIn(name: string, options?: BrowserContextOptions): Promise<Person>;
}

export async function startConsole(options: GuardedOptions = {}): Promise<ConsoleBench> {
  const args = ['--console', '127.0.0.1:0', ...(options.args ?? [])];
  const desk = startDesk({ policy: holdPolicy(), timeoutMs: 60_000, ...options, args });
  const url = await announcedConsole(desk.client);
  return {
    ...desk,
    url,
    signIn: async (name, contextOptions) => {
      const token = createApproverToken();
      const digest = digestApproverToken(token);
      const id = Buffer.from(name).toString('hex');
      await (await desk.store()).addApprover({ id, name, ownerOf: [], createdMs: Date.now(), digest });
      return openPage(url, token, contextOptions);
    },
  };
}
