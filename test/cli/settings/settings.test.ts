// The settings: each flag and each key, good and bad, alone and together.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { formatDiagnostic } from '../../../compiler/model/diagnostic.ts';
import { readConfig } from '../../../src/cli/settings/read-config.ts';
import type { SidecarFlags } from '../../../src/cli/settings/read-flags.ts';
import { readSidecarOptions } from '../../../src/cli/settings/sidecar-options.ts';

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'regent-settings-'));
  writeFileSync(path.join(folder, 'token'), 't'.repeat(32), { mode: 0o600 });
  writeFileSync(path.join(folder, 'open-token'), 't'.repeat(32), { mode: 0o644 });
  writeFileSync(path.join(folder, 'short-token'), 'short', { mode: 0o600 });
});
afterAll(() => rmSync(folder, { recursive: true }));

const policy = ['p.yaml'];
const read = (flags: SidecarFlags, ...command: string[]) => readSidecarOptions({ policy, ...flags }, command);

describe('flags', () => {
  test.each([
    ['--upstream is no URL', { upstream: 'mcp.example.com' }, /--upstream "mcp.example.com" is not an URL/],
    ['--upstream is no http', { upstream: 'ftp://x/' }, /not an http or https URL/],
    [
      '--upstream holds a password, which is not shown',
      { upstream: 'https://a:b@x/' },
      /^--upstream holds a password; send it with --header/,
    ],
    ['--upstream holds a fragment', { upstream: 'https://x/#a' }, /fragment/],
    ['--header is none', { upstream: 'https://x/', header: ['nothing'] }, /is not a header field/],
    [
      '--header has no name',
      { upstream: 'https://x/', header: ['a b: c'] },
      /not the name of a header field/,
    ],
    ['--header breaks the line', { upstream: 'https://x/', header: ['A: b\r\nC: d'] }, /cannot hold/],
    ['--header is of the connection', { upstream: 'https://x/', header: ['Host: y'] }, /sets itself/],
    ['--header is of the protocol', { upstream: 'https://x/', header: ['Mcp-Name: y'] }, /sets itself/],
    [
      '--header without --upstream',
      { header: ['A: b'] },
      /--header is for a server behind --upstream/,
      'cmd',
    ],
    ['--listen is none', { listen: 'x' }, /is not an address/, 'cmd'],
    ['--listen has no such port', { listen: '127.0.0.1:70000' }, /is not an address/, 'cmd'],
    ['--listen is open to others', { listen: '0.0.0.0:0' }, /--token-file/, 'cmd'],
    ['--console is open to others', { console: '0.0.0.0:0' }, /tokens to 0.0.0.0 in clear/, 'cmd'],
    ['--path is none', { listen: '0', path: 'mcp' }, /is not a path/, 'cmd'],
    ['--path climbs', { listen: '0', path: '/a/../b' }, /is not a path/, 'cmd'],
    ['--path without --listen', { path: '/mcp' }, /add --listen/, 'cmd'],
    ['both kinds of servers', { upstream: 'https://x/' }, /one server/, 'cmd'],
    ['no server', {}, /no server was given/],
    ['--hold is no duration', { hold: 'long' }, /is not a duration/, 'cmd'],
    ['--agent is nobody', { agent: 'a\nb' }, /no name of an agent/, 'cmd'],
  ])('%s', async (_name, flags: SidecarFlags, expected, ...command: string[]) => {
    await expect(read(flags, ...command)).rejects.toThrow(expected);
  });

  test.each([
    ['is missing', 'no-such', /cannot be read/],
    ['can be read by others', 'open-token', /chmod 600/],
    ['is too short', 'short-token', /at least 16 characters/],
  ])('a token file that %s', async (_name, file, expected) => {
    await expect(read({ listen: '0', tokenFile: path.join(folder, file) }, 'cmd')).rejects.toThrow(expected);
  });

  test('a secret in --header is not repeated', async () => {
    const problem = await read({ upstream: 'https://x/', header: ['Mcp-Secret: hush'] }).catch(String);
    expect(problem).not.toContain('hush');
  });

  test.each([
    ['8931', '127.0.0.1', 8931],
    ['localhost:0', 'localhost', 0],
    ['[::1]:80', '::1', 80],
  ])('--listen %s', async (listen, host, port) => {
    expect((await read({ listen }, 'cmd')).client).toMatchObject({
      kind: 'listen',
      host,
      port,
      path: '/mcp',
    });
  });

  test('say which of the four shapes is meant', async () => {
    const shapes = [
      await read({}, 'cmd', 'arg'),
      await read({ upstream: 'https://x/mcp', header: ['A: b'] }),
      await read({ listen: '0' }, 'cmd'),
      await read({ listen: '0.0.0.0:1', upstream: 'http://x/', tokenFile: path.join(folder, 'token') }),
    ];
    expect(shapes.map(({ client, server }) => [client.kind, server])).toMatchObject([
      ['stdio', { kind: 'command', command: ['cmd', 'arg'] }],
      ['stdio', { kind: 'upstream', headers: [['A', 'b']] }],
      ['listen', { kind: 'command' }],
      ['listen', { kind: 'upstream' }],
    ]);
  });
});

