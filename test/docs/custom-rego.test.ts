// docs/custom-rego.md: its example decides as the page says, its tests pass, and its blocks are what they claim.
import { mkdirSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { compilePolicy } from '../../compiler/index.ts';
import { formatDiagnostic } from '../../compiler/model/diagnostic.ts';
import { checkRego, formatRego, testRego } from '../../compiler/opa/opa-operations.ts';
import { readSources } from '../../src/cli/policy/policy-sources.ts';
import { type LoadedPolicy, loadOwnBundle } from '../../src/policy/bundle/load-bundle.ts';
import { clockAt } from '../../src/policy/clock.ts';
import { BOUNDS } from '../../src/policy/wasm-evaluator.ts';
import { readArguments } from '../../src/proxy/read/read-arguments.ts';
import { createWorkbench } from '../cli/run-regent.ts';
import { loadCustom, QUERY_POLICY } from '../compiler/custom/compile-custom.ts';

const DOCS = path.resolve(import.meta.dirname, '../../docs');
const EXAMPLE = path.join(DOCS, 'examples/agent-tool-calling');
const PAGE = readFileSync(path.join(DOCS, 'custom-rego.md'), 'utf8');

let policy: LoadedPolicy;
beforeAll(async () => {
  const result = await compilePolicy(await readSources([path.join(EXAMPLE, 'policy.yaml')]));
  if (!result.ok) throw new Error(result.diagnostics.map(formatDiagnostic).join('\n'));
  policy = await loadOwnBundle(result.bundle);
}, 120_000);

function decide(tool: string, json: string, recipients = 0) {
  const reading = readArguments(Buffer.from(json));
  if ('problem' in reading) throw new Error(reading.problem);
  const prepared = policy.prepare({
    server: 'desk',
    agent: { id: 'bot', claims: '{}' },
    session: 's',
    tool,
    arguments: reading.arguments,
  });
  const values = prepared.counters.map(({ name }) => (name === 'custom/recipients' ? recipients : 0));
  return policy.decide(prepared.input(clockAt(0), values, null));
}

describe('the worked example', () => {
  test.each([
    ['run_query', '{"sql": "SELECT 1", "tables": ["tickets"]}', 0, 'allow', null],
    ['run_query', '{"sql": "DELETE FROM tickets", "tables": ["tickets"]}', 0, 'deny', 'custom:query-writes'],
    ['run_query', '{"sql": "select 1", "tables": ["payroll"]}', 0, 'deny', 'custom:query-tables'],
    ['run_query', '{}', 0, 'deny', 'custom:query-writes'],
    ['send_email', '{"to": ["ann@example.com"]}', 49, 'allow', null],
    ['send_email', '{"to": ["ann@example.com"]}', 50, 'deny', 'custom:mail-volume'],
    ['send_email', '{"to": ["ann@example.org"]}', 0, 'require_approval', 'custom:mail-leaves'],
    ['send_email', '{}', 0, 'deny', 'custom:mail-recipients'],
    ['search_tickets', '{}', 0, 'allow', null],
    ['delete_everything', '{}', 0, 'deny', 'default-deny'],
  ] as const)('%s %s after %i recipients', (tool, json, recipients, outcome, rule) => {
    expect(decide(tool, json, recipients)).toMatchObject({ outcome, rule });
  });

  test('charges the recipients', () => {
    expect(decide('send_email', '{"to": ["a@example.com", "b@example.com"]}').charges).toEqual([
      { counter: 'custom/recipients', amount: 2 },
    ]);
  });

  test('is formatted and strict, and its tests pass', async () => {
    const modules = readdirSync(path.join(EXAMPLE, 'rules')).map((name) => ({
      path: name,
      text: readFileSync(path.join(EXAMPLE, 'rules', name), 'utf8'),
    }));
    expect(await formatRego(modules)).toEqual({ ok: true, modules });
    expect(await checkRego(modules)).toEqual([]);
    const result = await testRego(modules);
    const tests = result.ok ? result.tests : [];
    expect(tests.length).toBeGreaterThan(10);
    expect(tests.filter(({ passed }) => !passed)).toEqual([]);
  });
});

test('the first example can be typed as it stands, and is formatted and strict', async () => {
  const bench = createWorkbench();
  onTestFinished(bench.remove);
  const [, yaml = ''] = /```yaml\n([\s\S]*?)```/.exec(PAGE) ?? [];
  const [, rego = ''] = /```rego\n(# rules\/mail\.rego\n[\s\S]*?)```/.exec(PAGE) ?? [];
  const [, commands = ''] = /```sh\n([\s\S]*?)```/.exec(PAGE) ?? [];
  mkdirSync(path.join(bench.folder, 'rules'));
  bench.write('policy.yaml', yaml);
  bench.write('rules/mail.rego', rego);
  const runs = commands
    .trim()
    .split('\n')
    .map((line) =>
      bench.run(...Array.from(line.matchAll(/'([^']*)'|(\S+)/g), ([, a, b]) => a ?? b ?? '').slice(1)),
    );
  expect(runs.map(({ status, stderr }) => [status, stderr])).toEqual(runs.map(() => [0, '']));
  const [validated, small, missing] = runs.map(({ stdout }) => stdout);
  expect(validated).toBe('policy.yaml: no problems\n');
  expect(JSON.parse(small ?? '')).toMatchObject({
    outcome: 'allow',
    charges: [{ counter: 'custom/recipients', amount: 1 }],
  });
  expect(JSON.parse(missing ?? '')).toMatchObject({ outcome: 'deny', rule: 'custom:recipients' });
  const modules = [{ path: 'mail.rego', text: rego }];
  expect(await formatRego(modules)).toEqual({ ok: true, modules });
  expect(await checkRego(modules)).toEqual([]);
});

test('what the page says of undefined values is so', async () => {
  const [careless = '', careful = ''] = Array.from(
    PAGE.matchAll(/```rego\n(deny [\s\S]*?|default [\s\S]*?)```/g),
    ([, block]) => `package regent.custom.page\n\n${block}`,
  );
  const input = '{"server":"main","tool":"query","arguments":{},"state":{"counters":{}},"approval":null}';
  const [open, closed] = await Promise.all(
    [careless, careful].map(async (module) =>
      (await loadCustom(QUERY_POLICY, { 'page.rego': module })).decide(input),
    ),
  );
  expect([open?.outcome, closed?.outcome]).toEqual(['allow', 'deny']);
});

test('the bounds are those of the page', () => {
  expect(BOUNDS.steps).toBe(20_000_000);
  expect(BOUNDS.pages * 64 * 1024).toBe(64 * 1024 ** 2);
  expect(PAGE).toContain('**20 million steps**');
  expect(PAGE).toContain('**64 MiB**');
});
