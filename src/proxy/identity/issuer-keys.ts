// The issuer's public keys (JWKS, RFC 7517), wherever they come from: a fault of theirs is told from one of a token.
import { errors, type JWTVerifyGetKey } from 'jose';

/** Rejects with errors of jose where the token asks for a key that is not there, else with `KeysUnavailable`. */
export type IssuerKeys = JWTVerifyGetKey;

/** The keys cannot be had at the moment: nothing can be said of any token. */
export class KeysUnavailable extends Error {
  constructor(message: string, cause: unknown) {
    super(message, { cause });
    this.name = 'KeysUnavailable';
  }
}

/** A fault of the token: no set of keys would do. */
export function isFaultOfToken(error: unknown): boolean {
  return (
    error instanceof errors.JWKSNoMatchingKey ||
    error instanceof errors.JWKSMultipleMatchingKeys ||
    error instanceof errors.JOSENotSupported
  );
}

/** Never quotes what was read: a file that was named by mistake may hold a secret. */
export function explainKeysFault(place: string, error: unknown): KeysUnavailable {
  if (error instanceof KeysUnavailable) return error;
  return new KeysUnavailable(`the issuer's keys cannot be read from ${place}: ${causeOf(error)}`, error);
}

function causeOf(error: unknown): string {
  if (error instanceof SyntaxError) return 'it is not JSON';
  if (!(error instanceof Error)) return String(error);
  // `fetch` says why in the cause.
  return error.cause instanceof Error ? `${error.message} (${error.cause.message})` : error.message;
}
