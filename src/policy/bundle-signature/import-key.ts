// Keys of signatures from their text: PEM for RSA and ECDSA, the secret itself for HMAC.
import { createPrivateKey, createPublicKey, type KeyObject } from 'node:crypto';
import type { SignatureAlgorithm } from './verification.ts';

/** PKIX, PKCS #1, or a certificate. Throws an `Error` that says what is wrong with it. */
export function importVerificationKey(text: string, algorithm: SignatureAlgorithm): KeyObject | Uint8Array {
  if (isSecret(algorithm)) return importSecret(text);
  // A public key follows from a private one, but a private one has no business here.
  if (/-----BEGIN [A-Z ]*PRIVATE KEY-----/.test(text))
    throw new Error('it is a private key; give its public key');
  return checkKind(importPem(text, createPublicKey, 'public key or certificate'), algorithm);
}

/** PKCS #8, PKCS #1 or SEC 1. Throws an `Error` that says what is wrong with it. */
export function importSigningKey(text: string, algorithm: SignatureAlgorithm): KeyObject | Uint8Array {
  if (isSecret(algorithm)) return importSecret(text);
  return checkKind(importPem(text, createPrivateKey, 'private key'), algorithm);
}

function isSecret(algorithm: SignatureAlgorithm): boolean {
  return algorithm.startsWith('HS');
}

function importPem(text: string, create: (pem: string) => KeyObject, what: string): KeyObject {
  try {
    return create(text);
  } catch (cause) {
    throw new Error(`it holds no ${what} in PEM`, { cause });
  }
}

const CURVES: Readonly<Record<string, string>> = {
  ES256: 'prime256v1',
  ES384: 'secp384r1',
  ES512: 'secp521r1',
};

/** Found here, it can be said in plain words. */
function checkKind(key: KeyObject, algorithm: SignatureAlgorithm): KeyObject {
  const { asymmetricKeyType: kind = 'unknown', asymmetricKeyDetails: details } = key;
  const has = details?.namedCurve === undefined ? kind : `${kind}, ${details.namedCurve}`;
  const curve = CURVES[algorithm];
  const wanted = curve === undefined ? 'rsa' : `ec, ${curve}`;
  // RSA keys that are made for PS256 and the like may say so.
  if (has === wanted || (has === 'rsa-pss' && algorithm.startsWith('PS'))) return key;
  throw new Error(`it is a key of the kind ${has}, and the algorithm wants one of the kind ${wanted}`);
}

/** Every byte counts, a line break at its end too, as for OPA. A public key as a secret is known to everybody. */
function importSecret(text: string): Uint8Array {
  if (text === '') throw new Error('it is empty');
  if (text.includes('-----BEGIN ')) throw new Error('it is a key in PEM, and the algorithm wants a secret');
  return Buffer.from(text, 'utf8');
}
