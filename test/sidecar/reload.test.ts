// A large policy that changes while calls are made: it is compiled and put in force aside, and no call waits for it.
import { writeFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { bigPolicy } from '../../bench/big-policy.ts';
import { readPolicies } from '../../compiler/check/read-policies.ts';
import { draftBundle } from '../../compiler/generate/draft-bundle.ts';
import { OPA } from '../fixtures/opa-binary.ts';
import { startGuarded } from './guarded-server.ts';

const TOOLS = 300;
const EVERY_MS = 10;

/** A rule that the old policy does not have. */
const CHANGED = `${bigPolicy(TOOLS)}  pay:\n    rules: [{action: deny, on_deny: no more}]\n`;

/** What compiling would take from calls if it were done between them; on this machine, as busy as it is now. */
function timeInline(): number {
  const start = performance.now();
  draftBundle(readPolicies([{ name: 'policy.yaml', text: CHANGED }], {}).policies);
  return performance.now() - start;
}

function quantile(times: readonly number[], part: number): number {
  return [...times].sort((a, b) => a - b)[Math.floor(times.length * part)] ?? Number.NaN;
}

test('calls go on at their usual pace while a policy of 300 tools is compiled', {
  timeout: 300_000,
}, async () => {
  const policy = `${bigPolicy(TOOLS)}  pay:\n    rules: []\n`;
  const { client, policyFile } = startGuarded({ policy, args: ['--opa', OPA] });
  // The first answer comes after the first compilation, which takes long on a busy machine.
  await expect
    .poll(
      () =>
        client.request('ping').then(
          () => 'up',
          () => 'compiling',
        ),
      { timeout: 120_000 },
    )
    .toBe('up');
  const times: number[] = [];
  let isChanged = false;
  const call = async (): Promise<void> => {
    const start = performance.now();
    const { result } = await client.callTool('pay');
    times.push(performance.now() - start);
    isChanged ||= result.isError === true && result.content[0].text.includes('no more');
  };
  const calls: Array<Promise<void>> = [];
  writeFileSync(policyFile, CHANGED);
  while (!isChanged) {
    calls.push(call());
    await sleep(EVERY_MS);
  }
  await Promise.all(calls);
  const inline = timeInline();
  console.log(
    `${times.length} calls: p50 ${quantile(times, 0.5).toFixed(1)} ms, p99 ${quantile(times, 0.99).toFixed(1)} ms; inline ${inline.toFixed(0)} ms`,
  );
  expect(times.length).toBeGreaterThan(50);
  expect(quantile(times, 0.99)).toBeLessThan(inline / 2);
});
