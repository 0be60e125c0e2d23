// Which JWTs name an agent, and what of them the policy sees.
import { createHmac, createPublicKey } from 'node:crypto';
import { createLocalJWKSet, type JWK } from 'jose';
import { describe, expect, test } from 'vitest';
import type { IssuerKeys } from '../../../src/proxy/identity/issuer-keys.ts';
import type { JwtOptions } from '../../../src/proxy/identity/jwt-verifier.ts';
import { createKey, goodClaims, keySet, NOW_S, sign, signText, verify } from './issuer.ts';

const ec = await createKey('ES256', 'ec');
const rsa = await createKey('RS256', 'rsa');
const ed = await createKey('EdDSA', 'ed');
const keys: IssuerKeys = createLocalJWKSet(JSON.parse(keySet(ec, rsa, ed)));

const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');
const refused = (detail: string) => ({
  kind: 'refused',
  reason: 'bad-credential',
  detail: expect.stringContaining(detail),
});

describe('a good token', () => {
  test.each([
    ['ES256', ec],
    ['RS256', rsa],
    ['EdDSA', ed],
  ])('names its agent: %s', async (_, key) => {
    expect(await verify(keys, await sign(key))).toEqual({
      kind: 'agent',
      agent: { id: 'payments-bot', claims: JSON.stringify(goodClaims()) },
      credential: 'jwt',
    });
  });

  test.each([
    ['one of the audiences', { aud: 'https://regent.example.com/mcp' }],
    ['a list that holds one of them', { aud: ['other', 'regent'] }],
  ])('is for %s', async (_, claims) => {
    expect(await verify(keys, await sign(ec, claims))).toMatchObject({ kind: 'agent' });
  });

  test('may be too old or too young by the skew of clocks', async () => {
    for (const claims of [{ exp: NOW_S - 29 }, { nbf: NOW_S + 30 }]) {
      expect(await verify(keys, await sign(ec, claims))).toMatchObject({ kind: 'agent' });
    }
  });

  test('names its agent by the claim that the operator said, deep or with dots in its name', async () => {
    const token = await sign(ec, { act: { sub: 'deep' }, 'https://x.example.com/agent': 'long' });
    const named = async (agentClaim: readonly string[]) => verify(keys, token, { agentClaim });
    expect(await named(['act', 'sub'])).toMatchObject({ agent: { id: 'deep' } });
    expect(await named(['https://x.example.com/agent'])).toMatchObject({ agent: { id: 'long' } });
    expect(await named(['act.sub'])).toMatchObject(refused('act.sub'));
  });

  test('without a key id is tried with every key of its kind', async () => {
    const nameless = await Promise.all([createKey('ES256'), createKey('ES256'), createKey('ES256')]);
    const two: IssuerKeys = createLocalJWKSet(JSON.parse(keySet(nameless[0], nameless[1])));
    expect(await verify(two, await sign(nameless[1]))).toMatchObject({ kind: 'agent' });
    expect(await verify(two, await sign(nameless[2]))).toMatchObject(refused('signature'));
    expect(await verify(two, await sign(nameless[1], { aud: 'other' }))).toMatchObject(refused('aud'));
  });
});

