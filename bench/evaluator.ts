// The evaluator alone: what one decision costs, and whether it costs the same with 10 tools and with 1000.
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { compilePolicy } from '../compiler/index.ts';
import { type JsonNode, JsonNumber } from '../src/policy/arguments/json-node.ts';
import { type LoadedPolicy, loadOwnBundle } from '../src/policy/bundle/load-bundle.ts';
import { clockAt } from '../src/policy/clock.ts';
import { percentilesOf } from './statistics.ts';
import { judge, printTable } from './table.ts';

const FINANCE = fileURLToPath(new URL('../../policies/finance/policy.yaml', import.meta.url));
const ROUNDS = 40;
const DECISIONS = 500;
const FINANCE_TARGET_US = 20;
const GROWTH_TARGET = 1.2;

interface Subject {
  readonly name: string;
  readonly policy: LoadedPolicy;
  /** Another amount in each, so that each answer is a new one, which must be read. */
  readonly inputs: readonly string[];
  readonly times: number[];
}

export async function benchEvaluator(): Promise<void> {
  const subjects = [
    await createSubject('finance policy, create_payment', readFileSync(FINANCE, 'utf8'), 'create_payment'),
    ...(await Promise.all(
      [10, 100, 1000].map((count) => createSubject(`${count} tools`, policyOf(count), 'tool_7')),
    )),
  ];
  // In turn, so that a noisy machine disturbs all alike; the first round warms up.
  for (let round = 0; round <= ROUNDS; round += 1) {
    for (const subject of subjects) decideMany(subject, round > 0);
  }
  const p50s = subjects.map(({ times }) => percentilesOf(times).p50);
  const base = p50s[1] ?? Number.NaN;
  printTable(
    ['evaluator', 'p50 us', 'p99 us', 'times 10 tools', 'target'],
    subjects.map(({ name, times }, index) => {
      const { p50, p99 } = percentilesOf(times);
      const growth = p50 / base;
      const isFinance = index === 0;
      const first = isFinance ? judge(p50, 1, p50 < FINANCE_TARGET_US) : p50.toFixed(1);
      const grown = isFinance ? '' : judge(growth, 2, growth <= GROWTH_TARGET);
      return [
        name,
        first,
        p99.toFixed(1),
        grown,
        isFinance ? `< ${FINANCE_TARGET_US} us` : `<= ${GROWTH_TARGET}`,
      ];
    }),
  );
}

async function createSubject(name: string, text: string, tool: string): Promise<Subject> {
  const result = await compilePolicy([{ name: 'bench.yaml', text }]);
  if (!result.ok) throw new Error(`the policy of ${name} has problems`);
  const policy = await loadOwnBundle(result.bundle);
  const inputs = Array.from({ length: DECISIONS }, (_, count) =>
    inputOf(policy, tool, (count / 100).toFixed(2)),
  );
  if (inputs.some((input) => policy.decide(input).outcome !== 'allow'))
    throw new Error(`${name}: a call is not allowed`);
  return { name, policy, inputs, times: [] };
}

function inputOf(policy: LoadedPolicy, tool: string, amount: string): string {
  const args = new Map<string, JsonNode>([
    ['amount', new JsonNumber(amount)],
    ['currency', 'GBP'],
  ]);
  const call = { server: 'main', agent: { id: 'bench', claims: '{}' }, session: 's', tool, arguments: args };
  const prepared = policy.prepare(call);
  return prepared.input(
    clockAt(Date.now()),
    prepared.counters.map(() => 0),
    null,
  );
}

function decideMany({ policy, inputs, times }: Subject, isMeasured: boolean): void {
  for (const input of inputs) {
    const start = performance.now();
    policy.decide(input);
    if (isMeasured) times.push((performance.now() - start) * 1000);
  }
}

function policyOf(count: number): string {
  const tools = Array.from(
    { length: count },
    (_, index) => `  tool_${index}:
    rules:
      - name: caps
        spend: {per_call: 500.00, daily: 5000.00}
      - name: currency
        arguments: {currency: {enum: [GBP, USD, EUR]}}
`,
  );
  return `version: "1"\ntools:\n${tools.join('')}`;
}
