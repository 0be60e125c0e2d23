// Who calls, by the header field `Authorization`, in every combination of ways to prove it.
import fc from 'fast-check';
import { createLocalJWKSet } from 'jose';
import { describe, expect, onTestFinished, test } from 'vitest';
import { createAgentToken, digestToken } from '../../../src/proxy/identity/agent-token.ts';
import { createIdentifier, type Identifier } from '../../../src/proxy/identity/identifier.ts';
import { createJwtVerifier, type JwtVerifier } from '../../../src/proxy/identity/jwt-verifier.ts';
import { openSqliteStore } from '../../../src/state/sqlite-store.ts';
import { StateError, type StateStore } from '../../../src/state/store.ts';
import { temporaryFolder } from '../../state/temporary-folder.ts';
import { createKey, ISSUER, keySet, NOW_S, sign } from './issuer.ts';

const key = await createKey('ES256', 'k');
const jwt: JwtVerifier = createJwtVerifier(
  {
    issuer: ISSUER,
    audience: ['regent'],
    algorithms: ['ES256'],
    agentClaim: ['sub'],
    clockSkewMs: 0,
    now: () => NOW_S * 1000,
  },
  createLocalJWKSet(JSON.parse(keySet(key))),
);
const SIDECAR_AGENT = { id: 'desk', claims: '{}' };

interface Subject {
  readonly store: StateStore;
  readonly token: string;
  readonly identifiers: Readonly<Record<'open' | 'tokens' | 'jwt', Identifier>>;
}

/** A real store that knows one token, behind every kind of identifier. */
async function openSubject(): Promise<Subject> {
  const store = await openSqliteStore({ file: `${temporaryFolder()}/state.db`, durability: 'normal' });
  onTestFinished(() => store.close());
  const token = createAgentToken();
  await store.addAgentToken({ id: 't1', name: 'bot', digest: digestToken(token), createdMs: 1 });
  return {
    store,
    token,
    identifiers: {
      open: createIdentifier({ tokens: store, jwt: null, door: null, unnamed: () => SIDECAR_AGENT }),
      tokens: createIdentifier({ tokens: store, jwt: null, door: null, unnamed: () => null }),
      jwt: createIdentifier({ tokens: store, jwt, door: null, unnamed: () => SIDECAR_AGENT }),
    },
  };
}

const bot = { kind: 'agent', agent: { id: 'bot', claims: '{}' }, credential: 'token' };
const desk = { kind: 'agent', agent: SIDECAR_AGENT, credential: 'none' };
const noCredential = { kind: 'refused', reason: 'no-credential' };
const badCredential = { kind: 'refused', reason: 'bad-credential' };
const payments = { kind: 'agent', agent: { id: 'payments-bot' }, credential: 'jwt' };

describe('who calls', () => {
  test.each([
    ['nothing', undefined, { open: desk, tokens: noCredential, jwt: noCredential }],
    ['an empty field', '', { open: desk, tokens: badCredential, jwt: badCredential }],
    ['a known token', 'Bearer TOKEN', { open: bot, tokens: bot, jwt: bot }],
    ['a known token, scheme in small letters', 'bearer  TOKEN ', { open: bot, tokens: bot, jwt: bot }],
    ['an unknown token', 'Bearer UNKNOWN', all(badCredential)],
    ['half a token', 'Bearer rgt_short', all(badCredential)],
    ['a token and more', 'Bearer TOKENx', all(badCredential)],
    ['two tokens', 'Bearer TOKEN, Bearer UNKNOWN', all(badCredential)],
    ['a token without its scheme', 'TOKEN', all(badCredential)],
    ['a token of another scheme', 'Token TOKEN', all(badCredential)],
    ['a token after a tab', 'Bearer\tTOKEN', all(badCredential)],
    ['a JWT', 'Bearer JWT', { open: desk, tokens: badCredential, jwt: payments }],
    ['a credential of another kind', 'Basic dTpw', { open: desk, tokens: badCredential, jwt: badCredential }],
    ['another bearer token', 'Bearer abc', { open: desk, tokens: badCredential, jwt: badCredential }],
  ])('that sends %s', async (_, sent, expected) => {
    const { identifiers, token } = await openSubject();
    const authorization = sent
      ?.replace('UNKNOWN', createAgentToken())
      .replace('TOKEN', token)
      .replace('JWT', await sign(key));
    for (const mode of ['open', 'tokens', 'jwt'] as const) {
      const found = await identifiers[mode].identify(authorization);
      expect([mode, found]).toMatchObject([mode, expected[mode]]);
      if (found.kind !== 'agent') expect(JSON.stringify(found)).not.toContain(token);
    }
  });

  function all<T>(expected: T): Record<'open' | 'tokens' | 'jwt', T> {
    return { open: expected, tokens: expected, jwt: expected };
  }
});

