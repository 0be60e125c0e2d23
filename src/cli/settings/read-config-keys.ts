// `keys` and `signing` of regent.yaml, in OPA's own words: how a bundle must be signed.
import { readFileSync } from 'node:fs';
import {
  missingKey,
  readMembers,
  readNamed,
  readText,
  readWord,
} from '../../../compiler/check/read-values.ts';
import type { Scope } from '../../../compiler/check/report.ts';
import type { YamlNode } from '../../../compiler/parse/yaml-node.ts';
import { importVerificationKey } from '../../policy/bundle-signature/import-key.ts';
import {
  DEFAULT_ALGORITHM,
  SIGNATURE_ALGORITHMS,
  type SignatureAlgorithm,
  type VerificationKey,
} from '../../policy/bundle-signature/verification.ts';
import { whyUnreadable } from '../why-unreadable.ts';
import { readEnvText } from './opa/read-opa-values.ts';
import { readSecret } from './read-config-secret.ts';
import { readTexts } from './read-config-values.ts';
import { SIGNING_KEYS, VERIFICATION_KEY_KEYS } from './setting-keys.ts';
import type { Settings, SigningSettings } from './settings.ts';

type InFolder = (name: string) => string;

export function readKeys(node: YamlNode, scope: Scope, inFolder: InFolder): Settings['keys'] {
  const entries = readNamed(node, scope).map(
    ({ key: id, value, scope: at }) => [id, readKey(value, at, inFolder)] as const,
  );
  const good = entries.flatMap(([id, key]) => (key === undefined ? [] : [[id, key] as const]));
  return good.length === entries.length ? Object.fromEntries(good) : undefined;
}

function readKey(node: YamlNode, scope: Scope, inFolder: InFolder): VerificationKey | undefined {
  const members = readMembers(node, scope, VERIFICATION_KEY_KEYS);
  if (members === undefined) return undefined;
  const { key, algorithm: named, scope: signedScope } = members;
  if (key === undefined) return missingKey(node, scope, 'key');
  const algorithm =
    named === undefined ? DEFAULT_ALGORITHM : readWord(named.value, named.scope, SIGNATURE_ALGORITHMS);
  const wanted = signedScope === undefined ? '' : readText(signedScope.value, signedScope.scope);
  if (algorithm === undefined || wanted === undefined) return undefined;
  const text = readKeyText(key.value, key.scope, { algorithm, inFolder });
  if (text === undefined || !isUsable(text, algorithm, key)) return undefined;
  return { key: text, algorithm, scope: wanted };
}

/** As it stands, or from the environment or a file. A public key in a file is no secret, and is read whole. */
function readKeyText(
  node: YamlNode,
  scope: Scope,
  { algorithm, inFolder }: { readonly algorithm: SignatureAlgorithm; readonly inFolder: InFolder },
): string | undefined {
  if (node.kind === 'scalar') return readEnvText(node, scope);
  const file = node.kind === 'map' ? node.entries.find(({ key }) => key === 'file') : undefined;
  const name = file?.value.kind === 'scalar' ? file.value.value : undefined;
  const isAlone = node.kind === 'map' && node.entries.length === 1;
  if (!isAlone || typeof name !== 'string' || algorithm.startsWith('HS'))
    return readSecret(node, scope, inFolder);
  try {
    return readFileSync(inFolder(name), 'utf8');
  } catch (error) {
    scope.problem(
      'bad-value',
      node.position,
      `${JSON.stringify(name)} cannot be read: ${whyUnreadable(error)}`,
    );
    return undefined;
  }
}

function isUsable(
  text: string,
  algorithm: SignatureAlgorithm,
  { value, scope }: { readonly value: YamlNode; readonly scope: Scope },
): boolean {
  try {
    importVerificationKey(text, algorithm);
    return true;
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    scope.problem('bad-value', value.position, `the key cannot be used for ${algorithm}: ${why}`);
    return false;
  }
}

export function readSigning(node: YamlNode, scope: Scope): SigningSettings | undefined {
  const members = readMembers(node, scope, SIGNING_KEYS);
  if (members === undefined) return undefined;
  const { keyid, scope: signedScope, exclude_files: exclude } = members;
  const read = {
    keyId: keyid === undefined ? '' : readText(keyid.value, keyid.scope),
    scope: signedScope === undefined ? '' : readText(signedScope.value, signedScope.scope),
    excludeFiles: exclude === undefined ? [] : readTexts(exclude.value, exclude.scope),
  };
  return Object.values(read).includes(undefined) ? undefined : (read as SigningSettings);
}
