// Bad input gets a JSON-RPC error, with the id where it can be told; nothing is forwarded, and the session goes on.
import { expect, test } from 'vitest';
import { startGuarded } from './guarded-server.ts';

const call = (params: string): string => `{"jsonrpc":"2.0","id":5,"method":"tools/call","params":${params}}`;

/** Far over what reading takes on a busy machine, far under what growing with the square takes. */
const STALL_MS = 5000;

const ATTACKS: ReadonlyArray<readonly [name: string, line: string | Buffer, id: unknown, code: number]> = [
  ['no JSON', 'hello', null, -32700],
  ['cut off', '{"jsonrpc":"2.0","id":5,"method":"tools/call"', 5, -32700],
  ['trailing data', `${call('{"name":"pay"}')} {}`, 5, -32700],
  ['a second name', call('{"name":"safe","name":"pay"}'), 5, -32600],
  ['a second name by escape', call('{"name":"safe","n\\u0061me":"pay"}'), 5, -32600],
  ['a name in other case', call('{"name":"safe","Name":"pay"}'), 5, -32600],
  [
    'a method in other case',
    '{"jsonrpc":"2.0","id":5,"method":"ping","Method":"tools/call","params":{"name":"pay"}}',
    5,
    -32600,
  ],
  [
    'a method in other case alone',
    '{"jsonrpc":"2.0","id":5,"METHOD":"tools/call","params":{"name":"pay"}}',
    5,
    -32600,
  ],
  [
    'params by the long s',
    '{"jsonrpc":"2.0","id":5,"method":"tools/call","params":{"name":"safe"},"param\u017f":{"name":"pay"}}',
    5,
    -32600,
  ],
  ['two arguments', call('{"name":"pay","arguments":{"a":1},"arguments":{"a":2}}'), 5, -32600],
  ['a duplicate key deep inside', call('{"name":"pay","arguments":{"x":[{"a":1,"a":2}]}}'), 5, -32600],
  ['half a surrogate pair', call('{"name":"pay","arguments":{"x":"\\ud800"}}'), 5, -32600],
  [
    'no UTF-8',
    Buffer.concat([
      Buffer.from('{"jsonrpc":"2.0","id":5,"method":"x","params":"'),
      Buffer.from([0xc3, 0x28]),
      Buffer.from('"}\n'),
    ]),
    5,
    -32600,
  ],
  [
    'a carriage return between values',
    '{"jsonrpc":"2.0","id":5,"method":"x","params":[\r{"jsonrpc":"2.0","id":6,"method":"tools/call","params":{"name":"pay"}}\r]}',
    5,
    -32600,
  ],
  [
    'a depth of 200',
    call(`{"name":"pay","arguments":{"x":${'['.repeat(200)}${']'.repeat(200)}}}`),
    5,
    -32600,
  ],
  ['an empty batch', '[]', null, -32600],
  ['a number', '5', null, -32600],
  ['params that are no object', '{"jsonrpc":"2.0","id":5,"method":"tools/call","params":[1]}', 5, -32602],
  ['arguments that are no object', call('{"name":"pay","arguments":[1]}'), 5, -32602],
  ['no name', call('{"arguments":{}}'), 5, -32602],
];

test('every form of it', async () => {
  const { client, executed } = startGuarded();
  for (const [name, line, id, code] of ATTACKS) {
    client.send(line);
    const answer = JSON.parse(await client.next());
    expect([name, answer.id, answer.error?.code]).toEqual([name, id, code]);
  }
  expect(executed()).toEqual([]);
  const { result } = await client.callTool('pay');
  expect(result.isError ?? false).toBe(false);
  expect(executed()).toHaveLength(1);
});

test.each([
  ['first', (pad: string) => `{"jsonrpc":"2.0","id":1,"method":"x","params":"${pad}"}`, 1],
  ['last', (pad: string) => `{"method":"x","params":"${pad}","jsonrpc":"2.0","id":"é"}`, 'é'],
  ['in the middle', (pad: string) => `{"method":"x","p":"${pad}","id":1,"params":"${pad}"}`, null],
])(
  'a message over the size limit is dropped, and the next one is read: its id is %s',
  async (_name, write, id) => {
    const { client } = startGuarded();
    client.send(write('x'.repeat(65 * 1024 * 1024)));
    expect(JSON.parse(await client.next())).toMatchObject({ id, error: { code: -32600 } });
    expect((await client.callTool('pay')).result.isError ?? false).toBe(false);
  },
);

