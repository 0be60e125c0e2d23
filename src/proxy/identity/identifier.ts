// Who calls, over HTTP: by an agent's token, by a JWT of the organisation's issuer, or, where the operator named the
// agent of this sidecar, without any credential.
//
//   Authorization ─▶ rgt_…  ─▶ known token?  ─▶ agent
//                 ─▶ JWT    ─▶ issuer's own? ─▶ agent with claims      (where an issuer is configured)
//                 ─▶ other, or none          ─▶ the sidecar's agent, or refused
import type { Agent } from '../../policy/decision.ts';
import type { AgentStore } from '../../state/store.ts';
import { digestToken, isAgentToken } from './agent-token.ts';
import type { Identified } from './identified.ts';
import type { JwtVerifier } from './jwt-verifier.ts';

export interface Identifier {
  /** Of the header field `Authorization`. Never rejects. */
  identify(authorization: string | undefined): Promise<Identified>;
}

export interface IdentifierOptions {
  readonly tokens: Pick<AgentStore, 'findAgent'>;
  readonly jwt: JwtVerifier | null;
  /** The agent of callers that send no credential of Regent's; null where they must. Asked for each request. */
  readonly unnamed: () => Agent | null;
}

export function createIdentifier({ tokens, jwt, unnamed }: IdentifierOptions): Identifier {
  return {
    identify: async (authorization) => {
      const credential = readBearer(authorization);
      if (credential !== null && isAgentToken(credential)) return findToken(tokens, credential);
      if (credential !== null && jwt !== null) return jwt.verify(credential);
      const agent = jwt === null ? unnamed() : null;
      if (agent !== null) return { kind: 'agent', agent, credential: 'none' };
      return authorization === undefined
        ? { kind: 'refused', reason: 'no-credential', detail: 'the request has no bearer token' }
        : { kind: 'refused', reason: 'bad-credential', detail: 'the credential is not one of this sidecar' };
    },
  };
}

function readBearer(authorization: string | undefined): string | null {
  return /^bearer +([\w.~+/=-]+) *$/i.exec(authorization ?? '')?.[1] ?? null;
}

async function findToken(tokens: IdentifierOptions['tokens'], token: string): Promise<Identified> {
  try {
    const name = await tokens.findAgent(digestToken(token));
    if (name !== null) return { kind: 'agent', agent: { id: name, claims: '{}' }, credential: 'token' };
    return { kind: 'refused', reason: 'bad-credential', detail: 'no agent has this token' };
  } catch (error) {
    return { kind: 'unavailable', detail: `the tokens cannot be read: ${String(error)}` };
  }
}
