// `--since`: moments and durations back.
import { expect, test } from 'vitest';
import { parseSince } from '../../src/journal/parse-since.ts';

const NOW = Date.parse('2026-11-22T15:04:00Z');

test.each([
  ['15m', '2026-11-22T14:49:00Z'],
  ['24h', '2026-11-21T15:04:00Z'],
  ['7d', '2026-11-15T15:04:00Z'],
  ['2026-11-22', '2026-11-22T00:00:00Z'],
  ['2024-02-29', '2024-02-29T00:00:00Z'],
  ['2026-11-22T10:00Z', '2026-11-22T10:00:00Z'],
  ['2026-11-22T10:00:05.250Z', '2026-11-22T10:00:05.250Z'],
  ['2026-11-22T10:00:05+02:00', '2026-11-22T08:00:05Z'],
])('%s is %s', (text, expected) => {
  expect(parseSince(text, NOW)).toBe(Date.parse(expected));
});

test.each([
  '',
  'yesterday',
  '2026-02-30',
  '2026-02-29T00:00Z',
  '2026-13-01',
  '2026-11-22T10:00',
  '2026-11-22 10:00Z',
  '1795359840',
])('%j is no moment', (text) => {
  expect(parseSince(text, NOW)).toBeNull();
});
