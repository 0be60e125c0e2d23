// Ids as keys: equal where the ids are equal as JSON values (`1` and `1.0`), never equal across types (`1` and `"1"`).
import { canonicalNumber } from '../../../compiler/model/exact-number.ts';

/** `idText` is the id's JSON source. What is no id by JSON-RPC (`true`, `[1]`) is a key to itself. */
export function idKey(idText: string): string {
  if (idText.startsWith('"')) return `text ${JSON.parse(idText) as string}`;
  return /^[\d-]/.test(idText) ? `number ${canonicalNumber(idText)}` : `other ${idText}`;
}
