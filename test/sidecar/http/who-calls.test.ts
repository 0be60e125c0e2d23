// Who calls over HTTP: agents' tokens, JWTs, and the token of the door.
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import {
  discoverOAuthProtectedResourceMetadata,
  extractWWWAuthenticateParams,
} from '@modelcontextprotocol/sdk/client/auth.js';
import { exportJWK, generateKeyPair, SignJWT } from 'jose';
import { describe, expect, test } from 'vitest';
import { ALLOW_ALL, ask, call, modern, startHttpSidecar } from './http-sidecar.ts';
import { answerCalls, answerJson, startUpstream } from './upstream-fixture.ts';

const POLICY = `version: "1"
agents:
  payments-bot: {tools: [pay]}
  "report-*": {tools: [read]}
tools:
  pay:
    rules: [{rate_limit: {limit: 1, window: day, per: agent}}]
  read:
    rules: []
`;
const LIST = '{"jsonrpc":"2.0","id":1,"result":{"tools":[{"name":"pay"},{"name":"read"}]}}';
const listTools = '{"jsonrpc":"2.0","id":1,"method":"tools/list"}';
const INITIALIZE = '{"jsonrpc":"2.0","id":1,"method":"initialize","params":{}}';
const bearer = (token: string) => ({ authorization: `Bearer ${token}` });

describe('with agents in the policy', () => {
  test('a caller without a good credential gets 401, and nothing reaches the server', async () => {
    const upstream = await startUpstream(answerCalls);
    const { url } = await startHttpSidecar({ policy: POLICY, args: ['--upstream', upstream.url] });
    const none = await ask(url, { body: call('pay') });
    expect([none.status, none.headers['www-authenticate']]).toEqual([401, 'Bearer realm="regent"']);
    for (const token of ['rgt_unknown', 'something']) {
      const bad = await ask(url, { headers: bearer(token), body: call('pay') });
      expect([bad.status, bad.headers['www-authenticate']]).toEqual([
        401,
        expect.stringContaining('error="invalid_token"'),
      ]);
      expect(bad.text).not.toContain(token);
    }
    expect((await ask(url, { method: 'GET' })).status).toBe(401);
    expect(upstream.seen).toEqual([]);
  });

  test('each agent has its own rights, lists and counters; its token stays here', async () => {
    const upstream = await startUpstream((seen, response) =>
      seen.body.includes('tools/list') ? answerJson(response, LIST) : answerCalls(seen, response),
    );
    const sidecar = await startHttpSidecar({ policy: POLICY, args: ['--upstream', upstream.url] });
    const tokens = ['payments-bot', 'report-1', 'stranger'].map((name) =>
      sidecar.run('agents', 'add', name).trim(),
    );
    const lists = await Promise.all(
      tokens.map(async (token) => {
        const { text } = await ask(sidecar.url, { headers: bearer(token), body: listTools });
        return (JSON.parse(text).result.tools as Array<{ name: string }>).map(({ name }) => name);
      }),
    );
    expect(lists).toEqual([['pay'], ['read'], []]);
    const outcomes = await Promise.all(
      tokens.map(async (token) => {
        const { text } = await ask(sidecar.url, { headers: bearer(token), body: call('pay') });
        return JSON.parse(text).result.isError ?? false;
      }),
    );
    expect(outcomes).toEqual([false, true, true]);
    expect(upstream.seen.some(({ headers }) => 'authorization' in headers)).toBe(false);
    expect(new Set(sidecar.journal().map(({ agent }) => agent))).toEqual(
      new Set(['payments-bot', 'report-1', 'stranger']),
    );
  });

  test('a token that was removed is refused at the next request', async () => {
    const upstream = await startUpstream(answerCalls);
    const sidecar = await startHttpSidecar({ policy: POLICY, args: ['--upstream', upstream.url] });
    const token = sidecar.run('agents', 'add', 'payments-bot').trim();
    const request = { headers: bearer(token), body: call('pay') };
    expect((await ask(sidecar.url, request)).status).toBe(200);
    expect(sidecar.run('agents', 'list')).toMatch(/^payments-bot {2}[\da-f]{12} {2}/);
    sidecar.run('agents', 'remove', 'payments-bot');
    expect((await ask(sidecar.url, request)).status).toBe(401);
  });

  test("another agent's session is not there for anybody else", async () => {
    const upstream = await startUpstream((_, response) =>
      answerJson(
        response.setHeader('Mcp-Session-Id', 'secret-session'),
        '{"jsonrpc":"2.0","id":1,"result":{}}',
      ),
    );
    const sidecar = await startHttpSidecar({ policy: POLICY, args: ['--upstream', upstream.url] });
    const [mine, theirs] = ['payments-bot', 'report-1'].map((name) =>
      sidecar.run('agents', 'add', name).trim(),
    );
    await ask(sidecar.url, { headers: bearer(mine ?? ''), body: INITIALIZE });
    const session = { 'mcp-session-id': 'secret-session' };
    const own = await ask(sidecar.url, { headers: { ...session, ...bearer(mine ?? '') }, body: listTools });
    const foreign = await ask(sidecar.url, {
      headers: { ...session, ...bearer(theirs ?? '') },
      body: listTools,
    });
    expect([own.status, foreign.status]).toEqual([200, 404]);
  });

  test.each([
    ['to be of 2026-07-28', modern('tools/call', { name: 'read', arguments: {} })],
    ['to begin a session', { headers: {}, body: `[${INITIALIZE},${call('read', {}, 2)}]` }],
  ])("a message that claims %s does not get into another agent's session", async (_claim, message) => {
    const upstream = await startUpstream((_, response) =>
      answerJson(response.setHeader('Mcp-Session-Id', 'secret'), '{"jsonrpc":"2.0","id":1,"result":{}}'),
    );
    const sidecar = await startHttpSidecar({ policy: POLICY, args: ['--upstream', upstream.url] });
    const [mine, theirs] = ['payments-bot', 'report-1'].map((name) =>
      bearer(sidecar.run('agents', 'add', name).trim()),
    );
    await ask(sidecar.url, { headers: mine ?? {}, body: INITIALIZE });
    const headers = { ...message.headers, ...theirs, 'mcp-session-id': 'secret' };
    expect((await ask(sidecar.url, { headers, body: message.body })).status).toBe(404);
    expect(upstream.seen).toHaveLength(1);
  });

  test('the agent that the operator named needs no credential; what it sends is the server’s', async () => {
    const upstream = await startUpstream(answerCalls);
    const args = ['--upstream', upstream.url, '--agent', 'payments-bot'];
    const { url } = await startHttpSidecar({ policy: POLICY, args });
    const reply = await ask(url, { headers: bearer('of-the-server'), body: call('pay') });
    expect(JSON.parse(reply.text).result).toEqual({ content: [] });
    expect(upstream.seen[0]?.headers.authorization).toBe('Bearer of-the-server');
  });
});