describe('is refused', () => {
  const claimCases: ReadonlyArray<readonly [string, object, string]> = [
    ['another issuer', { iss: 'https://issuer.example.com' }, 'iss'],
    ['no issuer', { iss: undefined }, 'no claim iss'],
    ['several issuers', { iss: ['https://issuer.example.com/'] }, 'iss'],
    ['another audience', { aud: 'regent2' }, 'aud'],
    ['a part of the audience', { aud: 'reg' }, 'aud'],
    ['no audience', { aud: undefined }, 'no claim aud'],
    ['no end', { exp: undefined }, 'no claim exp'],
    ['an end that is a text', { exp: String(NOW_S + 60) }, 'exp'],
    ['its end, 30 seconds ago', { exp: NOW_S - 30 }, 'expired'],
    ['its start, in 31 seconds', { nbf: NOW_S + 31 }, 'nbf'],
    ['no agent', { sub: undefined }, 'names no agent'],
    ['an agent that is a number', { sub: 7 }, 'names no agent'],
    ['a list of agents', { sub: ['payments-bot'] }, 'names no agent'],
    ['an agent without a name', { sub: '' }, 'names no agent'],
    ['an agent that is nobody', { sub: 'anonymous' }, 'names no agent'],
    ['an agent with a line break', { sub: 'payments-bot\n' }, 'names no agent'],
    ['an agent with a long name', { sub: 'a'.repeat(129) }, 'names no agent'],
  ];
  test.each(claimCases)('%s', async (_, claims, detail) => {
    expect(await verify(keys, await sign(ec, claims))).toEqual(refused(detail));
  });

  test('a name that is inherited by every object', async () => {
    for (const agentClaim of [['constructor', 'name'], ['__proto__'], ['sub', 'length']]) {
      expect(await verify(keys, await sign(ec), { agentClaim })).toMatchObject(refused('names no agent'));
    }
  });

  test('claims that another reader would read differently', async () => {
    const [head, tail] = [JSON.stringify(goodClaims()).slice(0, -1), '}'];
    const payloads = {
      'a claim twice': `${head},"sub":"admin"${tail}`,
      'a claim twice, spelled differently': `${head},"s\\u0075b":"admin"${tail}`,
      'a claim twice, deep down': `${head},"act":{"a":1,"a":2}${tail}`,
      'half a surrogate pair': `${head},"name":"\\ud800"${tail}`,
      'a NUL': `${head},"name":"a\\u0000b"${tail}`,
      'a number that is written out over 64 digits': `${head},"limit":1e400${tail}`,
      'great depth': `${head},"deep":${'['.repeat(129)}${']'.repeat(129)}${tail}`,
      'very many members': `${head},"roles":{${Array.from({ length: 1001 }, (_, at) => `"${at}":0`)}}${tail}`,
    };
    for (const [name, payload] of Object.entries(payloads)) {
      expect([name, await verify(keys, await signText(ec, payload))]).toEqual([name, refused('the claims')]);
    }
  });

  test('a payload that is no object of claims', async () => {
    for (const payload of ['', '[]', 'null', '"payments-bot"', '{"sub":', Buffer.from([0x7b, 0xff, 0x7d])]) {
      expect(await verify(keys, await signText(ec, payload))).toEqual(refused('no JWT'));
    }
  });

  test('a token over 16 KiB', async () => {
    const token = await sign(ec, { groups: 'x'.repeat(16_384) });
    expect(await verify(keys, token)).toEqual(refused('16384'));
  });
});

