// The console in a real browser: what people see, and what their answers do.
import { afterAll, describe, expect, test } from 'vitest';
import { holdPolicy } from '../sidecar/approvals/approval-desk.ts';
import { closeBrowser, startConsole } from './console-bench.ts';

afterAll(closeBrowser);

/** Machines are busy at times. */
const WAIT = { timeout: 20_000 };

describe('a call that waits', () => {
  test('comes onto the open page, is approved by a click and a confirmation, and runs once', async () => {
    const bench = await startConsole();
    const { page, problems } = await bench.signIn('alice');
    await page.getByText('Nothing waits for you').waitFor(WAIT);
    const call = bench.client.callTool('pay', { amount: 10, to: 'bob' });
    const card = page.locator('.card');
    await card.getByText('"to":"bob"').waitFor(WAIT);
    expect(await card.textContent()).toContain('A human must agree');
    await card.getByRole('link', { name: 'Approve…' }).click();
    expect(await page.locator('.arguments').textContent()).toBe('{\n  "amount": 10,\n  "to": "bob"\n}');
    expect(await page.locator('pre.policy mark').textContent()).toContain('- name: ask');
    expect(bench.executed()).toEqual([]);
    await page.getByLabel('Reason (for the journal)').fill('known customer');
    await page.getByRole('button', { name: 'Approve this call, once' }).click();
    expect((await call).result.isError).toBeUndefined();
    expect(bench.executed()).toHaveLength(1);
    await page.locator('#steps').getByText('approved by alice: known customer').waitFor(WAIT);
    await page.locator('#state').getByText('consumed').waitFor(WAIT);
    expect(await page.getByRole('button', { name: /this call/ }).count()).toBe(0);
    await page.goto(bench.url);
    await page.getByText('Nothing waits for you').waitFor(WAIT);
    expect(problems).toEqual([]);
  });

  test('is rejected with a reason, which the agent is told', async () => {
    const bench = await startConsole();
    const { page } = await bench.signIn('alice');
    const call = bench.client.callTool('pay');
    await page.getByRole('link', { name: 'Reject…' }).click(WAIT);
    await page.getByLabel('Reason (the agent is told)').fill('not today');
    await page.getByRole('button', { name: 'Reject this call' }).click();
    expect((await call).result.content[0].text).toContain('They said: not today');
    expect(bench.executed()).toEqual([]);
  });

  test('leaves the page when its time is over', async () => {
    const bench = await startConsole({ policy: holdPolicy().replace('30m', '2s') });
    const { page } = await bench.signIn('alice');
    const call = bench.client.callTool('pay');
    await page.getByRole('link', { name: 'Approve…' }).click(WAIT);
    await page.locator('#state').getByText('expired').waitFor(WAIT);
    expect(await page.getByRole('button', { name: /this call/ }).count()).toBe(0);
    expect((await call).result.content[0].text).toContain('No human approved it in time');
  });

  test('of two approvers runs once the second has agreed; nobody counts twice', async () => {
    const bench = await startConsole({ policy: holdPolicy('        approvals: 2\n') });
    const [alice, bob] = [await bench.signIn('alice'), await bench.signIn('bob')];
    const call = bench.client.callTool('pay');
    for (const { page } of [alice, bob]) await page.getByRole('link', { name: 'Approve…' }).click(WAIT);
    const approve = { name: 'Approve this call, once' };
    await alice.page.getByRole('button', approve).click();
    await bob.page.locator('#state').getByText('1 of 2 agreed').waitFor(WAIT);
    expect(bench.executed()).toEqual([]);
    await alice.page.getByText('alice has approved it already').waitFor(WAIT);
    expect(await alice.page.getByRole('button', approve).count()).toBe(0);
    await bob.page.getByRole('button', approve).click();
    expect((await call).result.isError).toBeUndefined();
    await alice.page.locator('#steps').getByText('approved by bob').waitFor(WAIT);
    expect(bench.executed()).toHaveLength(1);
  });

  test('is answered by keyboard alone', async () => {
    const bench = await startConsole();
    const { page } = await bench.signIn('alice');
    const call = bench.client.callTool('pay');
    await page.getByRole('link', { name: 'Approve…' }).focus(WAIT);
    await page.keyboard.press('Enter');
    // The reason has the focus; Enter in it sends the form.
    await page.locator('#approve-reason:focus').waitFor(WAIT);
    await page.keyboard.type('by keyboard');
    await page.keyboard.press('Enter');
    expect((await call).result.isError).toBeUndefined();
    await page.locator('#steps').getByText('approved by alice: by keyboard').waitFor(WAIT);
  });
});