describe('JWTs', () => {
  const ISSUER = 'https://issuer.example.com/';
  const policy =
    `${POLICY}      - conditions: [{path: agent.claims.team, op: eq, value: "payments"}]\n`.replace(
      '  read:\n    rules: []\n      -',
      '  read:\n    rules:\n      -',
    );

  async function startWithKeys() {
    const { publicKey, privateKey } = await generateKeyPair('ES256');
    const upstream = await startUpstream(answerCalls);
    const jwks = JSON.stringify({ keys: [{ ...(await exportJWK(publicKey)), kid: 'k1', alg: 'ES256' }] });
    const sidecar = await startHttpSidecar({
      policy,
      args: ['--upstream', upstream.url],
      prepare: (folder) => {
        writeFileSync(path.join(folder, 'jwks.json'), jwks);
        const config = path.join(folder, 'regent.yaml');
        writeFileSync(
          config,
          `identity:\n  jwt: {issuer: "${ISSUER}", audience: regent, jwks: jwks.json, agent_claim: act.name}\n`,
        );
        return ['--config', config];
      },
    });
    const sign = (claims: object, times: { exp?: string; nbf?: string; iss?: string; aud?: string } = {}) =>
      new SignJWT({ act: { name: 'report-7' }, team: 'payments', ...claims })
        .setProtectedHeader({ alg: 'ES256', kid: 'k1' })
        .setIssuer(times.iss ?? ISSUER)
        .setAudience(times.aud ?? 'regent')
        .setIssuedAt()
        .setNotBefore(times.nbf ?? '-1m')
        .setExpirationTime(times.exp ?? '5m')
        .sign(privateKey);
    return { upstream, sidecar, sign };
  }

  test("name the agent, and their claims reach the policy; the token doesn't reach the server", async () => {
    const { upstream, sidecar, sign } = await startWithKeys();
    const ask1 = async (claims: object) =>
      JSON.parse((await ask(sidecar.url, { headers: bearer(await sign(claims)), body: call('read') })).text)
        .result;
    expect(await ask1({})).toEqual({ content: [] });
    expect(await ask1({ team: 'sales' })).toMatchObject({ isError: true });
    expect(upstream.seen[0]?.headers).not.toHaveProperty('authorization');
    expect(sidecar.journal()).toMatchObject([{ agent: 'report-7' }, { agent: 'report-7' }]);
  });

  test('that are not the issuer’s, for somebody else, too old or too young, or of nobody are refused', async () => {
    const { upstream, sidecar, sign } = await startWithKeys();
    const { privateKey } = await generateKeyPair('ES256');
    const forged = new SignJWT({ act: { name: 'report-7' } })
      .setProtectedHeader({ alg: 'ES256', kid: 'k1' })
      .setIssuer(ISSUER)
      .setAudience('regent')
      .setExpirationTime('5m')
      .sign(privateKey);
    const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');
    const unsigned = `${part({ alg: 'none' })}.${part({ iss: ISSUER, aud: 'regent', act: { name: 'report-7' } })}.`;
    const tokens = await Promise.all([
      sign({}, { iss: 'https://other.example.com/' }),
      sign({}, { aud: 'other' }),
      sign({}, { exp: '-1m' }),
      sign({}, { nbf: '1m' }),
      sign({ act: {} }),
      sign({ act: { name: 'anonymous' } }),
      sign({ act: { name: 'a\nb' } }),
      forged,
      unsigned,
      'not.a.token',
    ]);
    for (const token of tokens) {
      expect((await ask(sidecar.url, { headers: bearer(token), body: call('read') })).status).toBe(401);
    }
    expect((await ask(sidecar.url, { body: call('read') })).status).toBe(401);
    expect(upstream.seen).toEqual([]);
  });

  test('cannot be checked without the keys: 503, and nothing is forwarded', async () => {
    const { upstream, sidecar, sign } = await startWithKeys();
    writeFileSync(path.join(sidecar.folder, 'jwks.json'), 'no JSON');
    const reply = await ask(sidecar.url, { headers: bearer(await sign({})), body: call('read') });
    expect(reply.status).toBe(503);
    expect(upstream.seen).toEqual([]);
  });
});

