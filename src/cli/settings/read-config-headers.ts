// `upstream.headers` of regent.yaml: values that stand there, in the environment, or in a file.
import { readNamed, readText } from '../../../compiler/check/read-values.ts';
import type { Scope } from '../../../compiler/check/report.ts';
import type { YamlNode } from '../../../compiler/parse/yaml-node.ts';
import type { Header } from '../../transport/transport.ts';
import { readSecret } from './read-config-secret.ts';
import { checkHeader } from './read-setting.ts';

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
