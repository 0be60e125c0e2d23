// Keys of signatures from their text: PEM for RSA and ECDSA, the secret itself for HMAC.
import { createPrivateKey, createPublicKey, type KeyObject } from 'node:crypto';
import type { SignatureAlgorithm } from './verification.ts';

/** PKIX, PKCS #1, or a certificate. Throws an `Error` that says what is wrong with it. */
export function importVerificationKey(text: string, algorithm: SignatureAlgorithm): KeyObject | Uint8Array {
  if (isSecret(algorithm)) return importSecret(text);
  // A public key follows from a private one, but a private one has no business here.
  if (/-----BEGIN [A-Z ]*PRIVATE KEY-----/.test(text))
    throw new Error('it is a private key; give its public key');
  return importPem(text, createPublicKey, 'public key or certificate');
}

/** PKCS #8, PKCS #1 or SEC 1. Throws an `Error` that says what is wrong with it. */
export function importSigningKey(text: string, algorithm: SignatureAlgorithm): KeyObject | Uint8Array {
  return isSecret(algorithm) ? importSecret(text) : importPem(text, createPrivateKey, 'private key');
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

/** Every byte counts, a line break at its end too, as for OPA. A public key as a secret is known to everybody. */
function importSecret(text: string): Uint8Array {
  if (text === '') throw new Error('it is empty');
  if (text.includes('-----BEGIN ')) throw new Error('it is a key in PEM, and the algorithm wants a secret');
  return Buffer.from(text, 'utf8');
}
