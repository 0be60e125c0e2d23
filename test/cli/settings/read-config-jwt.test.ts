// `identity.jwt` of regent.yaml: what it means, and what it must not say.
import { describe, expect, test } from 'vitest';
import { readConfig } from '../../../src/cli/settings/read-config.ts';

const GOOD = {
  issuer: 'https://issuer.example.com/',
  audience: 'regent',
  jwks: 'https://issuer.example.com/jwks.json',
};

function read(changes: object) {
  const text = JSON.stringify({ identity: { jwt: { ...GOOD, ...changes } } });
  const { settings, diagnostics } = readConfig('/etc/regent/regent.yaml', text);
  return { jwt: settings.jwt, problems: diagnostics.map(({ message }) => message) };
}

test('means what it says, and has defaults', () => {
  expect(read({})).toEqual({
    jwt: {
      issuer: 'https://issuer.example.com/',
      audience: ['regent'],
      jwks: new URL('https://issuer.example.com/jwks.json'),
      algorithms: ['RS256', 'ES256', 'EdDSA'],
      agentClaim: ['sub'],
      clockSkewMs: 30_000,
    },
    problems: [],
  });
});

test.each([
  ['a claim', { agent_claim: 'client_id' }, { agentClaim: ['client_id'] }],
  ['a claim in a claim', { agent_claim: 'act.sub' }, { agentClaim: ['act', 'sub'] }],
  [
    'a claim whose name is an URL',
    { agent_claim: 'https://x.example.com/agent' },
    { agentClaim: ['https://x.example.com/agent'] },
  ],
  ['several audiences', { audience: ['a', 'b'] }, { audience: ['a', 'b'] }],
  ['a file beside it', { jwks: 'keys/jwks.json' }, { jwks: '/etc/regent/keys/jwks.json' }],
  ['keys on this machine', { jwks: 'http://127.0.0.1:8080/k' }, { jwks: new URL('http://127.0.0.1:8080/k') }],
  ['no skew', { clock_skew: '0s' }, { clockSkewMs: 0 }],
])('reads %s', (_, changes, expected) => {
  expect(read(changes)).toMatchObject({ jwt: expected, problems: [] });
});

describe('refuses', () => {
  test.each([
    ['keys over an open network', { jwks: 'http://issuer.example.com/jwks.json' }],
    ['keys from a name that only begins like this machine', { jwks: 'http://localhost.example.com/k' }],
    ['keys by another protocol', { jwks: 'ftp://issuer.example.com/k' }],
    ['a shared secret', { algorithms: ['HS256'] }],
    ['no signature', { algorithms: ['RS256', 'none'] }],
    ['no algorithm', { algorithms: [] }],
    ['no audience', { audience: [] }],
    ['no issuer', { issuer: undefined }],
    ['an empty issuer', { issuer: '' }],
    ['no keys', { jwks: undefined }],
    ['a skew without unit', { clock_skew: 30 }],
    ['a key that is none', { algorithm: 'RS256' }],
  ])('%s', (_, changes) => {
    const { problems } = read(changes);
    expect(problems).toHaveLength(1);
  });
});
