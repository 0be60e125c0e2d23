// `make screenshots`: pictures of the console for docs/console.md, of a sidecar in front of the finance server.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { Browser, Page } from 'playwright-core';
import type { StateStore } from '../../src/state/store.ts';
import { compressPng } from './compress-png.ts';
import { openBrowser } from './open-browser.ts';
import { type SidecarConsole, startSidecarConsole } from './sidecar-console.ts';

const ROOT = path.resolve(import.meta.dirname, '../../..');
const IMAGES = path.join(ROOT, 'docs/images');
const BYTES_MAX = 100_000;
const STEP_MS = 1_800_000;

const PAGE = readFileSync(path.join(ROOT, 'docs/console.md'), 'utf8');
const [, policy = ''] = /```yaml finance\.yaml\n([\s\S]*?)```/.exec(PAGE) ?? [];

const sidecar = await startSidecarConsole({
  policyName: 'finance.yaml',
  policy,
  args: ['--server', 'finance', '--agent', 'payments-bot'],
  server: [process.execPath, path.join(ROOT, 'dist/test/fixtures/finance-server.js')],
});
const browser = await openBrowser();
try {
  mkdirSync(IMAGES, { recursive: true });
  await makeTraffic(sidecar);
  await spreadOverDay(sidecar.store);
  const waiting = [
    ['create_payment', { amount: 249.0, currency: 'EUR', recipient: 'Baker & Sons', reference: 'INV-2041' }],
    ['close_account', { account: 'ACC-7', reason: 'asked for by \u202Eremotsuc' }],
  ] as const;
  for (const [tool, args] of waiting) void sidecar.client.callTool(tool, args).catch(() => undefined);
  await takePictures(browser, sidecar);
} finally {
  await browser.close();
  await sidecar.close();
}

async function makeTraffic({ client }: SidecarConsole): Promise<void> {
  for (let count = 0; count < 46; count += 1) await client.callTool('get_balance', { account: 'ACC-1' });
  for (let count = 0; count < 26; count += 1)
    await client.callTool('list_transactions', { account: 'ACC-1' });
  for (const amount of [99.5, 80, 75.25, 640, 99])
    await client.callTool('create_payment', { amount, currency: 'EUR', recipient: 'Acme' });
  await client.callTool('create_payment', { amount: 10, currency: 'JPY', recipient: 'Acme' });
  for (const amount of [40, 60, 250]) await client.callTool('create_refund', { amount, currency: 'EUR' });
  await client.callTool('delete_all_records', {});
}

/** The plot of a day wants a day: the same decisions again, at other hours. */
async function spreadOverDay(store: StateStore): Promise<void> {
  const entries = await store.list({});
  const steps = Array.from({ length: 46 }, (_, index) => index + 1);
  const rows = entries.flatMap((entry, index) =>
    steps
      .filter((step) => (index * 7 + step * 3) % 11 < 4 + 4 * Math.sin(step / 7))
      .map((step) => ({ ...entry, id: `${entry.id}-${step}`, atMs: entry.atMs - step * STEP_MS })),
  );
  await store.commit({ rows, reads: [], writes: [] });
}

async function takePictures(browser: Browser, { signIn, url }: SidecarConsole): Promise<void> {
  const page = await browser.newPage({ viewport: { width: 1100, height: 720 }, colorScheme: 'light' });
  await signIn(page, 'alice');
  await page.getByText('ACC-7').waitFor();
  await page.getByText('INV-2041').waitFor();
  await take(page, 'waiting');
  const [payment = ''] = await page
    .locator('.card h2 a', { hasText: 'create_payment' })
    .evaluateAll((links) => links.map((link) => link.getAttribute('href') ?? ''));
  await page.goto(new URL(`${payment}?answer=approve`, url).href);
  await page.getByRole('heading', { name: 'Your answer' }).waitFor();
  await page.setViewportSize({ width: 1100, height: 900 });
  await take(page, 'request');
  await page.setViewportSize({ width: 1100, height: 720 });
  for (const name of ['limits', 'activity']) {
    await page.goto(new URL(name, url).href);
    await take(page, name);
  }
  const options = { viewport: { width: 390, height: 844 }, colorScheme: 'dark' as const };
  const phone = await browser.newPage(options);
  await signIn(phone, 'bob');
  await phone.getByText('INV-2041').waitFor();
  await take(phone, 'phone-dark');
}

async function take(page: Page, name: string): Promise<void> {
  const file = path.join(IMAGES, `console-${name}.png`);
  await page.evaluate('document.fonts.ready');
  const png = compressPng(await page.screenshot({ animations: 'disabled' }));
  writeFileSync(file, png);
  const size = png.length;
  console.log(`${path.relative(ROOT, file)}: ${size} bytes`);
  if (size > BYTES_MAX) throw new Error(`${file} is over ${BYTES_MAX} bytes`);
}
