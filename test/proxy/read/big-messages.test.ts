// Size, depth and digits cost their length and no more.
import { describe, expect, test } from 'vitest';
import { HEAD, many, read, readOne } from './reading.ts';

describe('big messages', () => {
  test.each([
    ['a text of 20 MB', () => `{"a":"${'x'.repeat(20_000_000)}"}`],
    ['a number of 5 million digits', () => `{"a":${'7'.repeat(5_000_000)}}`],
    ['200,000 keys', () => `{${many(200_000)}}`],
    [
      'keys that look like list indexes',
      () => `{${Array.from({ length: 100_000 }, (_, index) => `"${index * 16384}":1`)}}`,
    ],
  ])('are read: %s', (_name, makeArguments) => {
    const { toolCall } = readOne(
      `{${HEAD},"method":"tools/call","params":{"name":"t","arguments":${makeArguments()}}}`,
    );
    expect(toolCall?.arguments.size).toBeGreaterThan(0);
  });

  test('that are ten million brackets deep are rejected without a stack of their own', () => {
    const deep = '['.repeat(10_000_000);
    expect(
      read(`{"jsonrpc":"2.0","method":"x","params":${deep}${']'.repeat(10_000_000)},"id":5}`),
    ).toMatchObject({
      code: 'too-deep',
      idText: '5',
    });
  });
});
