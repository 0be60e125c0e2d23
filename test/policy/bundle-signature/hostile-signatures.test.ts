// Signatures that are forged, ambiguous or not what was asked for: refused, each for its own reason.
import { createHmac, generateKeyPairSync } from 'node:crypto';
import { CompactSign } from 'jose';
import { describe, expect, test } from 'vitest';
import { readVerifiedArchive } from '../../../src/policy/bundle-signature/read-verified-archive.ts';
import type { Verification } from '../../../src/policy/bundle-signature/verification.ts';
import { RSA } from '../../fixtures/signing-keys.ts';
import { makeBundle } from '../archive/make-tar.ts';

const WASM = 'stands in for the policy';
const WASM_FILE = {
  name: 'policy.wasm',
  hash: '76ad7643c294c73f207354ade9392e15cce940c40a73b18b8a69b9157c941352',
  algorithm: 'SHA-256',
};
const PUBLIC = RSA.publicKey.export({ type: 'spki', format: 'pem' }).toString();
const KEY = { key: PUBLIC, algorithm: 'RS256', scope: '' } as const;
const VERIFICATION: Verification = { keys: { prod: KEY }, keyId: '', scope: '', excludeFiles: [] };

interface Signed {
  readonly payload?: object;
  readonly header?: object;
  readonly verification?: Partial<Verification>;
  /** Takes the token to what stands in .signatures.json. */
  readonly wrap?: (token: string) => unknown;
}

async function open({ payload = {}, header = {}, verification = {}, wrap }: Signed): Promise<string> {
  const content = JSON.stringify({ files: [WASM_FILE], ...payload });
  const token = await new CompactSign(Buffer.from(content))
    .setProtectedHeader({ alg: 'RS256', kid: 'prod', ...header })
    .sign(RSA.privateKey);
  const signatures = wrap === undefined ? { signatures: [token] } : wrap(token);
  return openWith(typeof signatures === 'string' ? signatures : JSON.stringify(signatures), {
    ...VERIFICATION,
    ...verification,
  });
}

async function openWith(signatures: string | null, verification: Verification | null): Promise<string> {
  const bundle = makeBundle([
    { name: '/policy.wasm', content: WASM },
    ...(signatures === null ? [] : [{ name: '/.signatures.json', content: signatures }]),
  ]);
  try {
    await readVerifiedArchive(bundle, verification);
    return 'accepted';
  } catch (error) {
    expect(error).toMatchObject({ code: 'bundle-signature' });
    return error instanceof Error ? error.message : '';
  }
}

/** A token whose parts are anything at all; HMAC with `secret` where there is one. */
function forge(header: object, payload: object, secret?: string): string {
  const parts = [header, payload].map((part) => Buffer.from(JSON.stringify(part)).toString('base64url'));
  const signature =
    secret === undefined ? '' : createHmac('sha256', secret).update(parts.join('.')).digest('base64url');
  return [...parts, signature].join('.');
}

