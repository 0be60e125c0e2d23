// The queue of a store's operations: one at a time, in order, and without delay where nobody waits.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createSerialQueue } from '../../src/state/serial-queue.ts';

test('a task starts at once where none is running, also after one that failed', async () => {
  const runInOrder = createSerialQueue();
  for (const fails of [false, true, false]) {
    let hasStarted = false;
    const result = runInOrder(async () => {
      hasStarted = true;
      if (fails) throw new Error('failed');
    });
    expect(hasStarted).toBe(true);
    await result.catch(() => undefined);
  }
});

test('each gets what its own task gave or threw', async () => {
  const runInOrder = createSerialQueue();
  const error = new Error('failed');
  const results = await Promise.allSettled([
    runInOrder(async () => 1),
    runInOrder(() => Promise.reject(error)),
    runInOrder(async () => 3),
  ]);
  expect(results).toEqual([
    { status: 'fulfilled', value: 1 },
    { status: 'rejected', reason: error },
    { status: 'fulfilled', value: 3 },
  ]);
});

interface Task {
  /** Turns of the event loop's microtasks. */
  readonly turns: number;
  readonly fails: boolean;
  /** Asked for after so many turns, and when it is over so often again. */
  readonly askedAfter: number;
  readonly again: number;
}

async function pass(turns: number): Promise<void> {
  for (let turn = 0; turn < turns; turn += 1) await null;
}

test('tasks never overlap, and run in the order in which they were asked for, whenever that is', async () => {
  const small = fc.nat({ max: 6 });
  const task = fc.record({ turns: small, fails: fc.boolean(), askedAfter: small, again: fc.nat({ max: 2 }) });
  await fc.assert(
    fc.asyncProperty(fc.array(task, { maxLength: 8 }), async (tasks) => {
      const runInOrder = createSerialQueue();
      const asked: number[] = [];
      const begun: number[] = [];
      let running = 0;
      const ask = async ({ turns, fails, again }: Task): Promise<void> => {
        const number = asked.push(asked.length) - 1;
        const result = runInOrder(async () => {
          begun.push(number);
          running += 1;
          expect(running).toBe(1);
          await pass(turns);
          running -= 1;
          if (fails) throw new Error('failed');
        });
        await result.catch((error: Error) => expect(error.message).toBe('failed'));
        if (again > 0) await ask({ turns, fails, askedAfter: 0, again: again - 1 });
      };
      await Promise.all(tasks.map((each) => pass(each.askedAfter).then(() => ask(each))));
      expect(begun).toEqual(asked);
    }),
    { numRuns: 500 },
  );
});