describe('arguments of a hostile agent', () => {
  const HOSTILE = {
    script: '</pre></main><script>document.title="owned"</script><img src=x onerror="document.title=1">',
    bidi: 'pay \u202Etxe.99\u2066 and \u200Bzero\u00A0width',
    quote: '"><svg onload=alert(1)>',
    emoji: '👍🏽',
    marker: '⟦U+202E⟧',
  };

  test('are shown as what they are, and run nothing', async () => {
    const bench = await startConsole();
    const { page, problems } = await bench.signIn('alice');
    void bench.client.callTool('pay', HOSTILE).catch(() => undefined);
    await page.getByRole('link', { name: 'Details' }).click(WAIT);
    const shown = (await page.locator('.arguments').textContent()) ?? '';
    expect(shown).toContain(JSON.stringify(HOSTILE.script));
    expect(shown).toContain('pay ⟦U+202E⟧txe.99⟦U+2066⟧ and ⟦U+200B⟧zero⟦U+00A0⟧width');
    expect(shown).toContain(JSON.stringify(HOSTILE.quote));
    expect(shown).toContain('👍🏽');
    expect(shown).toContain('⟦⟦U+202E⟧⟧');
    expect(await page.locator('.arguments script, .arguments img, .arguments svg').count()).toBe(0);
    expect(await page.title()).toContain('Request apr_');
    expect(problems).toEqual([]);
  });

  test('of a megabyte are there to the last character', async () => {
    const bench = await startConsole();
    const { page } = await bench.signIn('alice');
    void bench.client.callTool('pay', { text: `${'<b>é</b> '.repeat(100_000)}end` }).catch(() => undefined);
    await page.getByRole('link', { name: 'Details' }).click(WAIT);
    const shown = (await page.locator('.arguments').textContent()) ?? '';
    expect(shown.length).toBeGreaterThan(900_000);
    expect(shown).toMatch(/<b>é<\/b> end"\n}$/);
  });
});

describe('every page', () => {
  test('shows what it is for', async () => {
    const policy = holdPolicy('', '  other:\n    rules:\n      - name: cap\n        rate_limit: 5/hour\n');
    const bench = await startConsole({ policy, server: ['--tool', '{"name":"other"}'] });
    const { page, problems } = await bench.signIn('alice');
    for (let count = 0; count < 7; count += 1) await bench.client.callTool('other');
    await page.goto(`${bench.url}decisions?outcome=deny`);
    expect(await page.locator('tbody tr').count()).toBe(2);
    expect(await page.locator('tbody').textContent()).toContain('other/cap');
    await page.getByLabel('Since').fill('soon');
    await page.getByRole('button', { name: 'Filter' }).click();
    await page.getByRole('alert').getByText('write it as 15m').waitFor(WAIT);
    await page.goto(`${bench.url}limits`);
    const meter = page.getByRole('meter', { name: '5 of 5 a hour' });
    expect(await meter.getAttribute('aria-valuenow', WAIT)).toBe('5');
    await page.getByText('resets 20').waitFor(WAIT);
    await page.goto(`${bench.url}activity?range=1h`);
    expect(await page.getByRole('img').getAttribute('aria-label')).toBe(
      'Last hour: 5 allowed, 2 denied, 0 held',
    );
    await page.goto(`${bench.url}policy`);
    await page.getByText('action: require_approval').waitFor(WAIT);
    await page.locator('summary').first().click();
    expect(await page.locator('details[open] pre').first().textContent()).toContain('package ');
    await page.goto(`${bench.url}deliveries`);
    await page.getByText('Nothing was delivered').waitFor(WAIT);
    expect(problems).toEqual([]);
  });

  test('fits a phone, and follows dark mode', async () => {
    const bench = await startConsole();
    const { page } = await bench.signIn('alice', {
      viewport: { width: 360, height: 740 },
      colorScheme: 'dark',
    });
    void bench.client.callTool('pay', { text: 'x'.repeat(500) }).catch(() => undefined);
    await page.getByRole('link', { name: 'Details' }).click(WAIT);
    for (const path of ['', 'decisions', 'limits', 'activity', 'policy', 'deliveries', null]) {
      if (path === null) await page.goBack();
      else await page.goto(`${bench.url}${path}`);
      const widths = await page.evaluate('[document.documentElement.scrollWidth, innerWidth]');
      expect([path, widths]).toEqual([path, [360, 360]]);
    }
    expect(await page.evaluate('getComputedStyle(document.documentElement).backgroundColor')).toBe(
      'rgb(18, 22, 27)',
    );
  });

  test('has landmarks, one heading of the first level, and a name for each field', async () => {
    const bench = await startConsole();
    const { page } = await bench.signIn('alice');
    void bench.client.callTool('pay').catch(() => undefined);
    await page.getByRole('link', { name: 'Details' }).click(WAIT);
    for (const role of ['banner', 'navigation', 'main'] as const)
      expect(await page.getByRole(role).count()).toBe(1);
    expect(await page.getByRole('heading', { level: 1 }).count()).toBe(1);
    const unnamed =
      '[...document.querySelectorAll("input:not([type=hidden]), select")].filter((field) => field.labels.length === 0).length';
    expect(await page.evaluate(unnamed)).toBe(0);
    expect(await page.evaluate('document.documentElement.lang')).toBe('en');
  });
});
