// Hand-written Rego in a running sidecar: it counts, it changes under way, and when it is hostile only its call is denied.
import { spawnSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { openSqlFile } from '../state/sql-file.ts';
import { type Guarded, REGENT, startGuarded } from './guarded-server.ts';

const POLICY = `version: "1"
rego: [rules]
counters:
  coins: {window: month}
tools:
  pay: {rules: []}
`;

const RULES = `package regent.custom.coins

# METADATA
# title: Three coins a month
deny contains {"rule": "coins", "msg": "three coins a month"} if input.state.counters["custom/coins"] + coins > 3

charges contains {"counter": "coins", "amount": coins} if not input.arguments.attack

default coins := 1

coins := input.arguments.coins

deny contains {"rule": "loop", "msg": "never"} if {
	input.arguments.attack == "loop"
	count([1 | some a in numbers.range(1, 9999); some b in numbers.range(1, 9999); a * b == 0]) > 0
}

word := "one" if input.arguments.attack == "abort"

word := "two" if input.arguments.attack == "abort"

deny contains {"rule": "abort", "msg": word} if word
`;

/** Fills the cache, so that the first answer of the sidecar waits for no compiler. */
function compileAhead(folder: string): void {
  const args = [REGENT, 'eval', '-c', path.join(folder, 'policy.yaml'), '--tool', 'pay'];
  spawnSync(process.execPath, args, { env: { ...process.env, HOME: folder } });
}

function start(): Guarded {
  return startGuarded({
    policy: POLICY,
    prepare: (folder) => {
      mkdirSync(path.join(folder, 'rules'));
      writeFileSync(path.join(folder, 'rules/coins.rego'), RULES);
      compileAhead(folder);
    },
  });
}

async function ruleOf({ client }: Guarded, args: object): Promise<string | null> {
  const { result } = await client.callTool('pay', args);
  return result._meta?.['dev.regent/decision']?.rule ?? null;
}

test('a counter of its own fills with allowed calls, and its rule denies the next', async () => {
  const guarded = start();
  expect(await ruleOf(guarded, { coins: 2 })).toBeNull();
  expect(await ruleOf(guarded, { coins: 2 })).toBe('custom:coins');
  expect(await ruleOf(guarded, {})).toBeNull();
  expect(await ruleOf(guarded, {})).toBe('custom:coins');
  expect(await ruleOf(guarded, { coins: 0.5 })).toBe('custom:coins');
  const file = openSqlFile(guarded.stateFile);
  expect(await file.all('SELECT key, value FROM counters')).toEqual([
    { key: 'main/*/custom/coins/month', value: 3 },
  ]);
  await file.close();
  expect(guarded.executed()).toHaveLength(2);
});

test('an endless rule denies its call, and no other call waits for it', async () => {
  const guarded = start();
  const attacks = Array.from({ length: 8 }, (_, index) =>
    guarded.client.callTool('pay', { attack: index % 2 === 0 ? 'loop' : 'abort' }),
  );
  const ordinary = guarded.client.callTool('pay', {});
  expect((await guarded.client.request('ping')).result).toEqual({});
  const texts = (await Promise.all(attacks)).map(({ result }) => {
    expect(result._meta['dev.regent/decision']).toMatchObject({ rule: 'evaluation-failed', executed: false });
    return String(result.content[0].text);
  });
  expect(texts[0]).toContain('it took too long, more than 20000000 steps');
  expect(texts[1]).toContain('conflict');
  expect((await ordinary).result.isError ?? false).toBe(false);
  expect(guarded.executed()).toHaveLength(1);
});

test('modules that change, come and go are in force within seconds; broken ones leave the old in force', async () => {
  const guarded = start();
  const rules = path.join(guarded.folder, 'rules');
  expect(await ruleOf(guarded, {})).toBeNull();
  const closed = (rule: string): string =>
    `package regent.custom.closed\n\ndeny contains {"rule": "${rule}", "msg": "closed"}\n`;
  writeFileSync(path.join(rules, 'closed.rego'), closed('closed'));
  await expect.poll(() => ruleOf(guarded, {}), { timeout: 60_000, interval: 300 }).toBe('custom:closed');
  writeFileSync(path.join(rules, 'closed.rego'), 'package regent.custom.closed\n\ndeny contains\n');
  writeFileSync(path.join(rules, 'coins.rego'), RULES.replace('"rule": "coins"', '"rule": "renamed"'));
  await new Promise((resolve) => setTimeout(resolve, 2500));
  expect(await ruleOf(guarded, {})).toBe('custom:closed');
  writeFileSync(path.join(rules, 'closed.rego'), closed('shut'));
  await expect.poll(() => ruleOf(guarded, {}), { timeout: 60_000, interval: 300 }).toBe('custom:shut');
}, 180_000);