describe('regent.yaml', () => {
  const problems = (text: string): string[] =>
    readConfig('regent.yaml', text).diagnostics.map((diagnostic) => formatDiagnostic(diagnostic));

  test.each([
    ['polcy: a', /^regent.yaml:1:1 unknown-key .*did you mean "policy"\?/],
    ['hide: [a]', /"hide" is not a key here; it belongs in a policy/],
    ['webhook: {url: "https://x/"}', /"webhook" is not a key here; it belongs in approvals$/],
    [
      'upstream: {url: "https://x/", token_file: t}',
      /"token_file" is not a key here .*; it belongs in listen$/,
    ],
    [
      'url: "https://x/"',
      /"url" is not a key here; it belongs in upstream or approvals.webhook or console or a service$/,
    ],
    ['per_call: 5', /"per_call" is not a key here$/],
    ['upstream: 5', /^regent.yaml:1:11 bad-value {2}5 is not an URL/],
    ['upstream: {headers: {A: b}}', /missing-key {2}"url" is missing here \(upstream\)/],
    [
      'upstream: {url: "https://x/", headers: {Host: y}}',
      /bad-value {2}"Host" is a header field that Regent sets/,
    ],
    ['upstream: {url: "https://x/", headers: {A: {env: NO_SUCH_VARIABLE}}}', /is not set in the environment/],
    [
      'upstream: {url: "https://x/", headers: {A: {file: none}}}',
      /"none" cannot be read: there is no such file/,
    ],
    ['upstream: {url: "https://x/", headers: {A: {evn: B}}}', /did you mean "env"\?/],
    ['listen: {path: /mcp}', /"address" is missing here/],
    ['listen: {address: "1", token_file: none}', /"none" cannot be read/],
    ['identity: {jwt: {issuer: x, audience: y}}', /"jwks" is missing here \(identity.jwt\)/],
    ['identity: {jwt: {issuer: x, audience: y, jwks: "http://evil.example.com/k"}}', /is not an https URL/],
    ['identity: {jwt: {issuer: x, audience: y, jwks: k, algorithms: [none]}}', /no asymmetric signature/],
    ['identity: {jwt: {issuer: x, audience: y, jwks: k, algorithms: [HS256]}}', /no asymmetric signature/],
    ['limits: {body: 64MB}', /is not a size; write it as 64MiB/],
    ['limits: {session_idle: 5}', /is not a duration/],
    ['durability: half', /is not one of full, normal/],
    ['policy: a\npolicy: b', /^regent.yaml:2:1 duplicate-key/],
  ])('%s', (text, expected) => {
    expect(problems(text)).toEqual([expect.stringMatching(expected)]);
  });

  test('tells all of its problems at once, in their order', () => {
    expect(problems('agnet: x\nhold: 5\nlisten: {adress: y}\n').map((line) => line.split(' ')[0])).toEqual([
      'regent.yaml:1:1',
      'regent.yaml:2:7',
      'regent.yaml:3:9',
      'regent.yaml:3:10',
    ]);
  });

  test('is what a flag is not; the kind of server that a flag names wins', async () => {
    const config = path.join(folder, 'regent.yaml');
    writeFileSync(config, 'policy: own.yaml\nagent: from-file\nhold: 3s\ncommand: [from-file]\n');
    const options = await readSidecarOptions({ config, agent: 'from-flag', upstream: 'https://x/' }, []);
    expect(options).toMatchObject({
      policies: [path.join(folder, 'own.yaml')],
      agent: 'from-flag',
      holdMs: 3000,
      server: { kind: 'upstream' },
    });
  });

  test('asks for one kind of proof at the door', async () => {
    const config = path.join(folder, 'both.yaml');
    writeFileSync(config, 'identity: {required: true}\nlisten: {address: "0", token_file: token}\n');
    await expect(read({ config }, 'cmd')).rejects.toThrow(/take one of them/);
  });
});
