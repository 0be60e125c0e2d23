// A run with everything in it that a report can have to tell.
import type { TestResult, TestRun } from '../../../src/cli/test/test-result.ts';

const at = (file: string, line: number) => ({ file, line, column: 5 });

const passed = (name: string, line: number): TestResult => ({
  kind: 'case',
  name,
  position: at('pay/cases.yaml', line),
  status: 'passed',
  durationMs: 1.25,
  failures: [],
  decisions: [{ position: at('pay/cases.yaml', line), input: '{}', output: '{"outcome":"allow"}' }],
});

export const SAMPLE_RUN: TestRun = {
  durationMs: 1234.5,
  suites: [
    {
      policies: ['good/policy.yaml'],
      problems: [],
      notRun: 0,
      tests: [{ ...passed('allows reading', 1), position: at('good/cases.yaml', 1) }],
    },
    {
      policies: ['pay/policy.yaml', 'pay/more.yaml'],
      problems: [
        {
          code: 'unknown-counter',
          position: at('pay/cases.yaml', 40),
          path: '',
          message: 'no rule keeps a counter "pay/dya"',
          suggestion: 'did you mean "pay/day"?',
        },
      ],
      notRun: 1,
      tests: [
        passed('allows 500.00', 2),
        {
          ...passed('stops at 5000.00 a day', 7),
          status: 'failed',
          failures: [
            {
              kind: 'unexpected',
              position: at('pay/cases.yaml', 11),
              calls: 'step 2, calls 11 to 12 of 12',
              call: 'create_payment {"amount":0.01}',
              mismatches: [
                { field: 'outcome', expected: 'deny', actual: 'allow' },
                { field: 'rule', expected: 'create_payment/cap', actual: 'none' },
              ],
              decided: { rule: null, reason: null, position: null },
            },
            {
              kind: 'unexpected',
              position: at('pay/cases.yaml', 12),
              call: 'create_payment {"amount":1}',
              mismatches: [{ field: 'violations', expected: 'none', actual: 'create_payment/kinds' }],
              decided: {
                rule: 'create_payment/kinds',
                reason: 'kind must be one of a, b',
                position: at('pay/policy.yaml', 21),
              },
            },
            {
              kind: 'note',
              position: at('pay/cases.yaml', 13),
              message: 'close {}: the call was not held, so nobody could approve it',
            },
          ],
        },
        {
          ...passed('decides alike', 20),
          status: 'failed',
          failures: [
            {
              kind: 'difference',
              position: at('pay/cases.yaml', 20),
              input: '{"version":1}',
              wasm: '{"outcome":"allow"}',
              opa: 'no decision: panic: illegal value',
            },
          ],
        },
        {
          kind: 'rego',
          name: 'pay_test.test_cap',
          position: { file: 'pay/pay_test.rego', line: 3, column: 1 },
          status: 'failed',
          durationMs: 0,
          failures: [
            {
              kind: 'note',
              position: { file: 'pay/pay_test.rego', line: 3, column: 1 },
              message: 'the test is not true',
            },
          ],
          decisions: [],
        },
      ],
    },
    { policies: ['untested/policy.yaml'], problems: [], notRun: 0, tests: [] },
    {
      policies: [],
      problems: [],
      notRun: 0,
      tests: [
        {
          ...passed('lib_test.test_a', 1),
          kind: 'rego',
          position: { file: 'lib/lib_test.rego', line: 1, column: 1 },
          durationMs: 0,
        },
      ],
    },
  ],
};
