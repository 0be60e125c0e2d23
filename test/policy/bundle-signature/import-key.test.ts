// Keys that do not fit the algorithm: told where they are named, by what they are and what is wanted.
import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import { expect, test } from 'vitest';
import { importSigningKey, importVerificationKey } from '../../../src/policy/bundle-signature/import-key.ts';
import type { SignatureAlgorithm } from '../../../src/policy/bundle-signature/verification.ts';
import { RSA } from '../../fixtures/signing-keys.ts';

interface Pair {
  readonly publicKey: KeyObject;
  readonly privateKey: KeyObject;
}

const P256 = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const PSS = generateKeyPairSync('rsa-pss', { modulusLength: 2048 });
const ED25519 = generateKeyPairSync('ed25519');

const importBoth = ({ publicKey, privateKey }: Pair, algorithm: SignatureAlgorithm): string[] =>
  [
    () => importSigningKey(privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(), algorithm),
    () => importVerificationKey(publicKey.export({ type: 'spki', format: 'pem' }).toString(), algorithm),
  ].map((run) => {
    try {
      run();
      return 'taken';
    } catch (error) {
      return error instanceof Error ? error.message : '';
    }
  });

test.each<readonly [string, Pair, SignatureAlgorithm, string]>([
  ['an EC key', P256, 'RS256', 'the kind ec, prime256v1, and the algorithm wants one of the kind rsa'],
  ['an RSA key', RSA, 'ES256', 'the kind rsa, and the algorithm wants one of the kind ec, prime256v1'],
  ['a key on another curve', P256, 'ES384', 'wants one of the kind ec, secp384r1'],
  ['a key for PSS alone', PSS, 'RS256', 'the kind rsa-pss'],
  ['an Ed25519 key', ED25519, 'ES512', 'the kind ed25519'],
])('%s that the algorithm cannot use is refused, to sign and to verify', (_, pair, algorithm, told) => {
  for (const message of importBoth(pair, algorithm)) expect(message).toContain(told);
});

test.each<readonly [Pair, SignatureAlgorithm]>([
  [RSA, 'RS256'],
  [RSA, 'PS512'],
  [PSS, 'PS256'],
  [P256, 'ES256'],
])('a key that fits is taken (%#)', (pair, algorithm) => {
  expect(importBoth(pair, algorithm)).toEqual(['taken', 'taken']);
});