const claims = { files: [WASM_FILE] };
const REFUSED: ReadonlyArray<readonly [what: string, signed: Signed, told: RegExp]> = [
  ['no token', { wrap: () => ({ signatures: [] }) }, /exactly one/],
  ['two tokens', { wrap: (token) => ({ signatures: [token, token] }) }, /exactly one/],
  ['a token that is no text', { wrap: () => ({ signatures: [5] }) }, /exactly one/],
  ['nothing but a pair of braces', { wrap: () => ({}) }, /exactly one/],
  ['no JSON', { wrap: () => '{' }, /not JSON/],
  [
    'two lists of tokens',
    { wrap: (token) => `{"signatures":["${token}"],"signatures":["${token}"]}` },
    /twice/,
  ],
  ["somebody's plugin", { wrap: (token) => ({ signatures: [token], plugin: 'vault' }) }, /plugin "vault"/],
  ['no token at all in it', { wrap: () => ({ signatures: ['x'] }) }, /no JSON Web Token/],
  [
    'a token that is not signed',
    { wrap: () => ({ signatures: [forge({ alg: 'none', kid: 'prod' }, claims)] }) },
    /does not verify/,
  ],
  [
    'a token that takes the public key for a secret',
    { wrap: () => ({ signatures: [forge({ alg: 'HS256', kid: 'prod' }, claims, PUBLIC)] }) },
    /does not verify/,
  ],
  [
    'a signature that was cut',
    { wrap: (token) => ({ signatures: [token.slice(0, -4)] }) },
    /does not verify/,
  ],
  [
    'a payload put in afterwards',
    { wrap: (token) => ({ signatures: [withPayload(token, { files: [] })] }) },
    /does not verify/,
  ],
  ['a key that nobody knows', { header: { kid: 'test' } }, /no key "test"/],
  ['a key by the name of a method', { header: { kid: 'toString' } }, /no key "toString"/],
  ['no key at all', { header: { kid: undefined } }, /names no key/],
  ['another key than the configured one', { verification: { keyId: 'other' } }, /no key "other"/],
  ['a scope that nobody asked for', { payload: { scope: 'write' } }, /scope is "write"/],
  ['no scope where one is asked for', { verification: { scope: 'write' } }, /must be "write"/],
  [
    'no scope where the key has one',
    { verification: { keys: { prod: { ...KEY, scope: 'write' } } } },
    /must be "write"/,
  ],
  ['no list of files', { payload: { files: undefined } }, /lists no files/],
  ['a list of no files', { payload: { files: [] } }, /policy.wasm is not listed/],
  ['a file twice', { payload: { files: [WASM_FILE, WASM_FILE] } }, /a file twice/],
  [
    'a file that is not there',
    { payload: { files: [WASM_FILE, { ...WASM_FILE, name: 'x' }] } },
    /x is listed/,
  ],
  [
    'another digest',
    { payload: { files: [{ ...WASM_FILE, hash: WASM_FILE.hash.replace(/./g, '0') }] } },
    /not the one/,
  ],
  [
    'half a digest',
    { payload: { files: [{ ...WASM_FILE, hash: WASM_FILE.hash.slice(0, 32) }] } },
    /not the one/,
  ],
  ['no digest', { payload: { files: [{ ...WASM_FILE, hash: '' }] } }, /not the one/],
  ['a digest of no kind', { payload: { files: [{ ...WASM_FILE, algorithm: '' }] } }, /hashed with ""/],
  ['a weak digest', { payload: { files: [{ ...WASM_FILE, algorithm: 'MD5' }] } }, /hashed with "MD5"/],
  ['a digest that is no text', { payload: { files: [{ ...WASM_FILE, hash: 5 }] } }, /files.hash/],
  ['an entry that is no object', { payload: { files: [null] } }, /files.name/],
  [
    'a private key to verify with',
    { verification: { keys: { prod: { ...KEY, key: privatePem() } } } },
    /private key/,
  ],
  ['a short RSA key', { verification: { keys: { prod: { ...KEY, key: shortPem() } } } }, /2048 bits/],
  [
    'an elliptic algorithm with an RSA key',
    { verification: { keys: { prod: { ...KEY, algorithm: 'ES256' } } } },
    /does not verify/,
  ],
];

test.each(REFUSED)('refuses %s', async (_, signed, told) => {
  expect(await open(signed)).toMatch(told);
});

describe('accepts', () => {
  test.each<[string, Signed]>([
    ['what is signed as asked', {}],
    [
      'the key of the content where the header names none',
      { header: { kid: undefined }, payload: { keyid: 'prod' } },
    ],
    ['the key of the header before that of the content', { payload: { keyid: 'test' } }],
    [
      'the configured key, whatever the token names',
      { header: { kid: 'x' }, verification: { keyId: 'prod' } },
    ],
    [
      'the scope of the key',
      { payload: { scope: 'w' }, verification: { keys: { prod: { ...KEY, scope: 'w' } } } },
    ],
    [
      'the configured scope before that of the key',
      { payload: { scope: 'v' }, verification: { scope: 'v', keys: { prod: { ...KEY, scope: 'w' } } } },
    ],
    ['digits of either case', { payload: { files: [{ ...WASM_FILE, hash: WASM_FILE.hash.toUpperCase() }] } }],
    ["OPA's own plugin", { wrap: (token) => ({ signatures: [token], plugin: '_default' }) }],
    ['a public key in PKCS #1', { verification: { keys: { prod: { ...KEY, key: pkcs1Pem() } } } }],
  ])('%s', async (_, signed) => {
    expect(await open(signed)).toBe('accepted');
  });
});

test('a bundle without signature is refused where one is asked for, and only there', async () => {
  expect(await openWith(null, VERIFICATION)).toMatch(/is not signed/);
  expect(await openWith(null, null)).toBe('accepted');
});

test('a signed bundle is refused where no key is given, with what to do about it', async () => {
  expect(await open({ wrap: (token) => ({ signatures: [token] }) })).toBe('accepted');
  expect(await openWith('{}', null)).toMatch(/--verification-key FILE, or keys in regent.yaml/);
});

function withPayload(token: string, payload: object): string {
  const [header, , signature] = token.split('.');
  return [header, Buffer.from(JSON.stringify(payload)).toString('base64url'), signature].join('.');
}

function privatePem(): string {
  return RSA.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
}

function shortPem(): string {
  const { publicKey } = generateKeyPairSync('rsa', { modulusLength: 1024 });
  return publicKey.export({ type: 'spki', format: 'pem' }).toString();
}

function pkcs1Pem(): string {
  return RSA.publicKey.export({ type: 'pkcs1', format: 'pem' }).toString();
}
