// Reports of one run that has everything in it, as golden files.
import { expect, test } from 'vitest';
import { REPORT_FORMATS } from '../../../src/cli/test/report/report-formats.ts';
import { REPORTERS } from '../../../src/cli/test/report/reporters.ts';
import { SAMPLE_RUN } from './sample-run.ts';

test.each(REPORT_FORMATS)('%s', async (format) => {
  const text = REPORTERS[format](SAMPLE_RUN, { hasColours: false });
  await expect(text).toMatchFileSnapshot(`golden/report-${format}.txt`);
});

test('colours say the same as no colours', () => {
  const painted = REPORTERS.pretty(SAMPLE_RUN, { hasColours: true });
  const plain = REPORTERS.pretty(SAMPLE_RUN, { hasColours: false });
  expect(painted).not.toBe(plain);
  const texts = painted.split('\u001b').map((part) => part.replace(/^\[\d+m/, ''));
  expect(texts.join('')).toBe(plain);
  expect(plain).not.toContain('\u001b');
});

test('names and reasons cannot steer the terminal', () => {
  const suites = SAMPLE_RUN.suites.map((suite) => ({
    ...suite,
    tests: suite.tests.map((one) => ({ ...one, name: `${one.name}\u001b[2J` })),
  }));
  expect(REPORTERS.pretty({ ...SAMPLE_RUN, suites }, { hasColours: false })).not.toContain('\u001b');
});
