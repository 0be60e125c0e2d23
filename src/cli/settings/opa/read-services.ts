// `services` of OPA's configuration: a list with names, or a mapping by name.
import { rootCertificates } from 'node:tls';
import {
  missingKey,
  readBoolean,
  readList,
  readNamed,
  readWhole,
} from '../../../../compiler/check/read-values.ts';
import type { Scope } from '../../../../compiler/check/report.ts';
import type { YamlNode } from '../../../../compiler/parse/yaml-node.ts';
import type { Bearer, ServiceOptions, ServiceTls } from '../../../transport/service/open-service.ts';
import type { Header } from '../../../transport/transport.ts';
import { checkHeader, readServiceUrl } from '../read-setting.ts';
import { FOREIGN_IN_CREDENTIALS, FOREIGN_IN_SERVICE, readOpaMembers } from './foreign-keys.ts';
import { BEARER_KEYS, CLIENT_TLS_KEYS, CREDENTIAL_KEYS, SERVICE_KEYS, TLS_KEYS } from './opa-keys.ts';
import {
  type InFolder,
  readEnvText,
  readEnvWith,
  readFileText,
  readOr,
  readSecretText,
} from './read-opa-values.ts';

const TIMEOUT_SECONDS = 10;

export function readServices(node: YamlNode, scope: Scope, inFolder: InFolder): ServiceOptions[] {
  if (node.kind === 'map') {
    return readNamed(node, scope).flatMap(
      ({ key, value, scope: at }) => readService(value, at, { name: key, inFolder }) ?? [],
    );
  }
  const items = readList(node, scope) ?? [];
  const services = items.flatMap(
    (item) => readService(item.node, item.scope, { name: null, inFolder }) ?? [],
  );
  const twice = services.find(
    ({ name }, index) => services.findIndex((other) => other.name === name) < index,
  );
  if (twice !== undefined)
    scope.problem('bad-value', node.position, `the service ${JSON.stringify(twice.name)} stands here twice`);
  return services;
}

interface Place {
  /** Null where the service says its name itself. */
  readonly name: string | null;
  readonly inFolder: InFolder;
}

function readService(node: YamlNode, scope: Scope, place: Place): ServiceOptions | undefined {
  const { inFolder } = place;
  const members = readOpaMembers(node, scope, SERVICE_KEYS, FOREIGN_IN_SERVICE);
  if (members === undefined) return undefined;
  const { url, headers, tls, credentials, response_header_timeout_seconds: timeout } = members;
  if (url === undefined) missingKey(node, scope, 'url');
  if (members.name === undefined && place.name === null) missingKey(node, scope, 'name');
  const given = readOr(members.name, readEnvText, '');
  const target = url === undefined ? undefined : readEnvWith(url.value, url.scope, readServiceUrl);
  const seconds = readOr(timeout, (value, at) => readWhole(value, at, 1), TIMEOUT_SECONDS);
  const proof = readOr(credentials, (value, at) => readCredentials(value, at, inFolder), {
    bearer: null,
    tls: {},
  });
  const own = readOr(headers, (value, at) => readHeaders(value, at, inFolder), []);
  const trust = readOr(tls, (value, at) => readTls(value, at, inFolder), {});
  if (target === undefined) return undefined;
  return {
    name: place.name ?? given,
    url: target,
    headers: own,
    bearer: proof.bearer,
    tls: { ...trust, ...proof.tls },
    responseHeaderTimeoutMs: seconds * 1000,
  };
}

function readHeaders(node: YamlNode, scope: Scope, inFolder: InFolder): Header[] {
  return readNamed(node, scope).flatMap(({ key, keyPosition, value, scope: at }) => {
    const text = readSecretText(value, at, inFolder);
    if (text === undefined) return [];
    const header = checkHeader(key, text);
    if ('value' in header) return [header.value];
    at.problem('bad-value', keyPosition, `${JSON.stringify(key)} ${header.problem}`);
    return [];
  });
}

interface Proof {
  readonly bearer: Bearer | null;
  readonly tls: ServiceTls;
}

function readCredentials(node: YamlNode, scope: Scope, inFolder: InFolder): Proof | undefined {
  const members = readOpaMembers(node, scope, CREDENTIAL_KEYS, FOREIGN_IN_CREDENTIALS);
  if (members === undefined) return undefined;
  if (members.bearer !== undefined && members.client_tls !== undefined)
    scope.problem('bad-value', node.position, 'a service has one kind of credentials, as in OPA');
  return {
    bearer: readOr<Bearer | null>(members.bearer, (value, at) => readBearer(value, at, inFolder), null),
    tls: readOr(members.client_tls, (value, at) => readClientTls(value, at, inFolder), {}),
  };
}

function readBearer(node: YamlNode, scope: Scope, inFolder: InFolder): Bearer | undefined {
  const members = readOpaMembers(node, scope, BEARER_KEYS);
  if (members === undefined) return undefined;
  const { token, token_path: path } = members;
  if ((token === undefined) === (path === undefined)) {
    scope.problem('bad-value', node.position, 'bearer must have one of token and token_path');
    return undefined;
  }
  const scheme = readOr(members.scheme, readEnvText, 'Bearer');
  const text = readOr(token, (value, at) => readSecretText(value, at, inFolder), '').trim();
  if (token !== undefined && !/^[\x21-\x7e]*$/.test(text))
    token.scope.problem(
      'bad-value',
      token.value.position,
      'the token has characters that no header field can hold',
    );
  if (token !== undefined) return { scheme, token: { text } };
  const file = readOr(path, readEnvText, '');
  return { scheme, token: { file: inFolder(file) } };
}

function readClientTls(node: YamlNode, scope: Scope, inFolder: InFolder): ServiceTls | undefined {
  const members = readOpaMembers(node, scope, CLIENT_TLS_KEYS);
  if (members === undefined) return undefined;
  for (const key of ['cert', 'private_key'] as const)
    if (members[key] === undefined) missingKey(node, scope, key);
  const { cert, private_key: key, private_key_passphrase: passphrase } = members;
  const secret = passphrase && readSecretText(passphrase.value, passphrase.scope, inFolder);
  return {
    cert: readOr(cert, (value, at) => readFileText(value, at, inFolder), ''),
    key: readOr(key, (value, at) => readFileText(value, at, inFolder), ''),
    ...(secret === undefined ? {} : { passphrase: secret }),
  };
}

function readTls(node: YamlNode, scope: Scope, inFolder: InFolder): ServiceTls | undefined {
  const members = readOpaMembers(node, scope, TLS_KEYS);
  if (members?.ca_cert === undefined) return undefined;
  const { ca_cert: file, system_ca_required: system } = members;
  const text = readFileText(file.value, file.scope, inFolder);
  const more = readOr(system, readBoolean, false) ? rootCertificates : [];
  return text === undefined ? undefined : { ca: [text, ...more] };
}
