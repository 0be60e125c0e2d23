// Who gets in, for how long, and who never does.
import { describe, expect, test } from 'vitest';
import { createApproverToken } from '../../src/approvals/approver-token.ts';
import { createAgentToken, digestToken } from '../../src/proxy/identity/agent-token.ts';
import { type HttpConsole, signInBy, startHttpConsole } from './http-console.ts';

const OPERATOR = { name: 'local:me', ownerOf: [] };
const HOUR_MS = 3_600_000;

async function isIn(bench: HttpConsole, cookie: string): Promise<boolean> {
  const { status } = await bench.send({ headers: { cookie } });
  return status === 200;
}

describe('a credential', () => {
  test.each([
    ['nothing', async () => ''],
    ['a token that nobody made', async () => createApproverToken()],
    ['a token with one character more', async (bench: HttpConsole) => `${await bench.token('alice')}x`],
    ['a token in other letters', async (bench: HttpConsole) => (await bench.token('alice')).toUpperCase()],
    ["an approver's name", async (bench: HttpConsole) => bench.token('alice').then(() => 'alice')],
    ["an agent's token", agentToken],
    [
      "an agent's token, said to be an approver's",
      async (bench: HttpConsole) => (await agentToken(bench)).replace('rgt_', 'rga_'),
    ],
  ])('%s lets nobody in', async (_name, make: (bench: HttpConsole) => Promise<string>) => {
    const bench = await startHttpConsole({ operator: OPERATOR });
    const answer = await bench.post('/sign-in', { credential: await make(bench) });
    expect(answer.status).toBe(401);
    expect(answer.headers['set-cookie']).toBeUndefined();
  });

  test('is taken from the form alone, once', async () => {
    const bench = await startHttpConsole();
    const token = await bench.token('alice');
    const authorization = { authorization: `Bearer ${token}` };
    expect((await bench.send({ headers: authorization })).status).toBe(303);
    expect(
      (await bench.send({ path: `/sign-in?credential=${token}` })).headers['set-cookie'],
    ).toBeUndefined();
    const twice = `credential=${token}&credential=${token}`;
    const headers = {
      origin: `http://127.0.0.1:${bench.port}`,
      'content-type': 'application/x-www-form-urlencoded',
    };
    expect((await bench.send({ method: 'POST', path: '/sign-in', headers, body: twice })).status).toBe(401);
  });

  test("the operator's code is good once", async () => {
    const bench = await startHttpConsole({ operator: OPERATOR });
    const code = bench.console.code ?? '';
    const { cookie } = await signInBy(bench, code);
    expect((await bench.send({ headers: { cookie } })).body).toContain('local:me');
    expect((await bench.post('/sign-in', { credential: code })).status).toBe(401);
  });

  test('beside a proxy there is no code, and no operator', async () => {
    const bench = await startHttpConsole();
    expect(bench.console.code).toBeNull();
    expect((await bench.post('/sign-in', { credential: '' })).status).toBe(401);
  });
});

async function agentToken(bench: HttpConsole): Promise<string> {
  const token = createAgentToken();
  await bench.store.addAgentToken({ id: 'a', name: 'bot', createdMs: 0, digest: digestToken(token) });
  return token;
}

describe('tries', () => {
  test('are slowed down after ten; a good token is taken all the same', async () => {
    const bench = await startHttpConsole();
    const attempt = () => bench.post('/sign-in', { credential: createApproverToken() });
    const statuses = [];
    for (let count = 0; count < 12; count += 1) statuses.push((await attempt()).status);
    expect(statuses).toEqual([...Array(10).fill(401), 429, 429]);
    expect(Number((await attempt()).headers['retry-after'])).toBeGreaterThan(0);
    expect(await isIn(bench, (await bench.signIn('alice')).cookie)).toBe(true);
    bench.advance(61_000);
    expect((await attempt()).status).toBe(401);
  });
});

