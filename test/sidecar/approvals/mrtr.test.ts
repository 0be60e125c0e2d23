// Held calls of clients of 2026-07-28 that can show a page: "input required", and the call that comes again.
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import type { Answer } from '../../fixtures/line-client.ts';
import { holdPolicy, startDesk } from './approval-desk.ts';
import { CONSOLE, configured, type MrtrDesk, OPENS_URLS, overStdio, TEN, TRANSPORTS } from './mrtr-desk.ts';

const ACCEPTED = { regent_approval: { action: 'accept' } };

const again = ({ requestState }: Answer, inputResponses: object = ACCEPTED) => ({
  requestState,
  inputResponses,
});
const factsOf = (result: Answer) => result._meta['dev.regent/decision'];

const FORGERIES: ReadonlyArray<readonly [how: string, forge: (state: string) => string]> = [
  ['made up', () => 'regent.eyJhcHByb3ZhbElkIjoiYXByXzEifQ.AAAA'],
  ['empty', () => 'regent.'],
  ['another payload', (state) => state.replace('regent.e', 'regent.f')],
  ['another seal', (state) => `${state.slice(0, -2)}${state.endsWith('AA') ? 'BB' : 'AA'}`],
  ['the last digit in another spelling', respell],
  ['more behind it', (state) => `${state}.x`],
];

/** The same bytes in base64url: the last digit of 32 bytes holds two bits that mean nothing. */
function respell(state: string): string {
  const digits = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
  return `${state.slice(0, -1)}${digits[digits.indexOf(state.at(-1) ?? 'A') ^ 1]}`;
}

/** Params of the calls that the server has seen. */
function seenBy(desk: MrtrDesk): Answer[] {
  return desk.executed().map((line) => JSON.parse(line).params);
}

describe.each(TRANSPORTS)('a held call %s', (_, start) => {
  test('is answered with the page of its request, and runs once when it comes again, approved', async () => {
    const desk = await start();
    const asked = await desk.pay();
    const { id } = await desk.waiting();
    expect(asked).toEqual({
      resultType: 'input_required',
      inputRequests: {
        regent_approval: {
          method: 'elicitation/create',
          params: {
            mode: 'url',
            message: `pay needs the approval of a human: A human must agree. Open the console to answer request ${id}.`,
            url: `https://regent.example/approvals/${id}`,
          },
        },
      },
      requestState: expect.stringMatching(/^regent\./),
    });
    await desk.approve(id);
    expect((await desk.pay(again(asked))).isError).toBeUndefined();
    const [params, ...more] = seenBy(desk);
    expect(more).toEqual([]);
    expect(Object.keys(params)).toEqual(['name', 'arguments', '_meta']);
    expect(await desk.pay(again(asked))).toMatchObject({ resultType: 'input_required' });
    expect(desk.executed()).toHaveLength(1);
  });

  test('that comes again before anybody has answered is held, and runs once', async () => {
    const desk = await start();
    const asked = await desk.pay();
    const { id } = await desk.waiting();
    const held = desk.pay(again(asked));
    await sleep(300);
    expect(desk.executed()).toEqual([]);
    await desk.approve(id);
    expect((await held).isError).toBeUndefined();
    expect(desk.executed()).toHaveLength(1);
  });

  test('with a forged request state never reaches the server, approved or not', async () => {
    const desk = await start();
    const asked = await desk.pay();
    const { id } = await desk.waiting();
    for (const isApproved of [false, true]) {
      if (isApproved) await desk.approve(id);
      for (const [how, forge] of FORGERIES) {
        const forged = { requestState: forge(asked.requestState), inputResponses: ACCEPTED };
        const facts = factsOf(await desk.pay(forged));
        expect(facts, how).toMatchObject({ outcome: 'deny', rule: 'request-state-invalid', executed: false });
      }
    }
    expect(desk.executed()).toEqual([]);
    const rows = await (await desk.store()).list({});
    expect(rows.at(-1)).toMatchObject({ outcome: 'deny', rule: 'request-state-invalid' });
    expect((await desk.pay(again(asked))).isError).toBeUndefined();
    expect(desk.executed()).toHaveLength(1);
  });

  test.each(['decline', 'cancel'])(
    'whose user answers "%s" is void, even if it is approved',
    async (action) => {
      const desk = await start();
      for (const isApproved of [false, true]) {
        const asked = await desk.pay({ arguments: { isApproved } });
        const { id } = await desk.waiting(isApproved ? 2 : 1);
        if (isApproved) expect(await desk.approve(id)).toMatchObject({ ok: true });
        const given = again(asked, { regent_approval: { action } });
        const answer = await desk.pay({ arguments: { isApproved }, ...given });
        expect(factsOf(answer)).toMatchObject({
          outcome: 'deny',
          rule: 'approval-declined',
          executed: false,
        });
        expect(await desk.approve(id)).toMatchObject({ ok: false, problem: 'ended' });
        expect((await desk.waiting()).status).toBe('cancelled');
      }
      expect(desk.executed()).toEqual([]);
    },
  );

  test("passes the server's own request state and answers on as they came, and is held for them", async () => {
    const desk = await start();
    const own = {
      requestState: ' a "state" \u{1f600} regent.',
      inputResponses: { name: { action: 'accept' } },
    };
    const held = desk.pay(own);
    await desk.approve((await desk.waiting()).id);
    expect((await held).isError).toBeUndefined();
    const [line = ''] = desk.executed();
    expect(line).toContain(`"requestState":${JSON.stringify(own.requestState)}`);
    expect(line).toContain('"inputResponses":{"name":{"action":"accept"}}');
  });

  test("leaves the server its answers where they come beside Regent's", async () => {
    const desk = await start();
    const asked = await desk.pay();
    await desk.approve((await desk.waiting()).id);
    await desk.pay(again(asked, { first: { n: 1.0 }, ...ACCEPTED, last: [] }));
    expect(seenBy(desk)).toMatchObject([{ inputResponses: { first: { n: 1 }, last: [] } }]);
    expect(desk.executed()[0]).not.toContain('regent');
  });

  test('of a client that cannot show a page is held, and pending then', async () => {
    const desk = await start({ args: ['--hold', '200ms'] });
    for (const elicitation of [undefined, {}, { form: {} }, { url: true }]) {
      const _meta = { 'io.modelcontextprotocol/clientCapabilities': { elicitation } };
      const answer = await desk.pay({ _meta });
      expect(factsOf(answer)).toMatchObject({ outcome: 'require_approval', executed: false });
      expect(answer.resultType).toBe('complete');
    }
  });
});

