// The signed state that clients carry: made by Regent alone, for one approval and one agent, and for its time only.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createRequestStates, isRegentState } from '../../src/approvals/request-state.ts';
import type { StateStore } from '../../src/state/store.ts';
import { runSql } from '../state/sql-file.ts';
import { openClients, openFile } from './open-store.ts';

const STATE = { approvalId: 'apr_1', agent: 'payments-bot é', untilMs: 1000 };
const encode = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');

describe('a request state', () => {
  test('is read by every sidecar on the same state file, also by one that starts later', async () => {
    const [one, other] = (await openClients(2)) as [StateStore, StateStore];
    const text = await createRequestStates(one).sign(STATE);
    expect(isRegentState(text)).toBe(true);
    expect(await createRequestStates(other).verify(text, 999)).toEqual(STATE);
    expect(await createRequestStates(one).verify(text, 0)).toEqual(STATE);
  });

  test('is over at its exact millisecond', async () => {
    const states = createRequestStates((await openFile()).store);
    const text = await states.sign(STATE);
    expect(await states.verify(text, 999)).toEqual(STATE);
    expect(await states.verify(text, 1000)).toBe(null);
  });

  test('of another state file is nobody’s', async () => {
    const text = await createRequestStates((await openFile()).store).sign(STATE);
    expect(await createRequestStates((await openFile()).store).verify(text, 0)).toBe(null);
  });

  test('made with another secret of the same file is nobody’s', async () => {
    const { store } = await openFile();
    const other = { ...store, readSecret: () => store.readSecret('console') };
    const text = await createRequestStates(other).sign(STATE);
    expect(await createRequestStates(store).verify(text, 0)).toBe(null);
  });

  test('that was altered in any one character is nobody’s', async () => {
    const states = createRequestStates((await openFile()).store);
    const text = await states.sign(STATE);
    const character = fc.constantFrom(...'ABCDYZabcdyz0189-_.=+/ \n\u00e9');
    await fc.assert(
      fc.asyncProperty(fc.nat(text.length - 1), character, async (at, other) => {
        fc.pre(text[at] !== other);
        expect(await states.verify(`${text.slice(0, at)}${other}${text.slice(at + 1)}`, 0)).toBe(null);
        expect(await states.verify(`${text.slice(0, at)}${other}${text.slice(at)}`, 0)).toBe(null);
        expect(await states.verify(text.slice(0, at), 0)).toBe(null);
      }),
      { numRuns: 500 },
    );
  });

  test('of another content under the same seal is nobody’s', async () => {
    const states = createRequestStates((await openFile()).store);
    const [, payload = '', seal = ''] = (await states.sign(STATE)).split('.');
    expect(payload).toBe(encode(STATE));
    for (const forged of [
      `regent.${encode({ ...STATE, approvalId: 'apr_2' })}.${seal}`,
      `regent.${encode({ ...STATE, untilMs: 9e15 })}.${seal}`,
      `regent.${payload}.${seal}.`,
      `regent.${payload}.${seal}.${seal}`,
      `regent.${payload}.`,
      `regent.${payload}`,
      `regent..${seal}`,
      'regent.',
      'regent',
      '',
      `other.${payload}.${seal}`,
      `REGENT.${payload}.${seal}`,
      `regent.${payload}.${Buffer.alloc(32).toString('base64url')}`,
    ]) {
      expect([forged, await states.verify(forged, 0)]).toEqual([forged, null]);
    }
  });

  test('is not read at all where the secret cannot be', async () => {
    const { file, store } = await openFile();
    const text = await createRequestStates(store).sign(STATE);
    await runSql(file, 'DROP TABLE secrets');
    await expect(createRequestStates(store).verify(text, 0)).rejects.toMatchObject({ code: 'schema' });
  });
});

test('states of servers are told from Regent’s', () => {
  for (const text of ['', 'regent', 'Regent.a.b', 'eyJ.regent.', ' regent.a'])
    expect(isRegentState(text)).toBe(false);
  expect(isRegentState('regent.a.b')).toBe(true);
});
