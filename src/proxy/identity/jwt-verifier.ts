// Verifies JWTs of the organisation's issuer (RFC 7519, RFC 8725): signature, issuer, audience, times; the agent's name is
// one of their claims, and all claims reach the policy.
import { errors, type JWTPayload, type JWTVerifyGetKey, jwtVerify } from 'jose';
import { isAgentName } from './agent-name.ts';
import type { Identified } from './identified.ts';

export interface JwtVerifier {
  verify(token: string): Promise<Identified>;
}

export interface JwtOptions {
  readonly issuer: string;
  readonly audience: readonly string[];
  /** Signature algorithms (JWA); symmetric ones are refused by the settings. */
  readonly algorithms: readonly string[];
  /** Path of the claim that names the agent, such as `sub` or `act.sub`. */
  readonly agentClaim: readonly string[];
  readonly clockSkewMs: number;
}

export function createJwtVerifier(options: JwtOptions, keys: JWTVerifyGetKey): JwtVerifier {
  const { issuer, audience, algorithms, clockSkewMs } = options;
  return {
    verify: async (token) => {
      try {
        const { payload } = await jwtVerify(token, keys, {
          issuer,
          audience: [...audience],
          algorithms: [...algorithms],
          clockTolerance: clockSkewMs / 1000,
          requiredClaims: ['exp'],
        });
        return identifyClaims(payload, options.agentClaim);
      } catch (error) {
        return explain(error);
      }
    },
  };
}

function identifyClaims(claims: JWTPayload, agentClaim: readonly string[]): Identified {
  const name = agentClaim.reduce<unknown>(
    (value, key) =>
      typeof value === 'object' && value !== null && Object.hasOwn(value, key)
        ? (value as Record<string, unknown>)[key]
        : undefined,
    claims,
  );
  if (typeof name !== 'string' || !isAgentName(name)) {
    return refused(`the token's claim ${agentClaim.join('.')} names no agent`);
  }
  if (!isExact(claims)) return refused('a number in the claims of the token is over 2^53');
  return { kind: 'agent', agent: { id: name, claims: JSON.stringify(claims) }, credential: 'jwt' };
}

/** Numbers that a double cannot hold would reach the policy as other numbers. */
function isExact(value: unknown): boolean {
  if (typeof value === 'number') return !Number.isInteger(value) || Number.isSafeInteger(value);
  if (typeof value !== 'object' || value === null) return true;
  return Object.values(value).every(isExact);
}

/** Errors of jose are of the token; others of the keys: they cannot be had at the moment. */
function explain(error: unknown): Identified {
  if (error instanceof errors.JWKSTimeout || error instanceof errors.JWKSInvalid) return noKeys(error);
  if (!(error instanceof errors.JOSEError)) return noKeys(error);
  // What jose says of a set of keys that answers with an error status.
  if (error.code === 'ERR_JOSE_GENERIC') return noKeys(error);
  return refused(`the token is not valid (${error.code})`);
}

function noKeys(error: unknown): Identified {
  return { kind: 'unavailable', detail: `the issuer's keys cannot be read: ${String(error)}` };
}

function refused(detail: string): Identified {
  return { kind: 'refused', reason: 'bad-credential', detail };
}