test('a request state whose time is over opens nothing', async () => {
  const policy = holdPolicy().replace('30m', '1s');
  const desk = await overStdio({ policy, config: 'approvals: {use_within: 1s}\n' });
  const asked = await desk.pay();
  await sleep(2100);
  expect(factsOf(await desk.pay(again(asked))).rule).toBe('request-state-invalid');
  expect(desk.executed()).toEqual([]);
});

test("another agent's request state opens nothing, whatever is approved", async () => {
  const policy = holdPolicy().replace('tools:', 'agents:\n  "*": {tools: [pay]}\ntools:');
  const args = configured(CONSOLE);
  const one = startDesk({ policy, args: [...args, '--agent', 'one'] });
  expect((await one.client.request('ping')).result).toEqual({});
  const two = startDesk({ policy, args: [...args, '--agent', 'two', '--state', one.stateFile] });
  const pay = async ({ client }: typeof one, params: object = {}) =>
    (await client.request('tools/call', { name: 'pay', arguments: TEN, _meta: META, ...params })).result;
  const [ofOne, ofTwo] = [await pay(one), await pay(two)];
  for (const { id } of await (await one.store()).listApprovals({})) await one.approve(id);
  expect(factsOf(await pay(two, again(ofOne))).rule).toBe('request-state-invalid');
  expect(two.executed()).toEqual([]);
  expect((await pay(two, again(ofTwo))).isError).toBeUndefined();
  expect([one.executed().length, two.executed().length]).toEqual([0, 1]);
});

const META = { 'io.modelcontextprotocol/protocolVersion': '2026-07-28', ...OPENS_URLS };

test('a client is only held where no console is known', async () => {
  const desk = startDesk({ args: ['--hold', '200ms'] });
  const { result } = await desk.client.request('tools/call', { name: 'pay', arguments: TEN, _meta: META });
  expect(factsOf(result)).toMatchObject({ outcome: 'require_approval' });
  expect(result.resultType).toBe('complete');
});

test('an older client is only held, whatever it declares', async () => {
  const desk = startDesk({ args: [...configured(CONSOLE), '--hold', '200ms'] });
  const capabilities = { elicitation: { url: {}, form: {} } };
  const clientInfo = { name: 'old', version: '1' };
  await desk.client.request('initialize', { protocolVersion: '2025-11-25', capabilities, clientInfo });
  const { result } = await desk.client.request('tools/call', {
    name: 'pay',
    arguments: TEN,
    _meta: OPENS_URLS,
  });
  expect(factsOf(result)).toMatchObject({ outcome: 'require_approval' });
  expect(result.resultType).toBeUndefined();
});