test('an answer over the size limit is dropped, and its request is told so', async () => {
  const { client } = startGuarded({ policy: 'version: "1"\ndefault: allow\n' });
  const { error } = await client.callTool('big', { bytes: 65 * 1024 * 1024 });
  expect(error).toMatchObject({ code: -32603, message: expect.stringContaining('over the size limit') });
  expect((await client.callTool('pay')).result.isError ?? false).toBe(false);
});

test('argument keys that differ only in case from one that the policy reads', async () => {
  const policy =
    'version: "1"\ntools:\n  pay:\n    rules:\n      - action: deny\n        when: [{path: args.force, op: eq, value: true}]\n';
  const { client, executed } = startGuarded({ policy });
  for (const args of ['{"force":false,"Force":true}', '{"FORCE":true}', '{"\\u0066orce":true,"forcE":1}']) {
    client.send(call(`{"name":"pay","arguments":${args}}`));
    expect(JSON.parse(await client.next())).toMatchObject({ id: 5, error: { code: -32600 } });
  }
  expect(executed()).toEqual([]);
});

test('arguments that JavaScript would inherit from the key __proto__, where the policy reads any', async () => {
  const policy = `version: "1"
tools:
  pay:
    rules:
      - action: deny
        when: [{path: args.force, op: eq, value: true}]
      - arguments:
          o: {not: {required: [admin]}}
  free:
    rules: []
`;
  const { client, executed } = startGuarded({ policy });
  const hidden = '"__proto__":{"force":true,"admin":true}';
  // A server that fills in what is missing sees what no rule has seen.
  const { arguments: args } = JSON.parse(`{"arguments":{${hidden}}}`);
  expect(Object.assign({ path: '.' }, args)).toMatchObject({ path: '.' });
  expect((Object.assign({ path: '.' }, args) as { force?: boolean }).force).toBe(true);
  for (const text of [hidden, `"a":1,"__pr\\u006fto__":{}`, `"o":{${hidden}}`, `"o":{"p":[{${hidden}}]}`]) {
    client.send(call(`{"name":"pay","arguments":{${text}}}`));
    const answer = JSON.parse(await client.next());
    expect(answer).toMatchObject({ id: 5, error: { message: expect.stringContaining('__proto__') } });
  }
  expect(executed()).toEqual([]);
  // It is harmless as a plain value, and where no rule reads anything.
  client.send(call('{"name":"pay","arguments":{"__proto__":1}}'));
  expect(JSON.parse(await client.next()).result).toBeDefined();
  client.send(call(`{"name":"free","arguments":{${hidden}}}`));
  expect(JSON.parse(await client.next()).result).toBeDefined();
});

test('numbers and objects that are chosen to be slow do not stall the proxy', async () => {
  const policy =
    'version: "1"\ntools:\n  pay:\n    rules:\n      - arguments:\n          amount: {maximum: 500}\n          o: {type: object}\n';
  const { client, executed } = startGuarded({ policy });
  const keys = Array.from({ length: 20_000 }, (_, index) => `"k${index}":1`).join(',');
  const bombs = [
    '{"amount":1e100000000,"o":{}}',
    '{"amount":1e99999999999999999999,"o":{}}',
    `{"amount":1,"o":{${keys}}}`,
    `{"amount":${'9'.repeat(1_000_000)},"o":{}}`,
    `{"amount":1,"o":${'{"a":'.repeat(100)}1${'}'.repeat(100)}}`.replace('"o":{', '"o":{"z":"\\u0000",'),
  ];
  // The start compiles the policy, which is not what this looks at.
  await client.callTool('pay', { amount: 1, o: {} });
  for (const args of bombs) {
    const start = performance.now();
    client.send(call(`{"name":"pay","arguments":${args}}`));
    const { result } = JSON.parse(await client.next());
    expect(result._meta['dev.regent/decision']).toMatchObject({
      outcome: 'deny',
      rule: 'arguments-unreadable',
    });
    expect(performance.now() - start).toBeLessThan(STALL_MS);
  }
  expect(executed()).toHaveLength(1);
});
