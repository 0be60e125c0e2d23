// Masks on events, by tables: what is taken out, what stays to the digit, and what is refused.
import { describe, expect, test } from 'vitest';
import { eventParts, printEvent } from '../../../src/journal/upload/decision-event.ts';
import { makeEvent } from '../../../src/journal/upload/make-event.ts';
import { maskEvent } from '../../../src/journal/upload/mask-event.ts';
import { readMasks } from '../../../src/journal/upload/mask-rule.ts';
import { parseNode } from '../../../src/proxy/read/parse-node.ts';
import { sampleRow } from '../../state/sample-batch.ts';

const parse = (text: string) => parseNode(Buffer.from(text), 0);
const INPUT =
  '{"agent":{"id":"bot","claims":{"sub":"x"}},"arguments":{"card":"4111","n":12345678901234567890.10,"a/b":1,"items":[{"p":1},{"p":2},{"p":3}]}}';
const OUTPUT = '{"outcome":"deny","reason":"card 4111 is blocked"}';

const row = { ...sampleRow({ input: INPUT, output: OUTPUT }), sequence: 7, result: null, resultAtMs: null };
const parts = eventParts(row, { labels: { id: 'i' }, bundle: 'b' });

/** Input and result as they are sent, `erased` and `masked`. */
function masked(...masks: readonly unknown[]): Record<string, string | undefined> {
  const event = maskEvent(parts, readMasks(masks), parse);
  return Object.fromEntries(
    ['input', 'result', 'erased', 'masked', 'requested_by'].map((key) => [key, event.get(key)]),
  );
}

/** What a `custom.regent` still says of a call whose input names server and tool. */
function customOf(...masks: readonly unknown[]): unknown {
  const input = INPUT.replace('{', '{"server":"bank","tool":"pay",');
  const named = eventParts({ ...row, input, server: 'bank', tool: 'pay' }, { labels: {}, bundle: null });
  return JSON.parse(maskEvent(named, readMasks(masks), parse).get('custom') ?? 'null').regent;
}

describe('a mask', () => {
  test.each<readonly [string, readonly unknown[], object]>([
    ['the tool', ['/input/tool'], { sequence: 7, server: 'bank' }],
    ['the server', [{ op: 'upsert', path: '/input/server', value: '-' }], { sequence: 7, tool: 'pay' }],
    ['the whole input', ['/input'], { sequence: 7 }],
    ['something else', ['/input/arguments'], { sequence: 7, server: 'bank', tool: 'pay' }],
  ])('of %s also takes it out of what Regent adds', (_name, masks, expected) => {
    expect(customOf(...masks)).toEqual(expected);
  });

  test.each([
    ['removes a member', ['/input/arguments/card'], 'input', INPUT.replace('"card":"4111",', '')],
    ['removes an element', ['/input/arguments/items/1'], 'input', INPUT.replace(',{"p":2}', '')],
    [
      'removes several elements by their first index',
      ['/input/arguments/items/0', '/input/arguments/items/1'],
      'input',
      INPUT.replace('{"p":1},{"p":2},', ''),
    ],
    ['removes within an element', ['/input/arguments/items/2/p'], 'input', INPUT.replace('{"p":3}', '{}')],
    ['removes the input as a whole', ['/input'], 'input', undefined],
    ['removes the result as a whole', ['/result'], 'result', undefined],
    ['names a key with a slash', ['/input/arguments/a%2Fb'], 'input', INPUT.replace('"a/b":1,', '')],
    [
      'puts a value in',
      [{ op: 'upsert', path: '/input/arguments/card', value: '****' }],
      'input',
      INPUT.replace('"4111"', '"****"'),
    ],
    [
      'puts a member in that was not there',
      [{ op: 'upsert', path: '/result/seen/by', value: ['x'] }],
      'result',
      OUTPUT.replace('}', ',"seen":{"by":["x"]}}'),
    ],
    [
      'puts an element in',
      [{ op: 'upsert', path: '/input/arguments/items/0', value: null }],
      'input',
      INPUT.replace('{"p":1}', 'null'),
    ],
    [
      'without a value puts null in',
      [{ op: 'upsert', path: '/result/reason' }],
      'result',
      OUTPUT.replace('"card 4111 is blocked"', 'null'),
    ],
    [
      'that puts in what another removes leaves it out',
      [{ op: 'upsert', path: '/result/reason', value: 'x' }, '/result/reason'],
      'result',
      '{"outcome":"deny"}',
    ],
    [
      'changes nothing where the path leads nowhere',
      [
        '/input/none/x',
        '/input/arguments/items/9',
        '/input/arguments/items/x',
        '/result/reason/deep',
        '/nd_builtin_cache/x',
      ],
      'input',
      INPUT,
    ],
  ])('%s', (_name, masks: readonly unknown[], key, expected) => {
    expect(masked(...masks)[key]).toBe(expected);
  });

  test('is told in erased or masked, where it found something', () => {
    expect(
      masked(
        '/input/arguments/card',
        '/input/none',
        { op: 'upsert', path: '/result/reason', value: 'x' },
        { op: 'remove', path: '/input/agent/claims' },
      ),
    ).toMatchObject({
      erased: '["/input/agent/claims","/input/arguments/card"]',
      masked: '["/result/reason"]',
      requested_by: '"payments-bot"',
    });
  });

  test.each(['/input', '/input/agent', '/input/agent/id'])(
    'of the agent, %s, also takes requested_by out',
    (path) => {
      expect(masked(path).requested_by).toBeUndefined();
    },
  );
});

test.each([
  ['a text instead of a set', '/input'],
  ['a number', [1]],
  ['null', [null]],
  ['an empty path', ['']],
  ['a path without a slash', ['input/x']],
  ['another part of the event', ['/labels/id']],
  ['a percent sign alone', ['/input/arguments/100%']],
  ['an unknown operation', [{ op: 'hide', path: '/input' }]],
  ['no operation', [{ path: '/input' }]],
  ['no path', [{ op: 'remove' }]],
])('%s is no mask', (_name, value) => {
  expect(() => readMasks(value)).toThrow();
});

describe('an event', () => {
  const context = { labels: {}, bundle: null, parse };

  test('without rules is the exact text of the decision', () => {
    const made = makeEvent(row, { ...context, rules: { mask: null, drop: null } });
    expect('text' in made && made.text).toContain(`"input":${INPUT},"result":${OUTPUT}`);
  });

  test('is what the rules are given', () => {
    const seen: string[] = [];
    const drop = (event: string): boolean => seen.push(event) < 0;
    makeEvent(row, { labels: { id: 'i' }, bundle: 'b', parse, rules: { mask: null, drop } });
    expect(seen).toEqual([printEvent(parts)]);
  });

  test.each([
    ['true drops it', () => true, { dropped: 'drop_rule' }],
    [
      'a failure leaves it out',
      () => {
        throw new Error('broken');
      },
      { dropped: 'rule_failed' },
    ],
    ['a text leaves it out', () => 'yes', { dropped: 'rule_failed' }],
    ['false keeps it', () => false, { text: expect.any(String) }],
    ['undefined keeps it', () => undefined, { text: expect.any(String) }],
  ])('of a drop rule, %s', (_name, drop: () => unknown, expected) => {
    expect(makeEvent(row, { ...context, rules: { mask: null, drop } })).toMatchObject(expected);
  });

  test('names no bundle where the policy is a file, or there was none', () => {
    expect(eventParts(row, context).has('bundles')).toBe(false);
    expect(eventParts({ ...row, revision: '' }, { ...context, bundle: 'b' }).has('bundles')).toBe(false);
  });
});
