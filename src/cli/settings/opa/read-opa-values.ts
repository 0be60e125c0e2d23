// Values of OPA's configuration: texts may take variables of the environment in, `${NAME}`, as OPA's may.
import { readFileSync } from 'node:fs';
import { describe, type KeyedEntry, readText, readWhole } from '../../../../compiler/check/read-values.ts';
import type { Scope } from '../../../../compiler/check/report.ts';
import type { YamlNode } from '../../../../compiler/parse/yaml-node.ts';
import type { DelayRange } from '../../../transport/opa-service.ts';
import { whyUnreadable } from '../../why-unreadable.ts';
import { readSecret } from '../read-config-secret.ts';
import { type TextReader, tellProblem } from '../read-setting.ts';

export type InFolder = (name: string) => string;

/** Problems show the text as it stands in the file: never what the environment put into it. */
export function readEnvText(node: YamlNode, scope: Scope): string | undefined {
  const text = readText(node, scope);
  if (text === undefined) return undefined;
  const missing: string[] = [];
  const value = text.replace(/\$\{([^}]*)\}/g, (_, name: string) => {
    const found = process.env[name];
    if (found === undefined || found === '') missing.push(name);
    return found ?? '';
  });
  const [first] = missing;
  if (first === undefined) return value;
  scope.problem('bad-value', node.position, `${JSON.stringify(first)} is not set in the environment`);
  return undefined;
}

export function readEnvWith<T>(node: YamlNode, scope: Scope, read: TextReader<T>): T | undefined {
  const text = readEnvText(node, scope);
  if (text === undefined) return undefined;
  const result = read(text);
  if ('value' in result) return result.value;
  scope.problem('bad-value', node.position, tellProblem(describe(node), result));
  return undefined;
}

/** A text with variables, or Regent's own `{env: NAME}` and `{file: FILE}`. No problem shows the value. */
export function readSecretText(node: YamlNode, scope: Scope, inFolder: InFolder): string | undefined {
  if (node.kind === 'map') return readSecret(node, scope, inFolder);
  if (node.kind === 'scalar' && typeof node.value === 'string') return readEnvText(node, scope);
  scope.problem('wrong-type', node.position, 'a text is expected here', 'write it in quotes');
  return undefined;
}

/** The text of a file, such as a certificate. */
export function readFileText(node: YamlNode, scope: Scope, inFolder: InFolder): string | undefined {
  return readEnvWith(node, scope, (name) => {
    try {
      return { value: readFileSync(inFolder(name), 'utf8') };
    } catch (error) {
      return { problem: `cannot be read: ${whyUnreadable(error)}` };
    }
  });
}

/** Milliseconds of a whole number of seconds; `otherwise` where the key is not there. */
export function readSeconds(entry: KeyedEntry | undefined, otherwise: number): number {
  const seconds = entry === undefined ? undefined : readWhole(entry.value, entry.scope, 1);
  return (seconds ?? otherwise) * 1000;
}

type DelayMembers = Partial<Record<'min_delay_seconds' | 'max_delay_seconds', KeyedEntry>>;

/** As OPA: both or none, and in order. */
export function readDelays(
  members: DelayMembers,
  node: YamlNode,
  scope: Scope,
  [min, max]: readonly [number, number],
): DelayRange {
  const { min_delay_seconds: minEntry, max_delay_seconds: maxEntry } = members;
  if ((minEntry === undefined) !== (maxEntry === undefined)) {
    const missing = minEntry === undefined ? 'min_delay_seconds' : 'max_delay_seconds';
    scope.problem('missing-key', node.position, `"${missing}" is missing here: one delay needs the other`);
  }
  const delays = { minDelayMs: readSeconds(minEntry, min), maxDelayMs: readSeconds(maxEntry, max) };
  if (minEntry !== undefined && maxEntry !== undefined && delays.minDelayMs > delays.maxDelayMs)
    maxEntry.scope.problem(
      'bad-value',
      maxEntry.value.position,
      'the longest delay is less than the shortest',
    );
  return delays;
}

/** A member that is not there is read as `otherwise`. */
export function readOr<T>(
  entry: KeyedEntry | undefined,
  read: (node: YamlNode, scope: Scope) => T | undefined,
  otherwise: T,
): T {
  return (entry === undefined ? undefined : read(entry.value, entry.scope)) ?? otherwise;
}
