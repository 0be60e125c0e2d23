// Calls that arrive together, some of them slow to judge: every one gets its verdict, and slow ones are written apart.
import { pino } from 'pino';
import { expect, onTestFinished, test } from 'vitest';
import { createJudge } from '../../../src/proxy/judge/judge.ts';
import { openSqliteStore } from '../../../src/state/sqlite-store.ts';
import type { CommitBatch, CounterStore } from '../../../src/state/store.ts';
import { loadCustom, QUERY_POLICY } from '../../compiler/custom/compile-custom.ts';
import { temporaryFolder } from '../../state/temporary-folder.ts';

const SLOW = `package regent.custom.slow

deny contains {"rule": "slow", "msg": "never"} if {
	startswith(input.session, "slow")
	count([1 | some a in numbers.range(1, 9999); some b in numbers.range(1, 9999); a * b == 0]) > 0
}

charges contains {"counter": "rows", "amount": 1}
`;

test('slow calls do not hold up the batch: what is over time is judged in the next', {
  timeout: 120_000,
}, async () => {
  const policy = await loadCustom(QUERY_POLICY, { 'slow.rego': SLOW });
  const store = await openSqliteStore({ file: `${temporaryFolder()}/state.db`, durability: 'normal' });
  onTestFinished(() => store.close());
  const sizes: number[] = [];
  const counting: CounterStore = {
    ...store,
    commit: (batch: CommitBatch) => {
      sizes.push(batch.rows.length);
      return store.commit(batch);
    },
  };
  const judge = createJudge({
    policy: () => policy,
    store: counting,
    now: () => 1_795_359_600_000,
    log: pino({ level: 'silent' }),
  });
  const sessions = ['quick-1', 'slow-1', 'slow-2', 'quick-2', 'slow-3', 'quick-3'];
  const verdicts = await Promise.all(
    sessions.map((session) =>
      judge.judge({
        call: {
          server: 'main',
          agent: { id: 'bot', claims: '{}' },
          session,
          tool: 'query',
          arguments: new Map(),
        },
        digest: session,
      }),
    ),
  );
  expect(verdicts.map(({ decision }) => decision.rule)).toEqual(
    sessions.map((session) => (session.startsWith('slow') ? 'evaluation-failed' : null)),
  );
  expect(sizes.length).toBeGreaterThan(1);
  expect(sizes.reduce((sum, size) => sum + size, 0)).toBe(sessions.length);
  const [record] = await store.read(['main/*/custom/rows/day@bot']);
  expect(record?.value).toBe(3);
});
