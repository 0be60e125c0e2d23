// The console's pages in a real browser: hostile arguments, time, screen readers, phones, and a console that restarts.
import { describe, expect, test } from 'vitest';
import { type HttpConsole, startHttpConsole } from './http-console.ts';
import { openPage, type Person } from './people.ts';

interface Watched extends Person {
  readonly bench: HttpConsole;
}

async function open(options?: Parameters<typeof openPage>[2]): Promise<Watched> {
  const bench = await startHttpConsole();
  const person = await openPage(bench.console.url.href, await bench.token('alice'), options);
  return { ...person, bench };
}

describe('arguments of a hostile agent', () => {
  const HOSTILE = {
    script: '</pre></main><script>document.title="owned"</script><img src=x onerror="document.title=1">',
    bidi: 'pay \u202Etxe.99\u2066 and \u200Bzero\u00A0width',
    quote: '"><svg onload=alert(1)>',
    emoji: '👍🏽',
    marker: '⟦U+202E⟧',
  };

  test('are shown as what they are, and run nothing', async () => {
    const { bench, page, problems } = await open();
    const hostile = '<img src=x onerror=alert(1)>';
    await bench.ask({ arguments: JSON.stringify(HOSTILE), tool: hostile, agent: hostile });
    await page.getByRole('link', { name: 'Details' }).click();
    const shown = (await page.locator('.arguments').textContent()) ?? '';
    expect(shown).toContain(JSON.stringify(HOSTILE.script));
    expect(shown).toContain('pay ⟦U+202E⟧txe.99⟦U+2066⟧ and ⟦U+200B⟧zero⟦U+00A0⟧width');
    expect(shown).toContain(JSON.stringify(HOSTILE.quote));
    expect(shown).toContain('👍🏽');
    expect(shown).toContain('⟦⟦U+202E⟧⟧');
    expect(await page.locator('main script, main img, .arguments svg').count()).toBe(0);
    expect(await page.title()).toContain('Request apr_');
    expect(problems).toEqual([]);
  });

  test.each([
    ['a line', JSON.stringify({ text: `${'<b>é</b> '.repeat(100_000)}end` }), /<b>é<\/b> end"\n}$/],
    ['many lines', JSON.stringify(Array.from({ length: 100_000 }, () => 'text')), /"text"\n]$/],
    ['hidden characters', JSON.stringify('a\u200B'.repeat(250_000)), /a⟦U\+200B⟧"$/],
  ])(
    'of a megabyte in %s are there to the last character, and the page can be used',
    async (_name, json, end) => {
      const { bench, page } = await open();
      const { id } = await bench.ask({ arguments: json });
      await page.goto(`${bench.console.url.href}approvals/${id}`);
      expect(await page.locator('.arguments').textContent()).toMatch(end);
      await page.getByLabel('Reason (for the journal)').fill('read to the end');
      await page.getByRole('button', { name: 'Approve this call, once' }).click();
      await page.locator('#steps').getByText('approved by alice: read to the end').waitFor();
    },
  );
});

test('a request leaves the pages when its time is over', async () => {
  const { bench, page } = await open();
  const { id } = await bench.ask();
  await page.getByRole('link', { name: 'Approve…' }).click();
  await page.getByRole('button', { name: 'Approve this call, once' }).waitFor();
  bench.advance(61_000);
  await page.locator('#state').getByText('expired').waitFor();
  await page.locator('#steps').getByText('expired by regent').waitFor();
  expect(await page.getByRole('button', { name: /this call/ }).count()).toBe(0);
  expect((await bench.store.readApprovals([id]))[0]?.status).toBe('expired');
  await page.goto(bench.console.url.href);
  await page.getByText('Nothing waits for you').waitFor();
});

describe('a new request', () => {
  test('is announced to those who do not see the page, and counted in its title', async () => {
    const { bench, page } = await open();
    await bench.ask({ tool: 'first', agent: 'bot' });
    const news = page.getByRole('status').filter({ hasText: 'New request' });
    await news.getByText('New request: first for bot').waitFor();
    await bench.ask({ tool: 'second', agent: 'bot' });
    await news.getByText('New request: second for bot').waitFor();
    expect(await page.title()).toBe('(2) Waiting for approval – Regent');
  });

  test('takes neither the focus nor the place of what somebody is about to answer', async () => {
    const { bench, page } = await open();
    await bench.ask({ tool: 'first' });
    const link = page.getByRole('link', { name: 'Approve… first' });
    await link.focus();
    await bench.ask({ tool: 'second', timeoutMs: 90_000 });
    await page.getByRole('link', { name: 'Approve… second' }).waitFor();
    await page.locator('a:focus', { hasText: 'Approve… first' }).waitFor();
    expect(await page.locator('.card h2 a').allTextContents()).toEqual(['first', 'second']);
  });

  test('leaves what somebody writes alone, until it cannot be sent any more', async () => {
    const { bench, page } = await open();
    const { id } = await bench.ask({ required: 3 });
    await page.getByRole('link', { name: 'Approve…' }).click();
    await page.getByLabel('Reason (for the journal)').fill('half a sent');
    const [bob, carol] = [await bench.signIn('bob'), await bench.signIn('carol')];
    const answer = (verdict: string, { cookie, csrf }: typeof bob) =>
      bench.post(`/approvals/${id}/${verdict}`, { csrf }, { headers: { cookie } });
    await answer('approve', bob);
    await page.locator('#state').getByText('1 of 3 agreed').waitFor();
    expect(await page.getByLabel('Reason (for the journal)').inputValue()).toBe('half a sent');
    await answer('reject', carol);
    await page.getByText('It is rejected').waitFor({ state: 'attached' });
    expect(await page.getByRole('button', { name: /this call/ }).count()).toBe(0);
  });
});

test('a page goes on by itself after the console was away', async () => {
  const { bench, page } = await open();
  await bench.console.close();
  await page.getByText('The console does not answer').waitFor();
  const again = await bench.restart();
  await again.ask({ tool: 'after_restart' });
  await page.getByRole('heading', { name: 'after_restart' }).waitFor();
  await page.getByText('The console does not answer').waitFor({ state: 'hidden' });
});

test('whoever is removed meanwhile is led to the sign-in', async () => {
  const { bench, page } = await open();
  await bench.ask();
  await page.getByRole('link', { name: 'Approve…' }).waitFor();
  await bench.store.removeApprovers('alice');
  await page.getByRole('button', { name: 'Sign in' }).waitFor();
});

test('every page fits a phone, and follows dark mode', async () => {
  const { bench, page } = await open({ viewport: { width: 360, height: 740 }, colorScheme: 'dark' });
  const { id } = await bench.ask({ arguments: JSON.stringify({ text: 'x'.repeat(500) }) });
  for (const path of ['', 'decisions', 'limits', 'activity', 'policy', 'deliveries', `approvals/${id}`]) {
    await page.goto(`${bench.console.url.href}${path}`);
    const widths = await page.evaluate('[document.documentElement.scrollWidth, innerWidth]');
    expect([path, widths]).toEqual([path, [360, 360]]);
  }
  const background = await page.evaluate('getComputedStyle(document.documentElement).backgroundColor');
  expect(background).toBe('rgb(18, 22, 27)');
});

describe('for a screen reader', () => {
  test('a page has landmarks, one heading of the first level, and a name for whatever can be used', async () => {
    const { bench, page } = await open();
    const { id } = await bench.ask();
    for (const path of ['', `approvals/${id}`, 'decisions', 'activity', 'sign-in']) {
      await page.goto(`${bench.console.url.href}${path}`);
      expect(await page.getByRole('banner').count()).toBe(1);
      expect(await page.getByRole('main').count()).toBe(1);
      expect(await page.getByRole('heading', { level: 1 }).count()).toBe(1);
      // One line for each that has a role: its name stands in quotes.
      const tree = await page.locator('body').ariaSnapshot();
      const usable = tree
        .split('\n')
        .filter((line) => /- (link|button|textbox|combobox|meter|region|img)\b/.test(line));
      expect(usable.length).toBeGreaterThan(1);
      expect(usable.filter((line) => !/"[^"]+"/.test(line))).toEqual([]);
    }
    expect(await page.evaluate('document.documentElement.lang')).toBe('en');
  });

  test('links that do different things are told apart', async () => {
    const { bench, page } = await open();
    for (const tool of ['first', 'second']) await bench.ask({ tool });
    await page.getByRole('link', { name: 'Approve… second for bot' }).waitFor();
    const names = await page.locator('main').getByRole('link').allTextContents();
    const answers = names.filter((name) => name.includes('…'));
    expect(new Set(answers).size).toBe(4);
  });

  test('the first stop of the keyboard leads past the menu', async () => {
    const { page } = await open();
    await page.keyboard.press('Tab');
    await page.keyboard.press('Enter');
    await page.locator('main:focus').waitFor();
  });
});

test.each(['light', 'dark'] as const)('texts have a contrast of 4.5 in %s mode', async (colorScheme) => {
  const { bench, page } = await open({ colorScheme });
  const { id } = await bench.ask({ arguments: JSON.stringify({ text: '\u202E' }) });
  for (const path of ['', `approvals/${id}`, 'decisions', 'limits', 'activity']) {
    await page.goto(`${bench.console.url.href}${path}`);
    expect([path, await page.evaluate(FIND_FAINT)]).toEqual([path, []]);
  }
});

/** Texts on a background that is too near to their colour (WCAG 2.2, 1.4.3), as it was computed. */
const FIND_FAINT = `(() => {
  const light = (channels) => channels.slice(0, 3).reduce((sum, one, index) => {
    const part = one / 255;
    return sum + [0.2126, 0.7152, 0.0722][index] * (part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4);
  }, 0);
  const channelsOf = (colour) => (colour.match(/[\\d.]+/g) ?? []).map(Number);
  const behind = (element) => {
    for (let at = element; at !== null; at = at.parentElement) {
      const channels = channelsOf(getComputedStyle(at).backgroundColor);
      if (channels[3] !== 0) return channels;
    }
    return [255, 255, 255];
  };
  const faint = [];
  for (const element of document.querySelectorAll('body *')) {
    const hasText = [...element.childNodes].some((node) => node.nodeType === 3 && node.data.trim() !== '');
    if (!hasText || !element.checkVisibility() || element.closest('svg')) continue;
    const pair = [light(channelsOf(getComputedStyle(element).color)), light(behind(element))].sort((a, b) => b - a);
    const ratio = (pair[0] + 0.05) / (pair[1] + 0.05);
    if (ratio < 4.5) faint.push(element.className + ' ' + ratio.toFixed(2) + ' ' + element.textContent.slice(0, 30));
  }
  return faint;
})()`;