describe('the cookie', () => {
  test.each([
    [
      'over http on loopback',
      null,
      /^regent_console=[^;]+; Max-Age=43200; Path=\/; Expires=[^;]+; HttpOnly; SameSite=Lax$/,
    ],
    [
      'over https',
      new URL('https://console.example.com'),
      /^__Host-regent_console=[^;]+; Max-Age=43200; Path=\/; Expires=[^;]+; HttpOnly; Secure; SameSite=Lax$/,
    ],
  ])('%s is kept from scripts and other sites', async (_name, publicUrl, shape) => {
    const bench = await startHttpConsole({ publicUrl });
    const answer = await bench.post('/sign-in', { credential: await bench.token('alice') });
    expect(answer.headers['set-cookie']).toEqual([expect.stringMatching(shape)]);
  });

  test('without its prefix is no cookie of an https console', async () => {
    const bench = await startHttpConsole({ publicUrl: new URL('https://console.example.com') });
    const { cookie } = await bench.signIn('alice');
    expect(await isIn(bench, cookie)).toBe(true);
    expect(await isIn(bench, cookie.replace('__Host-', ''))).toBe(false);
  });

  test('is a new one at each sign-in, whatever the browser had', async () => {
    const bench = await startHttpConsole();
    const credential = await bench.token('alice');
    const planted = 'regent_console=planted';
    const answers = [
      await bench.post('/sign-in', { credential }, { headers: { cookie: planted } }),
      await bench.post('/sign-in', { credential }, { headers: { cookie: planted } }),
    ];
    const [first, second] = answers.map(({ headers }) => headers['set-cookie']?.[0]?.split(';')[0]);
    expect(first).not.toBe(second);
    expect(await isIn(bench, planted)).toBe(false);
  });

  test.each([
    ['of another holder', (cookie: string) => cookie.replace(/=\w+\./, '=operator.')],
    ['with more time', (cookie: string) => cookie.replace(/\.(\d+)\./, (_all, ms) => `.${Number(ms) + 1}.`)],
    ['with another seal', (cookie: string) => `${cookie.slice(0, -2)}${cookie.endsWith('AA') ? 'BB' : 'AA'}`],
    ['without a seal', (cookie: string) => cookie.slice(0, cookie.lastIndexOf('.'))],
    ['that is empty', () => 'regent_console='],
  ])('%s opens nothing', async (_name, change) => {
    const bench = await startHttpConsole({ operator: OPERATOR });
    const { cookie } = await bench.signIn('alice');
    expect(await isIn(bench, cookie)).toBe(true);
    expect(await isIn(bench, change(cookie))).toBe(false);
  });
});

describe('a session', () => {
  test('outlives a restart, and ends with the day', async () => {
    const bench = await startHttpConsole();
    const { cookie } = await bench.signIn('alice');
    const again = await bench.restart();
    expect(await isIn(again, cookie)).toBe(true);
    again.advance(12 * HOUR_MS + 1);
    expect(await isIn(again, cookie)).toBe(false);
  });

  test('that was signed out is over for whoever kept the cookie, after a restart too; others go on', async () => {
    const bench = await startHttpConsole();
    const token = await bench.token('alice');
    const [one, other] = [await signInBy(bench, token), await signInBy(bench, token)];
    const answer = await bench.post('/sign-out', { csrf: one.csrf }, { headers: { cookie: one.cookie } });
    expect(answer).toMatchObject({ status: 303, headers: { location: '/sign-in' } });
    expect(answer.headers['set-cookie']?.[0]).toContain('Expires=Thu, 01 Jan 1970');
    expect(await isIn(bench, one.cookie)).toBe(false);
    expect(await isIn(bench, other.cookie)).toBe(true);
    expect(await isIn(await bench.restart(), one.cookie)).toBe(false);
  });

  test('of a person who was removed is over at once, and another of the same name has none of it', async () => {
    const bench = await startHttpConsole();
    const { cookie } = await bench.signIn('alice');
    await bench.store.removeApprovers('alice');
    expect(await isIn(bench, cookie)).toBe(false);
    await bench.store.addApprover({ id: 'aa', name: 'alice', ownerOf: [], createdMs: 0, digest: 'd' });
    expect(await isIn(bench, cookie)).toBe(false);
  });
});

describe('after signing in', () => {
  test.each([
    ['the page that was asked for', '/approvals/apr_1?answer=approve', '/approvals/apr_1?answer=approve'],
    ['no other site', 'https://evil.example/', '/'],
    ['no other site without a scheme', '//evil.example/', '/'],
    ['no other site by a backslash', '/\\evil.example', '/'],
    ['no line of a header', '/\r\nSet-Cookie: a=b', '/'],
  ])('people come to %s', async (_name, next, location) => {
    const bench = await startHttpConsole();
    const answer = await bench.post('/sign-in', { credential: await bench.token('alice'), next });
    expect(answer).toMatchObject({ status: 303, headers: { location } });
  });

  test('what was asked for before is remembered', async () => {
    const bench = await startHttpConsole();
    const { headers } = await bench.send({ path: '/approvals/apr_1?answer=approve' });
    expect(headers.location).toBe('/sign-in?next=%2Fapprovals%2Fapr_1%3Fanswer%3Dapprove');
    const { body } = await bench.send({ path: headers.location ?? '' });
    expect(body).toContain('name="next" value="/approvals/apr_1?answer=approve"');
  });
});
