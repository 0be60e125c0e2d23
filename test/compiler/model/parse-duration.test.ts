// Durations as people write them.
import { expect, test } from 'vitest';
import { parseDuration } from '../../../compiler/model/parse-duration.ts';

test.each([
  ['500ms', 500],
  ['45s', 45_000],
  ['30m', 1_800_000],
  ['1h30m', 5_400_000],
  ['2d', 172_800_000],
  ['1d2h3m4s5ms', 93_784_005],
  ['1m500ms', 60_500],
  ['0s', 0],
  ['90m', 5_400_000],
])('%s is %d ms', (text, ms) => {
  expect(parseDuration(text)).toBe(ms);
});

test.each([
  '',
  '5',
  's',
  '1.5h',
  '-1s',
  '+1s',
  '30m1h',
  '1s1s',
  '1 s',
  ' 1s',
  '1s\n',
  '1H',
  '1w',
  '1mss',
  'm5s',
  '9999999999999d',
  '٣s',
])('%j is no duration', (text) => {
  expect(parseDuration(text)).toBeNull();
});
