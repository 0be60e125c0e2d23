// Who may call over HTTP, from the settings and the policy in force.

import { fileKeys } from '../../proxy/identity/file-keys.ts';
import { createIdentifier, type Identifier } from '../../proxy/identity/identifier.ts';
import { createJwtVerifier, type JwtVerifier } from '../../proxy/identity/jwt-verifier.ts';
import { remoteKeys } from '../../proxy/identity/remote-keys.ts';
import type { Gate } from '../../proxy/session.ts';
import type { JwtSettings } from '../settings/settings.ts';
import type { SidecarOptions } from '../settings/sidecar-options.ts';
import type { OpenGate } from './open-gate.ts';

export function openIdentifier({ gate, store, serverName }: OpenGate, options: SidecarOptions): Identifier {
  const { jwt } = options.identity;
  return createIdentifier({
    tokens: store,
    jwt: jwt === null ? null : openJwtVerifier(jwt, gate.log),
    door: doorOf(options),
    unnamed: () => (provesAgents(gate, serverName, options) ? null : { id: options.agent, claims: '{}' }),
  });
}

/** Callers must prove which agent they are. */
export function provesAgents(gate: Gate, serverName: string, options: SidecarOptions): boolean {
  const { identity, isAgentNamed } = options;
  if (identity.isRequired || identity.jwt !== null) return true;
  // Who has the door's token is let in, as nobody in particular.
  return doorOf(options) === null && !isAgentNamed && gate.policy().namesAgents(serverName);
}

function doorOf({ client }: SidecarOptions): string | null {
  return client.kind === 'listen' ? client.token : null;
}

function openJwtVerifier(settings: JwtSettings, log: Gate['log']): JwtVerifier {
  const { jwks } = settings;
  const report = (detail: string): void =>
    log.warn({ detail }, "the issuer's keys could not be read anew; the known ones go on");
  return createJwtVerifier(
    settings,
    jwks instanceof URL ? remoteKeys(jwks, { report }) : fileKeys(jwks, report),
  );
}
