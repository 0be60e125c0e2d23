// People with browsers before a console.
import type { Browser, BrowserContext, BrowserContextOptions, Page } from 'playwright-core';
import { afterAll, onTestFinished } from 'vitest';
import { openBrowser } from './open-browser.ts';

export interface Person {
  readonly page: Page;
  /** What went wrong on their pages: scripts, styles and frames that the policy of the page refuses, too. */
  readonly problems: string[];
}

/** Machines are busy at times. */
export const WAIT = { timeout: 20_000 };

let launched: Promise<Browser> | null = null;

/** One browser serves the tests of a file. */
afterAll(async () => {
  await (await launched)?.close();
});

/** Signed in, on the page of what waits. */
export async function openPage(
  url: string,
  token: string,
  options: BrowserContextOptions = {},
): Promise<Person> {
  launched ??= openBrowser();
  const context = await (await launched).newContext(options);
  onTestFinished(() => closeContext(context));
  context.setDefaultTimeout(WAIT.timeout);
  const person = await watchProblems(context);
  await person.page.goto(url);
  await person.page.getByLabel("Your approver's token").fill(token);
  await person.page.getByRole('button', { name: 'Sign in' }).click();
  await person.page.getByRole('heading', { name: 'Waiting for approval' }).waitFor(WAIT);
  return person;
}

/** A context that is loading a page at its end may never say that it has closed; the browser's end ends it then. */
async function closeContext(context: BrowserContext): Promise<void> {
  await Promise.race([context.close(), new Promise((resolve) => setTimeout(resolve, 5000))]);
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
