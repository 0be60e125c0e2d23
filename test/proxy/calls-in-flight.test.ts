// Calls that were read and not sent yet, and what makes them void.
import { expect, test } from 'vitest';
import { createCallsInFlight } from '../../src/proxy/calls-in-flight.ts';

test('a call that begins after its client has cancelled by going away is void from the start', () => {
  const calls = createCallsInFlight();
  calls.voidAll('client-gone');
  const late = calls.begin('1');
  expect(late.voided).toBe('client-gone');
  expect(late.signal().aborted).toBe(true);
});

test('a call that is held after an older client has gone is void; one that is not held goes on', () => {
  const calls = createCallsInFlight();
  const before = calls.begin('1');
  calls.voidHeld();
  const after = calls.begin('2');
  expect([before.voided, after.voided]).toEqual([null, null]);
  expect([before.signal().aborted, after.signal().aborted]).toEqual([true, true]);
  expect([before.voided, after.voided]).toEqual(['client-gone', 'client-gone']);
});

test('a cancellation is for the calls of its id alone, and for the server where none of them waits here', () => {
  const calls = createCallsInFlight();
  const [one, two] = [calls.begin('1'), calls.begin('2')];
  expect(calls.cancel('1')).toBe(true);
  expect([one.voided, two.voided]).toEqual(['cancelled', null]);
  two.end();
  expect(calls.cancel('2')).toBe(false);
});
