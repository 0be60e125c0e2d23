// Takes out of an event what the policy masks, without touching a digit of the rest.
import { type JsonNode, type JsonObject, printJson } from '../../policy/arguments/json-node.ts';
import type { EventParts } from './decision-event.ts';
import type { MaskRule } from './mask-rule.ts';

/** Reads JSON text without loss. Throws where it is none. */
export type ParseJson = (text: string) => JsonNode;

/** The event with the paths that were found in `erased` and `masked`. */
export function maskEvent(parts: EventParts, rules: readonly MaskRule[], parse: ParseJson): EventParts {
  if (rules.length === 0) return parts;
  const masked = new Map(parts);
  const roots: JsonObject = new Map();
  for (const root of ['input', 'result']) roots.set(root, parse(parts.get(root) ?? 'null'));
  const applied = rules.filter((rule) => apply(rule, roots, parse));
  for (const root of ['input', 'result']) {
    const node = roots.get(root);
    if (node === undefined) masked.delete(root);
    else masked.set(root, printJson(node));
  }
  hideCopies(masked, applied, parse);
  const pathsOf = (op: MaskRule['op']): string[] =>
    applied.filter((rule) => rule.op === op).map(({ path }) => path);
  for (const [key, paths] of [
    ['erased', pathsOf('remove')] as const,
    ['masked', pathsOf('upsert')] as const,
  ]) {
    if (paths.length > 0) masked.set(key, JSON.stringify(paths.sort()));
  }
  return masked;
}

/** What stands in the input stands elsewhere too: agent, server and tool. */
function hideCopies(event: Map<string, string>, applied: readonly MaskRule[], parse: ParseJson): void {
  const hidden = applied.filter(({ root }) => root === 'input').map(({ steps }) => steps.join('/'));
  if (['', 'agent', 'agent/id'].some((path) => hidden.includes(path))) event.delete('requested_by');
  const names = ['server', 'tool'].filter((name) => hidden.includes('') || hidden.includes(name));
  if (names.length === 0) return;
  const custom = parse(event.get('custom') ?? 'null');
  const regent = memberOf(custom, 'regent');
  for (const name of names) remove(regent, name);
  event.set('custom', printJson(custom));
}

/** Whether there was something to change. */
function apply({ op, root, steps, value }: MaskRule, roots: JsonObject, parse: ParseJson): boolean {
  const way = [root, ...steps];
  const last = way.pop() ?? '';
  let node: JsonNode | undefined = roots;
  for (const step of way) {
    if (op === 'upsert' && node instanceof Map && node !== roots && !node.has(step))
      node.set(step, new Map());
    node = memberOf(node, step);
  }
  return op === 'remove' ? remove(node, last) : put(node, last, parse(JSON.stringify(value)));
}

function memberOf(node: JsonNode | undefined, step: string): JsonNode | undefined {
  if (node instanceof Map) return node.get(step);
  const index = Array.isArray(node) ? indexOf(node, step) : null;
  return index === null || !Array.isArray(node) ? undefined : node[index];
}

function remove(node: JsonNode | undefined, step: string): boolean {
  if (node instanceof Map) return node.delete(step);
  const index = Array.isArray(node) ? indexOf(node, step) : null;
  if (index === null || !Array.isArray(node)) return false;
  node.splice(index, 1);
  return true;
}

function put(node: JsonNode | undefined, step: string, value: JsonNode): boolean {
  if (node instanceof Map) {
    node.set(step, value);
    return true;
  }
  const index = Array.isArray(node) ? indexOf(node, step) : null;
  if (index === null || !Array.isArray(node)) return false;
  node[index] = value;
  return true;
}

/** Null where the list has no such element. */
function indexOf(list: readonly JsonNode[], step: string): number | null {
  const index = /^\d{1,9}$/.test(step) ? Number(step) : list.length;
  return index < list.length ? index : null;
}
