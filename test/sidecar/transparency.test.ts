// Invariant 5, everything that is not policy passes unchanged and in order, and invariant 1, what was judged is what is
// forwarded: byte for byte, both ways, with the echo server.
import { describe, expect, test } from 'vitest';
import { startGuarded } from './guarded-server.ts';

const ANY = 'version: "1"\ndefault: allow\n';

describe('a request reaches the server as it was sent', () => {
  test.each([
    [
      'whole numbers over 2^53',
      '{"jsonrpc":"2.0","id":9007199254740993,"method":"x/y","params":{"n":12345678901234567890}}',
    ],
    [
      'unknown keys and their order',
      '{"zz":1,"jsonrpc":"2.0","params":{"b":1,"a":{}},"method":"x/y","id":"i","extra":null}',
    ],
    ['a fraction as id', '{"jsonrpc":"2.0","id":1.50,"method":"x/y"}'],
    ['an id of null', '{"jsonrpc":"2.0","id":null,"method":"x/y"}'],
    ['odd spacing and escapes', ' { "jsonrpc" : "2.0" , "id" : "\\u0041" , "method" : "x\\/y" } '],
    [
      'line separators inside texts',
      '{"jsonrpc":"2.0","id":1,"method":"x/y","params":{"t":"a\u2028b\u2029c"}}',
    ],
    [
      'protocol 2026-07-28',
      '{"jsonrpc":"2.0","id":1,"method":"x/y","params":{"_meta":{"io.modelcontextprotocol/protocolVersion":"2026-07-28","traceparent":"00-1"}}}',
    ],
  ])('%s', async (_, line) => {
    const { client } = startGuarded({ policy: ANY });
    client.send(line);
    const answer = JSON.parse(await client.next((text) => text.includes('"echo"')));
    expect(answer.result.echo).toBe(line);
  });

  test('a message of 20 MB, sent in pieces', async () => {
    const { client } = startGuarded({ policy: ANY });
    const line = `{"jsonrpc":"2.0","id":1,"method":"x/y","params":{"t":"${'ä'.repeat(10_000_000)}"}}`;
    client.send(line);
    const answer = await client.next((text) => text.includes('"echo"'));
    expect(JSON.parse(answer).result.echo).toBe(line);
  });

  test('a call that was allowed', async () => {
    const { client } = startGuarded();
    const line =
      '{"jsonrpc":"2.0", "id":7,"method":"tools/call","params":{"name":"pay","arguments":{"n":1e2,"z":1,"a":[1.0]},"_meta":{"progressToken":5}}}';
    client.send(line);
    const answer = JSON.parse(await client.next((text) => text.includes('"id":7')));
    expect(answer.result.content[0].text).toBe(line);
  });
});

test('messages keep their order, though calls wait for their decision', async () => {
  const { client } = startGuarded();
  const sent: string[] = [];
  for (let index = 0; index < 60; index += 1) {
    const isCall = index % 3 === 0;
    sent.push(
      isCall
        ? `{"jsonrpc":"2.0","id":${index},"method":"tools/call","params":{"name":"pay"}}`
        : `{"jsonrpc":"2.0","method":"notifications/x","params":{"n":${index}}}`,
    );
  }
  for (const line of sent) client.send(line);
  const { result } = await client.request('tools/call', { name: 'pay' });
  expect(result.isError ?? false).toBe(false);
  const answers = [];
  while (answers.length < 20)
    answers.push(JSON.parse(await client.next((text) => text.includes('"result"'))).id);
  expect(answers).toEqual(Array.from({ length: 20 }, (_, index) => index * 3));
});

describe('what the server sends', () => {
  test('requests to the client, progress and long answers pass', async () => {
    const { client } = startGuarded({ policy: ANY });
    client.send(
      '{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"ask_client","arguments":{"method":"roots/list","params":{}}}}',
    );
    const asked = JSON.parse(await client.next((text) => text.includes('roots/list')));
    client.send(`{"jsonrpc":"2.0","id":${JSON.stringify(asked.id)},"result":{"roots":[]}}`);
    expect(await client.next((text) => text.includes('"id":1'))).toContain('roots');
    const { result } = await client.callTool('big', { bytes: 5_000_000 });
    expect(result.content[0].text).toHaveLength(5_000_000);
  });

  test('a notification before the answer to initialize passes, lines that are no message do not', async () => {
    const { client } = startGuarded({
      policy: ANY,
      server: ['--list-changed-first', '--banner', 'starting up...'],
    });
    const { result } = await client.request('initialize', { protocolVersion: '2024-11-05' });
    expect(result.protocolVersion).toBe('2024-11-05');
    expect(client.lines).toEqual(['{"jsonrpc":"2.0","method":"notifications/tools/list_changed"}']);
  });

  test('lists of tools are filtered page by page, all else kept', async () => {
    const tools = [
      '{"name":"a","x":1.0}',
      '{"name":"pay","title":"Pay","_meta":{"k":1}}',
      '{"name":"b"}',
    ].flatMap((tool) => ['--tool', tool]);
    const { client } = startGuarded({
      server: [...tools, '--page-size', '2', '--list-extra', '"ttlMs":1000'],
    });
    client.send('{"jsonrpc":"2.0","id":1.0,"method":"tools/list"}');
    expect(await client.next()).toBe(
      '{"jsonrpc":"2.0","id":1.0,"result":{"tools":[{"name":"pay"}],"nextCursor":"2","ttlMs":1000}}',
    );
    client.send('{"jsonrpc":"2.0","id":2,"method":"tools/list","params":{"cursor":"2"}}');
    expect(await client.next()).toBe(
      '{"jsonrpc":"2.0","id":2,"result":{"tools":[{"name":"pay","title":"Pay","_meta":{"k":1}}],"ttlMs":1000}}',
    );
  });
});

test('a batch loses only what is denied', async () => {
  const { client, executed } = startGuarded();
  const pay = '{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"pay"}}';
  const other = '{"jsonrpc":"2.0","id":2,"method":"tools/call","params":{"name":"other"}}';
  client.send(`[${pay},${other},{"jsonrpc":"2.0","id":3,"method":"ping"}]`);
  const denied = JSON.parse(await client.next((line) => line.startsWith('[')));
  expect(denied).toMatchObject([{ id: 2, result: { isError: true } }]);
  await client.next((line) => line.includes('"id":3'));
  expect(executed()).toEqual([`[${pay},{"jsonrpc":"2.0","id":3,"method":"ping"}]`]);
});
