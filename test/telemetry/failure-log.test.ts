// A failure that comes again and again, in the log.
import { expect, test } from 'vitest';
import { StateError } from '../../src/state/store.ts';
import { createFailureLog } from '../../src/telemetry/failure-log.ts';

const locked = (): StateError => new StateError('locked', 'the state file a is locked', null);
const full = (): StateError => new StateError('full', 'the disk is full', null);

function collect() {
  const told: Array<{ err: unknown; repeated?: number }> = [];
  let atMs = 0;
  const note = createFailureLog(
    (facts) => told.push(facts),
    () => atMs,
  );
  const pass = (ms: number): void => {
    atMs += ms;
  };
  return { told, note, pass };
}

test('is told once, and again after ten seconds, with how often it came', () => {
  const { told, note, pass } = collect();
  for (let time = 0; time < 1000; time += 1) note(locked());
  pass(9999);
  note(locked());
  expect(told).toEqual([{ err: locked() }]);
  pass(1);
  note(locked());
  expect(told).toEqual([{ err: locked() }, { err: locked(), repeated: 1000 }]);
});

test('is told at once where it is of another kind', () => {
  const { told, note } = collect();
  for (const error of [locked(), locked(), full(), new Error('a'), new Error('b'), 'text']) note(error);
  expect(told.map(({ err }) => err)).toEqual([locked(), full(), new Error('a'), new Error('b'), 'text']);
});
