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

const FOLDER = path.resolve(import.meta.dirname, '../../policies');
const NAMES = ['filesystem', 'finance', 'github', 'postgres', 'slack'];
const bench = createWorkbench();
afterAll(bench.remove);

const read = (name: string, file: string): string => readFileSync(path.join(FOLDER, name, file), 'utf8');
/** null: it cannot. */
interface RuleCount {
  readonly stopped: number | null;
  readonly passed: number | null;
}

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

test('regent test passes all cases of all of them, and each rule is shown stopping a call and letting one past', () => {
  const { status, stdout, stderr } = bench.run('test', FOLDER, '--threshold', '100', '--format', 'json');
  expect([status, stderr]).toEqual([0, '']);
  const report = JSON.parse(stdout);
  expect(report).toMatchObject({ ok: true, counts: { failed: 0, problems: 0 } });
  expect(report.suites).toHaveLength(NAMES.length);
  for (const { tests } of report.suites) expect(tests.length).toBeGreaterThan(20);
  const { rules } = report.coverage;
  expect(rules).toMatchObject({ exercised: rules.all, percent: 100 });
  expect(rules.list).toHaveLength(
    NAMES.flatMap((name) => policyOf(name).tools.flatMap((entry) => entry.rules)).length,
  );
  expect(rules.list.filter(({ stopped, passed }: RuleCount) => stopped === 0 || passed === 0)).toEqual([]);
}, 180_000);

describe.each(NAMES)('the policy %s', (name) => {
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
