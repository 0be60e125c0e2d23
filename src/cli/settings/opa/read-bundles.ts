// `bundles` and `keys` of OPA's configuration.
import { fileURLToPath } from 'node:url';
import { describe, readBoolean, readNamed, readWhole } from '../../../../compiler/check/read-values.ts';
import type { Scope } from '../../../../compiler/check/report.ts';
import type { YamlNode } from '../../../../compiler/parse/yaml-node.ts';
import type { Verification } from '../../../policy/bundle-signature/verification.ts';
import { readTexts } from '../read-config-values.ts';
import type { Read } from '../read-setting.ts';
import { SIGNING_KEYS } from '../setting-keys.ts';
import { FOREIGN_IN_BUNDLE, FOREIGN_IN_POLLING, readOpaMembers } from './foreign-keys.ts';
import { chooseService, type KnownServices } from './known-services.ts';
import { BUNDLE_KEYS, POLLING_KEYS } from './opa-keys.ts';
import type { BundleSettings } from './opa-settings.ts';
import { readDelays, readEnvText, readOr } from './read-opa-values.ts';

const SIZE_BYTES = 64 * 1024 * 1024;
const DELAYS_SECONDS = [60, 120] as const;

export interface BundleContext {
  readonly services: KnownServices;
  /** Null where they could not be read, which is told already. */
  readonly keys: Verification['keys'] | null;
}

/** The one bundle that gives the policy. */
export function readBundles(
  node: YamlNode,
  scope: Scope,
  context: BundleContext,
): BundleSettings | undefined {
  const [first, second] = readNamed(node, scope);
  if (first === undefined) {
    scope.problem('bad-value', node.position, `${describe(node)} must have one bundle`);
    return undefined;
  }
  if (second !== undefined) {
    const message = 'Regent takes its policy from one bundle; several are not supported';
    scope.problem('bad-value', second.keyPosition, message, 'build them into one, with opa build');
  }
  // The name becomes part of a path.
  if (/^[\w-][\w.-]{0,127}$/.test(first.key))
    return readBundle(first.value, first.scope, { ...context, name: first.key });
  scope.problem(
    'bad-value',
    first.keyPosition,
    `${JSON.stringify(first.key)} is no name: letters, digits and . _ - are`,
  );
  return undefined;
}

type NamedContext = BundleContext & { readonly name: string };

function readBundle(
  node: YamlNode,
  scope: Scope,
  { services, keys, name }: NamedContext,
): BundleSettings | undefined {
  const members = readOpaMembers(node, scope, BUNDLE_KEYS, FOREIGN_IN_BUNDLE);
  if (members === undefined) return undefined;
  const { service, persist, signing, polling, size_limit_bytes: size } = members;
  const resource = readOr(members.resource, readEnvText, `bundles/${name}`);
  const source = readSource(resource, () => chooseService(service, node, scope, services));
  if ('problem' in source)
    (members.resource?.scope ?? scope).problem('bad-value', node.position, source.problem);
  const timing = readOr(polling, readPolling, NO_POLLING);
  const maxBytes = readOr(size, (value, at) => readWhole(value, at, 1), SIZE_BYTES);
  const isPersisted = readOr(persist, readBoolean, false);
  const verification = readOr<Verification | null>(
    signing,
    (value, at) => readSigning(value, at, keys),
    keys === null || Object.keys(keys).length === 0 ? null : { keys, keyId: '', scope: '', excludeFiles: [] },
  );
  if ('problem' in source) return undefined;
  return { name, source: source.value, ...timing, isPersisted, maxBytes, verification };
}

function readSource(resource: string, service: () => string | undefined): Read<BundleSettings['source']> {
  if (!resource.startsWith('file:'))
    return { value: { kind: 'service', service: service() ?? '', resource } };
  try {
    return { value: { kind: 'file', file: fileURLToPath(resource) } };
  } catch {
    return {
      problem: `${JSON.stringify(resource)} is no URL of a file; write it as file:///path/bundle.tar.gz`,
    };
  }
}

const NO_POLLING = { minDelayMs: 60_000, maxDelayMs: 120_000, longPollingSeconds: null };
type Polling = Pick<BundleSettings, 'minDelayMs' | 'maxDelayMs' | 'longPollingSeconds'>;

function readPolling(node: YamlNode, scope: Scope): Polling | undefined {
  const members = readOpaMembers(node, scope, POLLING_KEYS, FOREIGN_IN_POLLING);
  if (members === undefined) return undefined;
  return {
    ...readDelays(members, node, scope, DELAYS_SECONDS),
    longPollingSeconds: readOr<number | null>(
      members.long_polling_timeout_seconds,
      (value, at) => readWhole(value, at, 1),
      null,
    ),
  };
}

function readSigning(node: YamlNode, scope: Scope, keys: BundleContext['keys']): Verification | undefined {
  const members = readOpaMembers(node, scope, SIGNING_KEYS);
  if (members === undefined || keys === null) return undefined;
  const { keyid, scope: wanted, exclude_files: exclude } = members;
  const keyId = readOr(keyid, readEnvText, '');
  if (keyId !== '' && !Object.hasOwn(keys, keyId))
    keyid?.scope.problem('bad-value', keyid.value.position, `${describe(keyid.value)} is not in keys`);
  if (Object.keys(keys).length === 0) scope.problem('bad-value', node.position, 'signing needs keys');
  return {
    keys,
    keyId,
    scope: readOr(wanted, readEnvText, ''),
    excludeFiles: readOr(exclude, readTexts, []),
  };
}
