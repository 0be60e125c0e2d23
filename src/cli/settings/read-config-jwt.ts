// `identity.jwt` of regent.yaml.
import path from 'node:path';
import { describe, missingKey, readMembers, readText } from '../../../compiler/check/read-values.ts';
import type { Scope } from '../../../compiler/check/report.ts';
import type { YamlNode } from '../../../compiler/parse/yaml-node.ts';
import { readTexts, readWith } from './read-config-values.ts';
import { type Read, readDuration } from './read-setting.ts';
import { JWT_KEYS } from './setting-keys.ts';
import type { JwtSettings } from './settings.ts';

const DEFAULT_ALGORITHMS: readonly string[] = ['RS256', 'ES256', 'EdDSA'];
/** Asymmetric ones (RFC 7518, RFC 8037): a public key must never serve as a secret. */
const KNOWN_ALGORITHMS = /^(RS|PS|ES)(256|384|512)$|^(EdDSA|Ed25519)$/;
const DEFAULT_SKEW_MS = 30_000;

export function readJwt(
  node: YamlNode,
  scope: Scope,
  inFolder: (name: string) => string,
): JwtSettings | undefined {
  const members = readMembers(node, scope, JWT_KEYS);
  if (members === undefined) return undefined;
  for (const key of ['issuer', 'audience', 'jwks'] as const) {
    if (members[key] === undefined) missingKey(node, scope, key);
  }
  const { issuer, audience, jwks, algorithms, agent_claim: claim, clock_skew: skew } = members;
  const read = {
    issuer: issuer && readWith(issuer.value, issuer.scope, readIssuer),
    audience: audience && readTexts(audience.value, audience.scope),
    jwks: jwks && readWith(jwks.value, jwks.scope, (text) => readKeyPlace(text, inFolder)),
    algorithms:
      algorithms === undefined ? DEFAULT_ALGORITHMS : readAlgorithms(algorithms.value, algorithms.scope),
    agentClaim: claim === undefined ? ['sub'] : splitClaim(readText(claim.value, claim.scope)),
    clockSkewMs: skew === undefined ? DEFAULT_SKEW_MS : readWith(skew.value, skew.scope, readDuration),
  };
  return Object.values(read).includes(undefined) ? undefined : (read as JwtSettings);
}

function readIssuer(text: string): Read<string> {
  return text === '' ? { problem: 'is no issuer' } : { value: text };
}

/** `act.sub` is a claim in a claim; names that are URLs (RFC 7519, section 4.2) hold dots of their own. */
function splitClaim(name: string | undefined): readonly string[] | undefined {
  return name?.includes('://') ? [name] : name?.split('.');
}

/** Keys that come over an open network would let anybody on it make tokens. */
function readKeyPlace(text: string, inFolder: (name: string) => string): Read<URL | string> {
  if (!/^[a-z]+:\/\//i.test(text)) return { value: path.normalize(inFolder(text)) };
  if (!URL.canParse(text)) return { problem: 'is not an URL' };
  const url = new URL(text);
  const isLocal = ['localhost', '127.0.0.1', '[::1]'].includes(url.hostname);
  if (url.protocol === 'https:' || (url.protocol === 'http:' && isLocal)) return { value: url };
  return { problem: 'is not an https URL' };
}

function readAlgorithms(node: YamlNode, scope: Scope): readonly string[] | undefined {
  const names = readTexts(node, scope);
  const unknown = names?.find((name) => !KNOWN_ALGORITHMS.test(name));
  if (unknown === undefined) return names;
  const message = `${describe(node)} holds ${JSON.stringify(unknown)}, which is no asymmetric signature`;
  scope.problem('bad-value', node.position, message, `known: ${DEFAULT_ALGORITHMS.join(', ')}`);
  return undefined;
}
