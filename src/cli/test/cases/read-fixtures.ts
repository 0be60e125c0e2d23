// The agents and calls that the cases of a file share.
import {
  describe,
  type KeyedEntry,
  type Members,
  missingKey,
  readMembers,
  readNamed,
  readText,
} from '../../../../compiler/check/read-values.ts';
import type { Scope } from '../../../../compiler/check/report.ts';
import { suggestWord } from '../../../../compiler/check/suggest.ts';
import { quoteText } from '../../../../compiler/parse/quote-text.ts';
import type { YamlNode } from '../../../../compiler/parse/yaml-node.ts';
import { type JsonObject, printJson } from '../../../policy/arguments/json-node.ts';
import { type Agent, ANONYMOUS } from '../../../policy/decision.ts';
import { readAgent as readAgentName } from '../../settings/read-setting.ts';
import { AGENT_KEYS, CALL_KEYS } from './case-keys.ts';
import { readJsonObject, readJsonText } from './read-json.ts';

export interface CallFixture {
  readonly tool: string;
  readonly arguments: JsonObject;
}

/** undefined: it stands there, and has problems of its own. */
export type Fixtures<T> = ReadonlyMap<string, T | undefined>;

export function readAgents(node: YamlNode, scope: Scope): Fixtures<Agent> {
  return new Map(
    readNamed(node, scope).map(({ key, value, scope: at }) => [key, readAgentKeys(value, at, key)]),
  );
}

export function readCalls(node: YamlNode, scope: Scope): Fixtures<CallFixture> {
  return new Map(readNamed(node, scope).map(({ key, value, scope: at }) => [key, readCall(value, at)]));
}

function readCall(node: YamlNode, scope: Scope): CallFixture | undefined {
  const members = readMembers(node, scope, CALL_KEYS);
  return members === undefined ? undefined : readToolCall(node, scope, members);
}

/** `tool` and `arguments`, of a fixture or of a step. */
export function readToolCall(
  node: YamlNode,
  scope: Scope,
  members: Members<typeof CALL_KEYS>,
): CallFixture | undefined {
  const tool = members.tool === undefined ? missingKey(node, scope, 'tool') : readToolName(members.tool);
  const values = readCallArguments(members);
  return tool === undefined || values === undefined ? undefined : { tool, arguments: values };
}

function readCallArguments({
  arguments: args,
  arguments_json: json,
}: Members<typeof CALL_KEYS>): JsonObject | undefined {
  if (json === undefined) return args === undefined ? new Map() : readJsonObject(args.value, args.scope);
  if (args === undefined) return readJsonText(json.value, json.scope);
  json.scope.problem('contradiction', json.keyPosition, 'arguments and arguments_json cannot both be meant');
  return undefined;
}

/** As messages may name it: what the proxy rejects no policy ever sees. */
function readToolName({ value, scope }: KeyedEntry): string | undefined {
  const text = readText(value, scope);
  if (text === undefined) return undefined;
  if (text !== '' && Buffer.byteLength(text) <= 1024 && !/\p{Cc}/u.test(text)) return text;
  const message = `${describe(value)} cannot be a tool's name`;
  scope.problem('bad-name', value.position, message, '1 to 1024 bytes without control characters');
  return undefined;
}

/** `name` is what it is called without an `id`. */
function readAgentKeys(node: YamlNode, scope: Scope, name: string | null): Agent | undefined {
  const members = readMembers(node, scope, AGENT_KEYS);
  if (members === undefined) return undefined;
  const { id: idKey, claims } = members;
  const object = claims === undefined ? new Map() : readJsonObject(claims.value, claims.scope);
  const id = idKey === undefined ? nameAsId(node, scope, name) : readId(idKey.value, idKey.scope);
  return id === undefined || object === undefined ? undefined : { id, claims: printJson(object) };
}

function nameAsId(node: YamlNode, scope: Scope, name: string | null): string | undefined {
  return name === null ? missingKey(node, scope, 'id') : checkId(name, node, scope);
}

/** One of the file's agents; in a file without any, whatever policies are to see. */
export function readAgentRef(
  node: YamlNode,
  scope: Scope,
  agents: Fixtures<Agent> | null,
): Agent | undefined {
  if (node.kind === 'map') return readAgentKeys(node, scope, null);
  const text = readId(node, scope);
  if (text === undefined || agents?.has(text)) return agents?.get(text ?? '');
  if (agents === null || text === ANONYMOUS) return { id: text, claims: '{}' };
  unknownName(node, scope, { place: 'agents', known: [...agents.keys()] });
  return undefined;
}

export function unknownName(
  node: YamlNode,
  scope: Scope,
  { place, known }: { readonly place: string; readonly known: readonly string[] },
): undefined {
  const message = `nothing under ${place} is called ${describe(node)}`;
  const word = node.kind === 'scalar' && typeof node.value === 'string' ? node.value : '';
  scope.problem('bad-value', node.position, message, suggestWord(word, known));
}

function readId(node: YamlNode, scope: Scope): string | undefined {
  const text = readText(node, scope);
  return text === undefined ? undefined : checkId(text, node, scope);
}

function checkId(text: string, node: YamlNode, scope: Scope): string | undefined {
  const read = readAgentName(text);
  if ('value' in read) return read.value;
  scope.problem('bad-value', node.position, `${quoteText(text)} ${read.problem}`);
  return undefined;
}
