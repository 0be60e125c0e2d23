// Who calls, over HTTP: by an agent's token, by a JWT of the organisation's issuer, or, where the operator named the
// agent of this sidecar, without any credential.
//
//   Authorization ─▶ rgt_…  ─▶ known token?  ─▶ agent
//                 ─▶ JWT    ─▶ issuer's own? ─▶ agent with claims      (where an issuer is configured)
//                 ─▶ the door's token       ─▶ the sidecar's agent      (where there is a door)
//                 ─▶ other, or none          ─▶ the sidecar's agent, or refused
import type { Agent } from '../../policy/decision.ts';
import type { AgentStore } from '../../state/store.ts';
import {
  digestToken,
  holdsAgentToken,
  isAgentToken,
  isMeantAsAgentToken,
  isSameToken,
} from './agent-token.ts';
import type { Identified } from './identified.ts';
import type { JwtVerifier } from './jwt-verifier.ts';

export interface Identifier {
  /** Of the header field `Authorization`. Never rejects. */
  identify(authorization: string | undefined): Promise<Identified>;
}

export interface IdentifierOptions {
  /** Read for each request, so that a removed token is refused at the next one. */
  readonly tokens: Pick<AgentStore, 'findAgent'>;
  readonly jwt: JwtVerifier | null;
  /** One token that any caller may send instead: it opens the door and names nobody. Null where there is none. */
  readonly door: string | null;
  /** The agent of callers that are not named by a credential; null where they must be. Asked for each request. */
  readonly unnamed: () => Agent | null;
}

export function createIdentifier({ tokens, jwt, door, unnamed }: IdentifierOptions): Identifier {
  return {
    identify: async (authorization) => {
      const credential = readBearer(authorization);
      if (credential !== null && isMeantAsAgentToken(credential)) return identifyToken(tokens, credential);
      if (authorization !== undefined && holdsAgentToken(authorization)) {
        return refused("an agent's token is sent as: Authorization: Bearer TOKEN");
      }
      if (credential !== null && jwt !== null) return jwt.verify(credential);
      const isAtDoor = door !== null && credential !== null && isSameToken(credential, door);
      const agent = jwt === null && (door === null || isAtDoor) ? unnamed() : null;
      if (agent !== null) return { kind: 'agent', agent, credential: isAtDoor ? 'token' : 'none' };
      if (authorization !== undefined) return refused('the credential is not one of this sidecar');
      return { kind: 'refused', reason: 'no-credential', detail: 'the request has no bearer token' };
    },
  };
}

/** RFC 6750, section 2.1. */
function readBearer(authorization: string | undefined): string | null {
  return /^bearer +([\w.~+/=-]+) *$/i.exec(authorization ?? '')?.[1] ?? null;
}

async function identifyToken(tokens: IdentifierOptions['tokens'], token: string): Promise<Identified> {
  try {
    const name = isAgentToken(token) ? await tokens.findAgent(digestToken(token)) : null;
    if (name === null) return refused('no agent has this token');
    return { kind: 'agent', agent: { id: name, claims: '{}' }, credential: 'token' };
  } catch (error) {
    return { kind: 'unavailable', detail: `the agents' tokens cannot be read: ${String(error)}` };
  }
}

function refused(detail: string): Identified {
  return { kind: 'refused', reason: 'bad-credential', detail };
}
