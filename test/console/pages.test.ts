// What the pages print: everything of strangers escaped and marked, and no more than a browser can bear.
import { describe, expect, test } from 'vitest';
import { gauge } from '../../src/console/pages/gauge.ts';
import { strangerLines } from '../../src/console/pages/show-values.ts';
import { startHttpConsole } from './http-console.ts';

const HOSTILE = '<script>alert(1)</script>"\'&\u202E';
const PATHS = ['/', '/decisions', '/limits', '/activity', '/policy', '/deliveries'];

test.each(PATHS)('%s is for people who are signed in', async (path) => {
  const bench = await startHttpConsole();
  const { status, headers, body } = await bench.send({ path });
  expect([status, headers.location]).toEqual([303, `/sign-in?next=${encodeURIComponent(path)}`]);
  expect(body).not.toContain('<nav');
});

test('texts of an agent are escaped wherever they stand', async () => {
  const bench = await startHttpConsole();
  const { cookie } = await bench.signIn('alice');
  const asked = { tool: HOSTILE, agent: HOSTILE, arguments: JSON.stringify({ a: HOSTILE }) };
  const { id } = await bench.ask(asked);
  for (const path of ['/', `/approvals/${id}`]) {
    const { body } = await bench.send({ path, headers: { cookie } });
    expect(body).toContain('&lt;script&gt;alert(1)&lt;/script&gt;');
    expect(body).toContain('<mark class="hidden">⟦U+202E⟧</mark>');
    expect(body).not.toMatch(/<script>alert/);
    expect(body.match(/<script/g)).toHaveLength(1);
  }
});

test.each([
  ['/decisions?tool=%22%3E%3Cscript%3E', '&quot;&gt;&lt;script&gt;'],
  ['/decisions?since=soon', 'Since is no time'],
  ['/decisions?before=x&outcome=nothing', 'No decisions fit'],
  ['/activity?range=__proto__', 'Last day'],
])('%s is answered in words of the console', async (path, words) => {
  const bench = await startHttpConsole();
  const { cookie } = await bench.signIn('alice');
  const { status, body } = await bench.send({ path, headers: { cookie } });
  expect(status).toBe(200);
  expect(body).toContain(words);
});

test('a page that is open asks for what changes, not for the arguments again', async () => {
  const bench = await startHttpConsole();
  const { cookie } = await bench.signIn('alice');
  const { id } = await bench.ask({ arguments: JSON.stringify({ text: 'x'.repeat(1_000_000) }) });
  const whole = await bench.send({ path: `/approvals/${id}`, headers: { cookie } });
  const live = await bench.send({ path: `/approvals/${id}?live=1`, headers: { cookie } });
  const list = await bench.send({ headers: { cookie } });
  expect(whole.body.length).toBeGreaterThan(1_000_000);
  expect(live.body.length).toBeLessThan(10_000);
  expect(list.body.length).toBeLessThan(10_000);
  expect(live.body).toContain('Approve this call, once');
});

test('what waits is in the order of its deadlines: a new request does not move the others', async () => {
  const bench = await startHttpConsole();
  const { cookie } = await bench.signIn('alice');
  const first = await bench.ask({ tool: 'first' });
  const urgent = await bench.ask({ tool: 'urgent', timeoutMs: 5000 });
  const last = await bench.ask({ tool: 'last', timeoutMs: 90_000 });
  const { body } = await bench.send({ headers: { cookie } });
  const ids = Array.from(body.matchAll(/data-key="(apr_\w+)"/g), ([, id]) => id);
  expect(ids).toEqual([urgent.id, first.id, last.id]);
  expect(body).toContain('<title>(3) Waiting for approval');
});

describe('long arguments', () => {
  const textOf = (printed: string): string => printed.replace(/<[^>]+>/g, '');

  test.each([
    ['lines', 'a line\n'.repeat(20_000)],
    ['one line', 'x'.repeat(100_000)],
    ['characters of two units at the ends of blocks', `x${'👍'.repeat(40_000)}`],
    ['hidden characters at the ends of blocks', `xx${'\u202E'.repeat(20_000)}`],
  ])('of %s are in blocks, whole', (_name, text) => {
    const printed = strangerLines(text).text;
    expect(printed.match(/<span class="block">/g)?.length).toBeGreaterThan(5);
    expect(textOf(printed)).toBe(text.replaceAll('\u202E', '⟦U+202E⟧'));
    for (const block of printed.split('<span class="block">')) {
      expect(Buffer.from(block).toString()).toBe(block);
      expect(textOf(block)).not.toMatch(/⟦[^⟧]*$/);
    }
  });

  test('of nothing but hidden characters do not become a million elements', () => {
    const printed = strangerLines('a\u200B'.repeat(500_000)).text;
    expect(printed.match(/<mark/g)?.length ?? 0).toBeLessThan(20_000);
    expect(printed).toContain('⟦U+200B⟧');
  });
});

test.each([
  ['unused', { value: 0, limit: 10 }, 'low', 0, 0],
  ['half', { value: 5, limit: 10 }, 'low', 500, 0],
  ['nearly full', { value: 8, limit: 10 }, 'high', 800, 0],
  ['full', { value: 10, limit: 10 }, 'high', 1000, 0],
  ['with a call on top', { value: 5, added: 2, limit: 10 }, 'low', 500, 200],
  ['passed by a call', { value: 5, added: 7, limit: 10 }, 'over', 500, 500],
  ['of a limit of nothing', { value: 0, added: 1, limit: 0 }, 'over', 1000, 0],
])('a gauge that is %s', (_name, fill, level, now, added) => {
  const { text } = gauge({ ...fill, label: 'x' });
  expect(text).toContain(`class="gauge ${level}"`);
  expect(text).toContain(`class="now" width="${now}"`);
  expect(text).toContain(`x="${now}" width="${added}"`);
});