describe('a signature is refused', () => {
  test('of another key with the same id', async () => {
    const forger = await createKey('ES256', 'ec');
    expect(await verify(keys, await sign(forger))).toEqual(refused('signature'));
  });

  test('of a key that the issuer does not have', async () => {
    const stranger = await createKey('ES256', 'stranger');
    expect(await verify(keys, await sign(stranger))).toEqual(refused('does not have'));
  });

  test('of a key that the token itself brings', async () => {
    const stranger = await createKey('ES256', 'ec');
    const header = { ...stranger.header, jwk: stranger.jwk, jku: 'http://127.0.0.1:1/', x5c: [] };
    expect(await verify(keys, await sign({ ...stranger, header }))).toMatchObject({ kind: 'refused' });
  });

  test('over other claims', async () => {
    const [header, , signature] = (await sign(ec)).split('.');
    const token = `${header}.${part(goodClaims({ sub: 'admin' }))}.${signature}`;
    expect(await verify(keys, token)).toEqual(refused('signature'));
  });

  test('by an algorithm that the operator did not name', async () => {
    expect(await verify(keys, await sign(rsa), { algorithms: ['ES256'] })).toEqual(
      refused('signed in a way'),
    );
    const pss = await createKey('PS256', 'rsa');
    expect(await verify(keys, await sign(pss))).toEqual(refused('signed in a way'));
  });

  const everything: Partial<JwtOptions> = { algorithms: ['none', 'HS256', 'RS256', 'ES256'] };
  test.each(['none', 'None', 'NONE', ''])(
    'that is none at all (alg %j), even were it allowed',
    async (alg) => {
      for (const signature of ['', 'AA']) {
        const token = `${part({ alg, kid: 'ec' })}.${part(goodClaims())}.${signature}`;
        expect(await verify(keys, token)).toMatchObject({ kind: 'refused' });
        expect(await verify(keys, token, everything)).toMatchObject({ kind: 'refused' });
      }
    },
  );

  test('that is a MAC with the public key as the secret, even were it allowed', async () => {
    const publicKey = await createKey('RS256', 'rsa');
    const published: IssuerKeys = createLocalJWKSet(JSON.parse(keySet(publicKey)));
    const { n = '' } = publicKey.jwk;
    const pem = exportPem(publicKey.jwk);
    for (const secret of [pem, pem.trim(), n, Buffer.from(n, 'base64url'), JSON.stringify(publicKey.jwk)]) {
      const signed = `${part({ alg: 'HS256', kid: 'rsa' })}.${part(goodClaims())}`;
      const token = `${signed}.${createHmac('sha256', secret).update(signed).digest('base64url')}`;
      expect(await verify(published, token)).toMatchObject({ kind: 'refused' });
      expect(await verify(published, token, everything)).toMatchObject({ kind: 'refused' });
    }
  });

  test('with a secret that the set of keys holds', async () => {
    const k = Buffer.alloc(32, 7);
    const shared: IssuerKeys = createLocalJWKSet({
      keys: [{ kty: 'oct', kid: 's', k: k.toString('base64url') }],
    });
    const signed = `${part({ alg: 'HS256', kid: 's' })}.${part(goodClaims())}`;
    const token = `${signed}.${createHmac('sha256', k).update(signed).digest('base64url')}`;
    expect(await verify(shared, token, { algorithms: ['HS256'] })).toMatchObject({ kind: 'refused' });
  });

  test('whose token says that its payload is not encoded, or has a critical extension', async () => {
    for (const more of [
      { b64: false, crit: ['b64'] },
      { crit: ['exp'], exp: 1 },
    ]) {
      const token = `${part({ ...ec.header, ...more })}.${part(goodClaims())}.AA`;
      expect(await verify(keys, token)).toMatchObject({ kind: 'refused' });
    }
  });
});

describe('the claims that the policy sees', () => {
  test.each([
    ['integers beyond 2^53', '"limit":9007199254740993', '"limit":9007199254740993'],
    [
      'numbers with many digits',
      '"rate":0.1000000000000000000000000001',
      '"rate":0.1000000000000000000000000001',
    ],
    ['exponents, written out', '"limit":1.5e3', '"limit":1500'],
    ['members that every object has', '"__proto__":{"role":"admin"}', '"__proto__":{"role":"admin"}'],
    ['any text', '"name":"\\u00e9\\"\\ud83d\\ude00"', '"name":"é\\"\u{1f600}"'],
    ['lists and objects', '"teams" : [ "a", {"b": null} ]', '"teams":["a",{"b":null}]'],
  ])('keep %s', async (_, member, printed) => {
    const head = JSON.stringify(goodClaims()).slice(0, -1);
    expect(await verify(keys, await signText(ec, `${head}, ${member}}`))).toEqual({
      kind: 'agent',
      agent: { id: 'payments-bot', claims: `${head},${printed}}` },
      credential: 'jwt',
    });
  });
});

function exportPem(jwk: JWK): string {
  return createPublicKey({ key: { ...jwk }, format: 'jwk' })
    .export({ type: 'spki', format: 'pem' })
    .toString();
}
