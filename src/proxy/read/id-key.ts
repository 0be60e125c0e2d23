// Ids as keys: equal where the ids are equal as JSON values (`1` and `1.0`), never equal across types (`1` and `"1"`).
import { canonicalNumber } from '../../../compiler/model/exact-number.ts';

/** `idText` is the id's JSON source. */
export function idKey(idText: string): string {
  if (idText.startsWith('"')) return `s${JSON.parse(idText) as string}`;
  return idText === 'null' ? 'null' : `n${canonicalNumber(idText)}`;
}
