// Reads the JSON values of a cases file: written in YAML, long texts in short, or as the JSON text that a client sends.
import {
  describe,
  mistyped,
  readMap,
  readNamed,
  readText,
  readWhole,
} from '../../../../compiler/check/read-values.ts';
import type { Scope } from '../../../../compiler/check/report.ts';
import type { YamlMap, YamlNode } from '../../../../compiler/parse/yaml-node.ts';
import { type JsonNode, JsonNumber, type JsonObject } from '../../../policy/arguments/json-node.ts';
import { readArguments } from '../../../proxy/read/read-arguments.ts';

/** Numbers as they are written, so that `500.00` reaches the policy as a client would send it. */
export function readJsonObject(node: YamlNode, scope: Scope): JsonObject | undefined {
  const map = readMap(node, scope);
  if (map === undefined) return undefined;
  if (isRepeated(map)) return mistyped(map, scope, 'a mapping of names, not a text,');
  return readMembers(map, scope);
}

/** JSON text, read as strictly as the proxy reads it: what it rejects no policy ever sees. */
export function readJsonText(node: YamlNode, scope: Scope): JsonObject | undefined {
  const text = readText(node, scope);
  if (text === undefined) return undefined;
  const read = readArguments(Buffer.from(text));
  if ('arguments' in read) return read.arguments;
  scope.problem('bad-value', node.position, `${describe(node)} is no JSON object: ${read.problem}`);
  return undefined;
}

function readMembers(map: YamlMap, scope: Scope): JsonObject | undefined {
  const members = readNamed(map, scope).map(
    ({ key, value, scope: at }) => [key, readJson(value, at)] as const,
  );
  return members.some(([, value]) => value === undefined)
    ? undefined
    : new Map(members as ReadonlyArray<readonly [string, JsonNode]>);
}

function readJson(node: YamlNode, scope: Scope): JsonNode | undefined {
  switch (node.kind) {
    case 'list': {
      const items = node.items.map((item, index) => readJson(item, scope.at(index)));
      return items.includes(undefined) ? undefined : (items as JsonNode[]);
    }
    case 'map':
      return isRepeated(node) ? readRepeated(node, scope) : readMembers(node, scope);
    case 'scalar': {
      const { value, source } = node;
      return typeof value === 'object' && value !== null ? new JsonNumber(source) : value;
    }
  }
}

const REPEAT = '$repeat';
const LENGTH_MAX = 1_000_000;

/** Arguments that have a member of this name are written as JSON. */
function isRepeated({ entries }: YamlMap): boolean {
  return entries.some(({ key }) => key === REPEAT);
}

/** `{$repeat: ab, times: 500}`: a text of 1000 characters. */
function readRepeated(map: YamlMap, scope: Scope): string | undefined {
  const own = new Map(readNamed(map, scope).map((entry) => [entry.key, entry]));
  const [piece, times] = [own.get(REPEAT), own.get('times')];
  if (piece === undefined || times === undefined || own.size !== 2) {
    const suggestion =
      'write {$repeat: ab, times: 500}, or arguments that have such a member as arguments_json';
    scope.problem('bad-value', map.position, `${REPEAT} stands beside times, and nothing else`, suggestion);
    return undefined;
  }
  const text = readText(piece.value, piece.scope);
  const count = readWhole(times.value, times.scope, 0);
  if (text === undefined || count === undefined) return undefined;
  if (text.length * count <= LENGTH_MAX) return text.repeat(count);
  const message = `a text of ${text.length * count} characters is more than ${LENGTH_MAX}`;
  times.scope.problem('bad-value', times.value.position, message);
  return undefined;
}