test('a token that was taken back is refused at the next request, its sisters are not', async () => {
  const { store, token, identifiers } = await openSubject();
  const sister = createAgentToken();
  await store.addAgentToken({ id: 't2', name: 'bot', digest: digestToken(sister), createdMs: 2 });
  await store.removeAgentTokens('bot', 't1');
  expect(await identifiers.tokens.identify(`Bearer ${token}`)).toMatchObject(badCredential);
  expect(await identifiers.tokens.identify(`Bearer ${sister}`)).toEqual(bot);
});

test('nobody can be told by a token while the store cannot be read', async () => {
  const { store, token, identifiers } = await openSubject();
  await store.close();
  for (const identifier of Object.values(identifiers)) {
    const found = await identifier.identify(`Bearer ${token}`);
    expect(found).toEqual({ kind: 'unavailable', detail: expect.stringContaining('the store is closed') });
    expect(JSON.stringify(found)).not.toContain(token);
  }
  expect(await identifiers.open.identify(undefined)).toEqual(desk);
});

test('what can be no token asks nothing of the store', async () => {
  const tokens = { findAgent: () => Promise.reject(new StateError('locked', 'locked', null)) };
  const identifier = createIdentifier({ tokens, jwt: null, door: null, unnamed: () => null });
  for (const text of ['rgt_', `rgt_${'a'.repeat(42)}`, `rgt_${'a'.repeat(44)}`, `rgt_${'a'.repeat(42)}=`]) {
    expect(await identifier.identify(`Bearer ${text}`)).toMatchObject(badCredential);
  }
});

test('whether callers must prove who they are is asked for each request', async () => {
  const { store } = await openSubject();
  let isOpen = true;
  const unnamed = (): typeof SIDECAR_AGENT | null => (isOpen ? SIDECAR_AGENT : null);
  const identifier = createIdentifier({ tokens: store, jwt: null, door: null, unnamed });
  expect(await identifier.identify(undefined)).toEqual(desk);
  isOpen = false;
  expect(await identifier.identify(undefined)).toMatchObject(noCredential);
});

describe('no other text is ever an agent', () => {
  const segment = fc.oneof(
    fc.base64String(),
    fc.string(),
    fc.json().map((text) => Buffer.from(text).toString('base64url')),
  );
  const credential = fc.oneof(
    fc.string(),
    fc.string({ unit: 'binary' }),
    fc.stringMatching(/^rgt_[\w-]{43}$/),
    fc.array(segment, { minLength: 2, maxLength: 5 }).map((segments) => segments.join('.')),
  );
  const authorization = fc.oneof(
    credential,
    fc
      .tuple(fc.constantFrom('Bearer ', 'bearer ', 'Basic ', 'DPoP '), credential)
      .map((parts) => parts.join('')),
  );

  test('made up from nothing', async () => {
    const { identifiers } = await openSubject();
    await fc.assert(
      fc.asyncProperty(authorization, async (text) => {
        for (const mode of ['tokens', 'jwt'] as const) {
          expect(await identifiers[mode].identify(text)).toMatchObject(badCredential);
        }
      }),
      { numRuns: 500 },
    );
  });

  test('made from a good one by changing a character', async () => {
    const { identifiers, token } = await openSubject();
    const signed = await sign(key);
    const character = fc.constantFrom(...'ABCXYZabcxyz0189-_.=');
    const change = fc.tuple(fc.constantFrom(token, signed), fc.nat(), character);
    await fc.assert(
      fc.asyncProperty(change, async ([good, at, other]) => {
        // The last character of a signature has bits that mean nothing.
        const index = at % (good.length - 1);
        const changed = `${good.slice(0, index)}${other}${good.slice(index + 1)}`;
        fc.pre(changed !== good);
        expect(await identifiers.jwt.identify(`Bearer ${changed}`)).toMatchObject(badCredential);
      }),
      { numRuns: 500 },
    );
  });
});

describe('the token of the door', () => {
  const door = 'd'.repeat(40);

  test.each([
    ['opens it, and names nobody', `Bearer ${door}`, { ...desk, credential: 'token' }],
    ['is asked of everybody', undefined, noCredential],
    ['is not another one', `Bearer ${door}x`, badCredential],
    ["need not come with an agent's", 'Bearer TOKEN', bot],
  ])('%s', async (_name, authorization, expected) => {
    const { store, token } = await openSubject();
    const identifier = createIdentifier({ tokens: store, jwt: null, door, unnamed: () => SIDECAR_AGENT });
    expect(await identifier.identify(authorization?.replace('TOKEN', token))).toMatchObject(expected);
  });
});
