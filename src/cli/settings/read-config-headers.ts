// `upstream.headers` of regent.yaml: values that stand there, in the environment, or in a file.
import { describe, readMembers, readNamed, readText } from '../../../compiler/check/read-values.ts';
import type { Scope } from '../../../compiler/check/report.ts';
import type { YamlNode } from '../../../compiler/parse/yaml-node.ts';
import type { Header } from '../../transport/transport.ts';
import { readSecretFile } from './read-secret.ts';
import { checkHeader, type Read } from './read-setting.ts';
import { SECRET_KEYS } from './setting-keys.ts';

export function readHeaders(
  node: YamlNode,
  scope: Scope,
  inFolder: (name: string) => string,
): Header[] | undefined {
  return readNamed(node, scope).flatMap(({ key, keyPosition, value, scope: at }) => {
    const text = value.kind === 'scalar' ? readText(value, at) : readSecret(value, at, inFolder);
    if (text === undefined) return [];
    const header = checkHeader(key, text);
    if ('value' in header) return [header.value];
    at.problem('bad-value', keyPosition, `${JSON.stringify(key)} ${header.problem}`);
    return [];
  });
}

function readSecret(node: YamlNode, scope: Scope, inFolder: (name: string) => string): string | undefined {
  const members = readMembers(node, scope, SECRET_KEYS);
  const source = members?.env ?? members?.file;
  if (members === undefined || source === undefined || Object.keys(members).length !== 1) {
    // Unknown keys were told already.
    if (members !== undefined && node.kind === 'map' && node.entries.length === Object.keys(members).length) {
      scope.problem('bad-value', node.position, `${describe(node)} must have one of env and file`);
    }
    return undefined;
  }
  const name = readText(source.value, source.scope);
  if (name === undefined) return undefined;
  const read = members.env === undefined ? readSecretFile(inFolder(name)) : readVariable(name);
  if ('value' in read) return read.value;
  source.scope.problem('bad-value', source.value.position, `${JSON.stringify(name)} ${read.problem}`);
  return undefined;
}

function readVariable(name: string): Read<string> {
  const value = process.env[name];
  return value === undefined || value === '' ? { problem: 'is not set in the environment' } : { value };
}
