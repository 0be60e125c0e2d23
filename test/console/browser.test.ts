// A sidecar's console in a real browser: what people see, and what their answers do to the call.
import { describe, expect, test } from 'vitest';
import { holdPolicy } from '../sidecar/approvals/approval-desk.ts';
import { startConsole } from './console-bench.ts';
import { WAIT } from './people.ts';

const APPROVE = { name: 'Approve this call, once' };

describe('a call that waits', () => {
  test('comes onto the open page, is approved by a click and a confirmation, and runs once', async () => {
    const bench = await startConsole();
    const { page, problems } = await bench.signIn('alice');
    await page.getByText('Nothing waits for you').waitFor();
    const call = bench.client.callTool('pay', { amount: 10, to: 'bob' });
    const card = page.locator('.card');
    await card.getByText('"to":"bob"').waitFor();
    expect(await card.textContent()).toContain('A human must agree');
    await card.getByRole('link', { name: 'Approve… pay for anonymous' }).click();
    expect(await page.locator('.arguments').textContent()).toBe('{\n  "amount": 10,\n  "to": "bob"\n}');
    expect(await page.locator('pre.policy mark').textContent()).toContain('- name: ask');
    expect(bench.executed()).toEqual([]);
    await page.getByLabel('Reason (for the journal)').fill('known customer');
    await page.getByRole('button', APPROVE).click();
    expect((await call).result.isError).toBeUndefined();
    expect(bench.executed()).toHaveLength(1);
    await page.locator('#steps').getByText('approved by alice: known customer').waitFor();
    await page.locator('#state').getByText('consumed').waitFor();
    expect(await page.getByRole('button', { name: /this call/ }).count()).toBe(0);
    await page.goto(bench.url);
    await page.getByText('Nothing waits for you').waitFor();
    expect(problems).toEqual([]);
  });

  test('is rejected by keyboard alone, with a reason, which the agent is told', async () => {
    const bench = await startConsole();
    const { page } = await bench.signIn('alice');
    const call = bench.client.callTool('pay');
    await page.getByRole('link', { name: 'Reject…' }).focus();
    await page.keyboard.press('Enter');
    // The reason has the focus; Enter in it sends the form.
    await page.locator('#reject-reason:focus').waitFor();
    await page.keyboard.type('not today');
    await page.keyboard.press('Enter');
    expect((await call).result.content[0].text).toContain('They said: not today');
    expect(bench.executed()).toEqual([]);
    await page.locator('#steps').getByText('rejected by alice: not today').waitFor();
  });

  test('of two approvers runs once the second has agreed; nobody counts twice', async () => {
    const bench = await startConsole({ policy: holdPolicy('        approvals: 2\n') });
    const [alice, bob] = [await bench.signIn('alice'), await bench.signIn('bob')];
    const call = bench.client.callTool('pay');
    for (const { page } of [alice, bob]) await page.getByRole('link', { name: 'Approve…' }).click();
    await alice.page.getByRole('button', APPROVE).click();
    await bob.page.locator('#state').getByText('1 of 2 agreed').waitFor();
    expect(bench.executed()).toEqual([]);
    await alice.page.getByText('alice has approved it already').waitFor();
    expect(await alice.page.getByRole('button', APPROVE).count()).toBe(0);
    await bob.page.getByRole('button', APPROVE).click();
    expect((await call).result.isError).toBeUndefined();
    await alice.page.locator('#steps').getByText('approved by bob').waitFor();
    expect(bench.executed()).toHaveLength(1);
  });

  test('shows what the counters will be, and what they are once it ran', async () => {
    const rules = `      - name: cap
        spend: {daily: 100.00}
`;
    const bench = await startConsole({ policy: holdPolicy('', rules) });
    const { page } = await bench.signIn('alice');
    const call = bench.client.callTool('pay', { amount: 30 });
    await page.getByRole('link', { name: 'Approve…' }).click();
    await page.getByText('0.00 + 30.00 = 30.00 of 100.00 a day').waitFor();
    const meter = page.getByRole('meter', { name: '0.00 now, 30.00 after, of 100.00 a day' });
    expect(await meter.getAttribute('aria-valuenow')).toBe('3000');
    await page.getByRole('button', APPROVE).click();
    expect((await call).result.isError).toBeUndefined();
    await page.goto(`${bench.url}limits`);
    await page.getByRole('meter', { name: '30.00 of 100.00 a day' }).waitFor();
    await page.getByText('resets 20').waitFor();
  });
});

test('every page shows what it is for', async () => {
  const policy = holdPolicy('', '  other:\n    rules:\n      - name: cap\n        rate_limit: 5/hour\n');
  const bench = await startConsole({ policy, server: ['--tool', '{"name":"other"}'] });
  const { page, problems } = await bench.signIn('alice');
  for (let count = 0; count < 7; count += 1) await bench.client.callTool('other');
  await page.getByRole('link', { name: 'Decisions' }).click();
  await page.getByLabel('Outcome').selectOption('denied');
  await page.getByRole('button', { name: 'Filter' }).click();
  await page.waitForURL(/outcome=deny/, WAIT);
  expect(await page.locator('tbody tr').count()).toBe(2);
  expect(await page.locator('tbody').textContent()).toContain('other/cap');
  await page.getByLabel('Since').fill('soon');
  await page.getByRole('button', { name: 'Filter' }).click();
  await page.getByRole('alert').getByText('write it as 15m').waitFor();
  await page.goto(`${bench.url}limits`);
  await page.getByRole('meter', { name: '5 of 5 a hour' }).waitFor();
  await page.goto(`${bench.url}activity?range=1h`);
  await page.getByRole('img', { name: 'Last hour: 5 allowed, 2 denied, 0 held' }).waitFor();
  await page.goto(`${bench.url}policy`);
  await page.getByText('action: require_approval').waitFor();
  await page.locator('summary').first().click();
  expect(await page.locator('details[open] pre').first().textContent()).toContain('package ');
  await page.goto(`${bench.url}deliveries`);
  await page.getByText('Nothing was delivered').waitFor();
  expect(problems).toEqual([]);
});
