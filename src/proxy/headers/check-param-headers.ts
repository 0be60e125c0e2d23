// Whether the `Mcp-Param-…` header fields of a tools/call say the same as its arguments, for tools whose list came by.
import { canonicalNumber } from '../../../compiler/model/exact-number.ts';
import { type JsonNode, JsonNumber } from '../../policy/arguments/json-node.ts';
import type { HttpProblem } from '../http/http-errors.ts';
import type { CheckedPost } from './check-headers.ts';
import { headerMismatch } from './header-mismatch.ts';
import { argumentText, decodeHeaderValue } from './header-value.ts';
import { argumentAt, headerNameOf } from './param-header.ts';
import type { ToolHeaders } from './tool-headers.ts';

const DECIMAL = /^-?\d+(\.\d+)?$/;

/**
 * For servers that see no header fields: Regent stands in for them. Null where the message is no tools/call of protocol
 * 2026-07-28, or the tool is not known; a header field that no argument belongs to means nothing. Problems are -32020, as
 * `headerMismatch` builds it, with the field's name in place of what it says.
 */
export function checkParamHeaders(
  { reading, header }: CheckedPost,
  tools: Pick<ToolHeaders, 'paramsOf'>,
): HttpProblem | null {
  for (const { kind, isModern, toolCall, idText } of reading.messages) {
    if (kind !== 'request' || !isModern || toolCall === null) continue;
    for (const param of tools.paramsOf(toolCall.name)) {
      const name = headerNameOf(param);
      const argument = argumentAt(toolCall.arguments, param);
      const problem = compare(argument, header(name.toLowerCase()));
      if (problem !== null) return headerMismatch({ header: name, detail: `${name} ${problem}`, idText });
    }
  }
  return null;
}

function compare(argument: JsonNode | undefined, value: string | undefined): string | null {
  const isNumber = argument instanceof JsonNumber;
  const text = argumentText(argument);
  if (text === null && !isNumber) return null;
  if (value === undefined) return isNumber && isUnsafe(argument) ? null : 'is missing';
  const decoded = decodeHeaderValue(value);
  if (decoded === null) return 'cannot be decoded';
  const isEqual =
    isNumber && DECIMAL.test(decoded)
      ? canonicalNumber(decoded) === canonicalNumber(argument.text)
      : decoded === text;
  return isEqual ? null : "is not the call's argument";
}

/** Numbers that clients in JavaScript cannot hold exactly, and so leave out; the rules do not allow them at all. */
function isUnsafe({ text }: JsonNumber): boolean {
  return Math.abs(Number(text)) > Number.MAX_SAFE_INTEGER;
}
