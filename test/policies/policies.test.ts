// The ready-made policies: they validate, their cases hold and show every rule both ways, their Rego is presentable.
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { readPolicies } from '../../compiler/check/read-policies.ts';
import { readRegoLibrary } from '../../compiler/generate/rego-library.ts';
import { compilePolicy, type PolicyFile } from '../../compiler/index.ts';
import type { Policy } from '../../compiler/model/policy.ts';
import { checkRego, formatRego } from '../../compiler/opa/opa-operations.ts';
import { readCasesFile } from '../../src/cli/test/cases/read-cases-file.ts';
import type { TestStep } from '../../src/cli/test/cases/test-case.ts';
import { createWorkbench } from '../cli/run-regent.ts';
import { findGaps } from './rule-coverage.ts';

const FOLDER = path.resolve(import.meta.dirname, '../../policies');
const NAMES = ['filesystem', 'finance', 'github', 'postgres', 'slack'];
const bench = createWorkbench();
afterAll(bench.remove);

const read = (name: string, file: string): string => readFileSync(path.join(FOLDER, name, file), 'utf8');
const sourceOf = (name: string): PolicyFile => ({ name: 'policy.yaml', text: read(name, 'policy.yaml') });

function policyOf(name: string): Policy {
  const { policies, diagnostics } = readPolicies([sourceOf(name)], {});
  expect(diagnostics).toEqual([]);
  const [policy] = policies;
  if (policy === undefined) throw new Error(`${name} holds no policy`);
  return policy;
}

function stepsOf(name: string): readonly TestStep[] {
  const { file, diagnostics } = readCasesFile('cases.yaml', read(name, 'cases.yaml'));
  expect(diagnostics).toEqual([]);
  return file.cases.flatMap(({ steps }) => steps);
}

test('every folder is a policy that is tested here', () => {
  const folders = readdirSync(FOLDER, { withFileTypes: true }).filter((entry) => entry.isDirectory());
  expect(folders.map(({ name }) => name).sort()).toEqual(NAMES);
});

test('regent test passes all cases of all of them', () => {
  const { status, stdout, stderr } = bench.run('test', FOLDER, '--format', 'json');
  expect([status, stderr]).toEqual([0, '']);
  const report = JSON.parse(stdout);
  expect(report).toMatchObject({ ok: true, counts: { failed: 0, problems: 0 } });
  expect(report.suites).toHaveLength(NAMES.length);
  for (const { tests } of report.suites) expect(tests.length).toBeGreaterThan(20);
}, 180_000);

describe.each(NAMES)('the policy %s', (name) => {
  test('has cases that every rule stops, and cases that pass every rule', () => {
    expect(findGaps(policyOf(name), stepsOf(name))).toEqual({ neverStopping: [], neverPassed: [] });
  });

  test('denies whatever it does not list, and a case shows it', () => {
    expect(policyOf(name).default).toBe('deny');
    expect(stepsOf(name).map(({ expected }) => expected.rule)).toContain('default-deny');
  });

  test('becomes Rego that is formatted and strict', async () => {
    const result = await compilePolicy([sourceOf(name)]);
    if (!result.ok) throw new Error('it does not compile');
    const library = new Set(readRegoLibrary().map((module) => module.path));
    const modules = result.modules.filter((module) => !library.has(module.path));
    expect(modules.length).toBeGreaterThan(1);
    expect(await formatRego(modules)).toEqual({ ok: true, modules });
    expect(await checkRego([...readRegoLibrary(), ...modules])).toEqual([]);
  }, 120_000);
});

test('a rule that no case stops at, or gets past, is found', () => {
  const policy = policyOf('finance');
  const steps = stepsOf('finance');
  const without = (rule: string): readonly TestStep[] =>
    steps.filter(({ expected }) => expected.rule !== rule);
  expect(findGaps(policy, without('create_refund/refund-limits'))).toEqual({
    neverStopping: ['create_refund/refund-limits'],
    neverPassed: [],
  });
  const denied = steps.filter(
    ({ call, expected }) => expected.outcome !== 'allow' || call.tool !== 'get_balance',
  );
  expect(findGaps(policy, denied)).toEqual({ neverStopping: [], neverPassed: ['get_balance/#1'] });
});