test('the token of the door is asked of everybody, and never goes on', async () => {
  const upstream = await startUpstream(answerCalls);
  const { url } = await startHttpSidecar({
    args: ['--upstream', upstream.url],
    prepare: (folder) => {
      const file = path.join(folder, 'token');
      writeFileSync(file, `${'s'.repeat(40)}\n`, { mode: 0o600 });
      return ['--token-file', file];
    },
  });
  for (const headers of [{}, bearer('s'.repeat(39)), bearer('x'.repeat(40))]) {
    expect((await ask(url, { headers, body: call('pay') })).status).toBe(401);
  }
  expect((await ask(url, { headers: bearer('s'.repeat(40)), body: call('pay') })).status).toBe(200);
  expect(upstream.seen.map(({ headers }) => headers.authorization)).toEqual([undefined]);
  expect((await ask(new URL('/healthz', url).href, { method: 'GET' })).status).toBe(200);
});

const METADATA_PATH = '/.well-known/oauth-protected-resource/mcp';

test("an upstream that names Regent's URL as its own has its metadata read there, by a real client", async () => {
  let regent = '';
  const upstream = await startUpstream((seen, response) => {
    const document = { resource: regent, authorization_servers: ['https://issuer.example.com/'] };
    if (seen.url === METADATA_PATH) return answerJson(response, JSON.stringify(document));
    const resource = new URL(METADATA_PATH, regent).href;
    response.setHeader('WWW-Authenticate', `Bearer resource_metadata="${resource}"`);
    return response.writeHead(401).end();
  });
  const { url } = await startHttpSidecar({ args: ['--upstream', upstream.url] });
  regent = url;
  const refused = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: 'Bearer mine' },
    body: call('pay'),
  });
  const { resourceMetadataUrl } = extractWWWAuthenticateParams(refused);
  expect(resourceMetadataUrl?.href).toBe(new URL(METADATA_PATH, url).href);
  const found = await discoverOAuthProtectedResourceMetadata(url, {
    resourceMetadataUrl: String(resourceMetadataUrl),
  });
  expect(found).toMatchObject({ resource: url, authorization_servers: ['https://issuer.example.com/'] });
  expect(upstream.seen.at(-1)?.headers).not.toHaveProperty('authorization');
});

test.each([
  ['agents prove to Regent who they are', POLICY, METADATA_PATH],
  ['another document is asked for', ALLOW_ALL, '/.well-known/openid-configuration'],
])('the metadata of an upstream is not passed on where %s', async (_name, policy, asked) => {
  const upstream = await startUpstream((_, response) => answerJson(response, '{}'));
  const { url } = await startHttpSidecar({ policy, args: ['--upstream', upstream.url] });
  expect((await ask(new URL(asked, url).href, { method: 'GET' })).status).toBe(404);
  expect(upstream.seen).toHaveLength(0);
});

test('a public URL has its protected-resource metadata, and 401 names it', async () => {
  const upstream = await startUpstream(answerCalls);
  const { url } = await startHttpSidecar({
    policy: POLICY,
    args: ['--upstream', upstream.url, '--public-url', 'https://regent.example.com/mcp'],
  });
  const metadata = 'https://regent.example.com/.well-known/oauth-protected-resource/mcp';
  const refused = await ask(url, { body: call('pay') });
  expect(refused.headers['www-authenticate']).toContain(`resource_metadata="${metadata}"`);
  const served = await ask(new URL('/.well-known/oauth-protected-resource/mcp', url).href, { method: 'GET' });
  expect(JSON.parse(served.text)).toMatchObject({ resource: 'https://regent.example.com/mcp' });
});
