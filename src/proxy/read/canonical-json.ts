// JSON in one canonical form, so that equal values have equal digests: members sorted by UTF-16 code units as in
// RFC 8785, numbers by value and without a double in between.
import { canonicalNumber } from '../../../compiler/model/exact-number.ts';
import { type JsonNode, JsonNumber } from '../../policy/arguments/json-node.ts';

export function canonicalJson(node: JsonNode): string {
  if (node instanceof JsonNumber) return canonicalNumber(node.text);
  if (Array.isArray(node)) return `[${node.map(canonicalJson).join(',')}]`;
  if (node instanceof Map) {
    let members = '';
    // By code units, as `sort` does without being told how.
    for (const key of [...node.keys()].sort()) {
      members += `${members === '' ? '' : ','}${JSON.stringify(key)}:${canonicalJson(node.get(key) ?? null)}`;
    }
    return `{${members}}`;
  }
  return JSON.stringify(node);
}
