// A case on a state that fails is no verdict on the policy.
import { expect, test } from 'vitest';
import { compilePolicy } from '../../../compiler/index.ts';
import { readCasesFile } from '../../../src/cli/test/cases/read-cases-file.ts';
import { fitCase } from '../../../src/cli/test/run/check-case.ts';
import { runCase } from '../../../src/cli/test/run/run-case.ts';
import { openTestState } from '../../../src/cli/test/run/test-state.ts';
import { loadOwnBundle } from '../../../src/policy/bundle/load-bundle.ts';
import { createResultRecorder } from '../../../src/proxy/result-recorder.ts';
import { createLogger } from '../../../src/telemetry/logger.ts';

test('a decision that cannot be journalled ends the run', { timeout: 120_000 }, async () => {
  const text = 'version: "1"\ntools: {pay: {rules: []}}\n';
  const compiled = await compilePolicy([{ name: 'policy.yaml', text }]);
  if (!compiled.ok) throw new Error('the policy does not compile');
  const policy = await loadOwnBundle(compiled.bundle);
  const [testCase] = readCasesFile('cases.yaml', '- {name: a, tool: pay, outcome: allow}').file.cases;
  const fitted = testCase === undefined ? null : fitCase(testCase, policy);
  if (fitted === null || 'problems' in fitted) throw new Error('the case does not fit');
  const { store, close } = await openTestState();
  const log = createLogger('silent');
  const results = createResultRecorder({ store, now: Date.now, log });
  const [made] = await runCase(fitted, { policy, store, results, log });
  expect(made?.verdict.decision.outcome).toBe('allow');
  await close();
  await expect(runCase(fitted, { policy, store, results, log })).rejects.toThrow(
    'the temporary state cannot be written',
  );
});
