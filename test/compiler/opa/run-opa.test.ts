// OPA's process: it is ended where it takes too long, and what went wrong is told as a known failure.
import { expect, test, vi } from 'vitest';
import { bigPolicy } from '../../../bench/big-policy.ts';
import { compilePolicy } from '../../../compiler/index.ts';
import { testRego } from '../../../compiler/opa/opa-operations.ts';
import { OpaError, startOpa } from '../../../compiler/opa/run-opa.ts';
import { reportFailure } from '../../../src/cli/report-failure.ts';
import { ENDLESS_TEST } from '../../fixtures/endless-rego.ts';

test('Rego that never ends is ended at the deadline', { timeout: 120_000 }, async () => {
  const run = testRego([{ path: 'a_test.rego', text: ENDLESS_TEST }], { deadlineMs: 4000 });
  await expect(run).rejects.toMatchObject({
    code: 'timed-out',
    message: 'OPA was ended after 4 s of test: some Rego takes too long, or never ends',
  });
});

test('tables of thousands of members are read, for which a usual stack is too small', {
  timeout: 120_000,
}, async () => {
  const members = Array.from({ length: 5000 }, (_, index) => `"${index}": ${index}`).join(', ');
  const text = `package a_test\n\ntable := {${members}}\n\ntest_a if table["4999"] == 4999\n`;
  const result = await testRego([{ path: 'a_test.rego', text }]);
  expect(result).toMatchObject({ ok: true, tests: [{ name: 'test_a', passed: true }] });
});

test('a process that is ended before it is asked answers that it crashed', async () => {
  const started = startOpa();
  started.close();
  await expect(started.run({ operation: 'patterns', patterns: [] })).rejects.toMatchObject({
    code: 'crashed',
  });
});

test('a large policy with a problem leaves no process behind', async () => {
  const text = `${bigPolicy(100)}      - {action: deny, nmae: x}\n`;
  const result = await compilePolicy([{ name: 'big.yaml', text }]);
  expect(result).toMatchObject({ ok: false, diagnostics: [{ code: 'unknown-key' }] });
  const processes = (): number =>
    process.getActiveResourcesInfo().filter((name) => name === 'ProcessWrap').length;
  await expect.poll(processes, { timeout: 30_000 }).toBe(0);
});

test('a failure of OPA is told on one line: exit 2', () => {
  const told = vi.spyOn(console, 'error').mockImplementation(() => {});
  try {
    expect(reportFailure(new OpaError('crashed', 'OPA ended with exit code 2: out of memory'))).toBe(2);
    expect(told.mock.calls).toEqual([['regent: OPA ended with exit code 2: out of memory']]);
  } finally {
    told.mockRestore();
  }
});
