// Reads regent.yaml as strictly as policies are read: all its problems at once, with their places and suggestions.
import path from 'node:path';
import {
  type Members,
  missingKey,
  readBoolean,
  readMembers,
  readText,
  readWord,
} from '../../../compiler/check/read-values.ts';
import { createScope, type Scope } from '../../../compiler/check/report.ts';
import { type Diagnostic, sortDiagnostics } from '../../../compiler/model/diagnostic.ts';
import { parseYaml } from '../../../compiler/parse/parse-yaml.ts';
import type { YamlNode } from '../../../compiler/parse/yaml-node.ts';
import type { KeyTable } from '../../../compiler/schema/grammar.ts';
import { LOG_LEVELS } from '../../telemetry/log-levels.ts';
import { expandHome } from '../home.ts';
import { FOREIGN_TOP, readOpaMembers } from './opa/foreign-keys.ts';
import { OPA_KEYS } from './opa/opa-keys.ts';
import { readOpa } from './opa/read-opa.ts';
import { readApprovals, readConsole } from './read-config-approvals.ts';
import { readHeaders } from './read-config-headers.ts';
import { readJwt } from './read-config-jwt.ts';
import { readKeys, readSigning } from './read-config-keys.ts';
import { type Fields, readFields, readTexts, readWith, settingOf } from './read-config-values.ts';
import { readTokenFile } from './read-secret.ts';
import { readAddress, readAgent, readDuration, readPath, readSize, readUpstreamUrl } from './read-setting.ts';
import { IDENTITY_KEYS, LIMIT_KEYS, LISTEN_KEYS, SETTING_KEYS, UPSTREAM_KEYS } from './setting-keys.ts';
import { SETTING_TABLES } from './setting-tables.ts';
import type { Settings } from './settings.ts';

export interface ConfigRead {
  readonly settings: Settings;
  /** In file order; empty where the file is good. */
  readonly diagnostics: readonly Diagnostic[];
}

/** `file` is the name that positions bear; file names in it are taken from its folder. */
export function readConfig(file: string, text: string): ConfigRead {
  const parsed = parseYaml(file, text);
  const diagnostics = parsed.diagnostics.map(ofConfig);
  const settings =
    parsed.root === null ? {} : readSettings(parsed.root, createScope(diagnostics, SETTING_TABLES), file);
  return { settings, diagnostics: sortDiagnostics(diagnostics, [file]) };
}

/** The parser speaks of policies. */
function ofConfig(problem: Diagnostic): Diagnostic {
  if (problem.code !== 'empty-file') return problem;
  return {
    ...problem,
    message: 'the config file is empty',
    suggestion: 'write settings, or leave --config out',
  };
}

function readSettings(node: YamlNode, scope: Scope, file: string): Settings {
  const members = readOpaMembers(node, scope, { ...SETTING_KEYS, ...OPA_KEYS }, FOREIGN_TOP) ?? {};
  const inFolder = (name: string): string => path.resolve(path.dirname(file), expandHome(name));
  const own = readFields(only(members, SETTING_KEYS), {
    policy: (value, at) => settingOf('policy', readTexts(value, at)?.map(inFolder)),
    server: (value, at) => settingOf('server', readText(value, at)),
    agent: (value, at) => settingOf('agent', readWith(value, at, readAgent)),
    state: (value, at) => settingOf('state', readText(value, at), inFolder),
    durability: (value, at) => settingOf('durability', readWord(value, at, ['full', 'normal'])),
    hold: (value, at) => settingOf('holdMs', readWith(value, at, readDuration)),
    log_level: (value, at) => settingOf('logLevel', readWord(value, at, LOG_LEVELS)),
    command: (value, at) => settingOf('command', readTexts(value, at)),
    upstream: (value, at) => readUpstream(value, at, inFolder),
    listen: (value, at) => readListener(value, at, inFolder),
    identity: (value, at) => readIdentity(value, at, inFolder),
    limits: readLimits,
    approvals: (value, at) => readApprovals(value, at, inFolder),
    console: readConsole,
    opa: (value, at) => settingOf('opaBinary', readText(value, at), inFolder),
    keys: (value, at) => settingOf('keys', readKeys(value, at, inFolder)),
    signing: (value, at) => settingOf('signing', readSigning(value, at)),
  });
  return {
    ...own,
    ...readOpa(only(members, OPA_KEYS), own.keys ?? (members.keys === undefined ? {} : null), inFolder),
  };
}

function only<T extends KeyTable>(members: Members<T>, table: T): Members<T> {
  return Object.fromEntries(
    Object.entries(members).filter(([key]) => Object.hasOwn(table, key)),
  ) as Members<T>;
}

type InFolder = (name: string) => string;

function readUpstream(node: YamlNode, scope: Scope, inFolder: InFolder): Settings {
  if (node.kind === 'scalar') return settingOf('upstream', readWith(node, scope, readUpstreamUrl));
  const members = readMembers(node, scope, UPSTREAM_KEYS);
  if (members !== undefined && members.url === undefined) missingKey(node, scope, 'url');
  return readFields(members, {
    url: (value, at) => settingOf('upstream', readWith(value, at, readUpstreamUrl)),
    headers: (value, at) => settingOf('headers', readHeaders(value, at, inFolder)),
  });
}

function readListener(node: YamlNode, scope: Scope, inFolder: InFolder): Settings {
  if (node.kind === 'scalar') return settingOf('listen', readWith(node, scope, readAddress));
  const members = readMembers(node, scope, LISTEN_KEYS);
  if (members !== undefined && members.address === undefined) missingKey(node, scope, 'address');
  return readFields(members, {
    address: (value, at) => settingOf('listen', readWith(value, at, readAddress)),
    path: (value, at) => settingOf('path', readWith(value, at, readPath)),
    public_url: (value, at) => settingOf('publicUrl', readWith(value, at, readUpstreamUrl)),
    token_file: (value, at) =>
      settingOf(
        'token',
        readWith(value, at, (name) => readTokenFile(inFolder(name))),
      ),
    allowed_hosts: (value, at) =>
      settingOf(
        'allowedHosts',
        readTexts(value, at)?.map((name) => name.toLowerCase()),
      ),
    allowed_origins: (value, at) => settingOf('allowedOrigins', readTexts(value, at)),
  });
}

function readIdentity(node: YamlNode, scope: Scope, inFolder: InFolder): Settings {
  return readFields(readMembers(node, scope, IDENTITY_KEYS), {
    required: (value, at) => settingOf('isIdentityRequired', readBoolean(value, at)),
    jwt: (value, at) => settingOf('jwt', readJwt(value, at, inFolder)),
  });
}

function readLimits(node: YamlNode, scope: Scope): Settings {
  const fields: Fields<typeof LIMIT_KEYS> = {
    body: (value, at) => settingOf('bodyBytes', readWith(value, at, readSize)),
    headers: (value, at) => settingOf('headerBytes', readWith(value, at, readSize)),
    connections: (value, at) => settingOf('connections', readWith(value, at, readSize)),
    sessions: (value, at) => settingOf('sessions', readWith(value, at, readSize)),
    session_idle: (value, at) => settingOf('sessionIdleMs', readWith(value, at, readDuration)),
  };
  return readFields(readMembers(node, scope, LIMIT_KEYS), fields);
}
