// A secret in regent.yaml: never written there, but in the environment or a file.
import { describe, readMembers, readText } from '../../../compiler/check/read-values.ts';
import type { Scope } from '../../../compiler/check/report.ts';
import type { YamlNode } from '../../../compiler/parse/yaml-node.ts';
import { readSecretFile } from './read-secret.ts';
import type { Read } from './read-setting.ts';
import { SECRET_KEYS } from './setting-keys.ts';

export function readSecret(
  node: YamlNode,
  scope: Scope,
  inFolder: (name: string) => string,
): string | undefined {
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
