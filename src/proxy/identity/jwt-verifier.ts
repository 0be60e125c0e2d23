// Verifies JWTs of the organisation's issuer (RFC 7519, RFC 8725): signature, issuer, audience, times; the agent's name is
// one of their claims, and all claims reach the policy.
import { errors, type JWTVerifyOptions, jwtVerify } from 'jose';
import { PolicyError } from '../../policy/policy-error.ts';
import { Rejection } from '../read/rejection.ts';
import { isAgentName } from './agent-name.ts';
import { claimAt, printClaims, readClaims } from './claims.ts';
import { explainTokenFault } from './explain-token-fault.ts';
import type { Identified } from './identified.ts';
import { type IssuerKeys, KeysUnavailable } from './issuer-keys.ts';

export interface JwtVerifier {
  /** Never rejects. */
  verify(token: string): Promise<Identified>;
}

export interface JwtOptions {
  readonly issuer: string;
  /** The token must be for one of them. */
  readonly audience: readonly string[];
  /** Signature algorithms (JWA). Symmetric ones and `none` never pass, whatever stands here: the keys are public. */
  readonly algorithms: readonly string[];
  /** Path of the claim that names the agent, such as `sub`, or `act` and `sub`. */
  readonly agentClaim: readonly string[];
  readonly clockSkewMs: number;
  readonly now?: () => number;
}

/** Claims are written to the journal with every call. */
const TOKEN_MAX = 16 * 1024;

export function createJwtVerifier(options: JwtOptions, keys: IssuerKeys): JwtVerifier {
  const { issuer, audience, algorithms, clockSkewMs, agentClaim, now = Date.now } = options;
  return {
    verify: async (token) => {
      if (token.length > TOKEN_MAX) return refused(`the token has over ${TOKEN_MAX} characters`);
      try {
        await verifyToken(token, keys, {
          issuer,
          audience: [...audience],
          algorithms: [...algorithms],
          clockTolerance: clockSkewMs / 1000,
          requiredClaims: ['exp'],
          currentDate: new Date(now()),
        });
        return identifyClaims(token, agentClaim);
      } catch (error) {
        return explain(error);
      }
    },
  };
}

/** A token that names no key may be signed with any of them. */
async function verifyToken(token: string, keys: IssuerKeys, rules: JWTVerifyOptions): Promise<void> {
  try {
    await jwtVerify(token, keys, rules);
  } catch (error) {
    if (!(error instanceof errors.JWKSMultipleMatchingKeys)) throw error;
    for await (const key of error) {
      const fault = await jwtVerify(token, key, rules).then(
        () => null,
        (reason: unknown) => reason,
      );
      if (fault === null) return;
      if (!(fault instanceof errors.JWSSignatureVerificationFailed)) throw fault;
    }
    throw new errors.JWSSignatureVerificationFailed();
  }
}

/** The token is the issuer's. */
function identifyClaims(token: string, agentClaim: readonly string[]): Identified {
  const claims = readClaims(token);
  const name = claimAt(claims, agentClaim);
  if (typeof name !== 'string' || !isAgentName(name)) {
    return refused(`the claim ${agentClaim.join('.')} of the token names no agent`);
  }
  return { kind: 'agent', agent: { id: name, claims: printClaims(claims) }, credential: 'jwt' };
}

/** Errors of jose are of the token; what is left is of the keys. */
function explain(error: unknown): Identified {
  if (error instanceof errors.JOSEError) return refused(explainTokenFault(error));
  if (error instanceof Rejection || error instanceof PolicyError) {
    return refused('the claims of the token cannot be read without doubt, or are too large');
  }
  if (error instanceof KeysUnavailable) return { kind: 'unavailable', detail: error.message };
  return { kind: 'unavailable', detail: `a key of the issuer cannot be used: ${String(error)}` };
}

function refused(detail: string): Identified {
  return { kind: 'refused', reason: 'bad-credential', detail };
}
