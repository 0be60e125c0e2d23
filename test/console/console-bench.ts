// A sidecar with its console, and people with browsers before it.
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { onTestFinished } from 'vitest';
import { createApproverToken, digestApproverToken } from '../../src/approvals/approver-token.ts';
import { type Desk, holdPolicy, startDesk } from '../sidecar/approvals/approval-desk.ts';
import type { GuardedOptions } from '../sidecar/guarded-server.ts';
import { openBrowser } from './open-browser.ts';
import { announcedConsole } from './sidecar-console.ts';

export interface ConsoleBench extends Desk {
  readonly url: string;
  /** A person's token. */
  token(name: string, ownerOf?: readonly string[]): Promise<string>;
  /** A browser of somebody who is signed in. */
  signIn(name: string, options?: Parameters<Browser['newContext']>[0]): Promise<Person>;
}

export interface Person {
  readonly page: Page;
  /** What went wrong on their pages: scripts, styles and frames that the policy of the page refuses, too. */
  readonly problems: string[];
}

export async function startConsole(options: GuardedOptions = {}): Promise<ConsoleBench> {
  const args = ['--console', '127.0.0.1:0', ...(options.args ?? [])];
  const desk = startDesk({ policy: holdPolicy(), timeoutMs: 60_000, ...options, args });
  const url = await announcedConsole(desk.client);
  const token = async (name: string, ownerOf: readonly string[] = []): Promise<string> => {
    const made = createApproverToken();
    const id = Buffer.from(name).toString('hex');
    await (await desk.store()).addApprover({
      id,
      name,
      ownerOf,
      createdMs: Date.now(),
      digest: digestApproverToken(made),
    });
    return made;
  };
  return {
    ...desk,
    url,
    token,
    signIn: async (name, contextOptions = {}) => {
      const context = await (await browser()).newContext(contextOptions);
      onTestFinished(() => context.close());
      const person = await watchProblems(context);
      await person.page.goto(url);
      await person.page.getByLabel("Your approver's token").fill(await token(name));
      await person.page.getByRole('button', { name: 'Sign in' }).click();
      await person.page.getByRole('heading', { name: 'Waiting for approval' }).waitFor();
      return person;
    },
  };
}

async function watchProblems(context: BrowserContext): Promise<Person> {
  const problems: string[] = [];
  const page = await context.newPage();
  page.on('pageerror', (error) => problems.push(String(error)));
  page.on('dialog', (dialog) => problems.push(`dialog: ${dialog.message()}`));
  page.on('console', (message) => {
    if (message.type() === 'error') problems.push(message.text());
  });
  return { page, problems };
}

let launched: Promise<Browser> | null = null;

/** One for the tests of a file; closed by `closeBrowser`. */
function browser(): Promise<Browser> {
  launched ??= openBrowser();
  return launched;
}

export async function closeBrowser(): Promise<void> {
  await (await launched)?.close();
}
