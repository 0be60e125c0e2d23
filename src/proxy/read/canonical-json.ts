// JSON in one canonical form, so that equal values have equal digests: members sorted by UTF-16 code units as in
// RFC 8785, numbers by value and without a double in between.
import { canonicalNumber } from '../../../compiler/model/exact-number.ts';
import { type JsonNode, JsonNumber } from '../../policy/json-node.ts';

export function canonicalJson(node: JsonNode): string {
  if (node instanceof JsonNumber) return canonicalNumber(node.text);
  if (Array.isArray(node)) return `[${node.map(canonicalJson).join(',')}]`;
  if (node instanceof Map) {
    const members = [...node].sort(([a], [b]) => (a < b ? -1 : 1));
    return `{${members.map(([key, value]) => `${JSON.stringify(key)}:${canonicalJson(value)}`).join(',')}}`;
  }
  return JSON.stringify(node);
}
