// Whether the header fields of a client's POST say the same as its body (protocol 2026-07-28, SEP-2243). Policy decides on
// the body; whatever stands before Regent may have decided on the header fields.
import type { HttpProblem } from '../http/http-errors.ts';
import { INVALID_PARAMS, INVALID_REQUEST } from '../json-rpc.ts';
import { PROTOCOL_VERSION } from '../read/message-head.ts';
import type { MessageParts, ReadLine } from '../read/read-message.ts';
import { headerMismatch } from './header-mismatch.ts';
import { decodeHeaderValue, isPlainText, trimSpace } from './header-value.ts';
import { isModernVersion, MODERN_VERSION, missingMeta, nameOf, versionOf } from './message-facts.ts';

export interface CheckedPost {
  readonly body: Buffer;
  /** Of the body. */
  readonly reading: ReadLine;
  /** By its name in small letters. */
  readonly header: (name: string) => string | undefined;
}

/** A POST of one message. */
interface Checked extends CheckedPost {
  readonly message: MessageParts;
  /** `MCP-Protocol-Version`. */
  readonly version: string | undefined;
}

/**
 * Null where they agree, or where the rules ask for nothing: for messages of older protocols. What does not agree is
 * answered as the reference server does:
 *
 * - a header field that is missing or says something else: -32020 (`HeaderMismatch`), as `headerMismatch` builds it
 * - a header of 2026-07-28 with a request that has no `_meta` for it: -32602, `data: { envelope: { missing: […] } }`; but
 *   with `initialize`, which 2026-07-28 has not: -32020
 * - a `_meta` that names its version by something else than a text: -32602, `data: { envelope: { key, problem } }`
 * - a batch with a message of 2026-07-28, or a batch or an answer with its header: -32600
 *
 * each with HTTP 400. A version that Regent does not know need not come with header fields, for only the server can say
 * what it makes of it; but what they say must agree.
 */
export function checkHeaders(post: CheckedPost): HttpProblem | null {
  const { body, reading, header } = post;
  const given = header('mcp-protocol-version');
  const version = given === undefined ? undefined : trimSpace(given);
  const [message] = reading.messages;
  if (message === undefined) return null;
  if (reading.isBatch || message.kind === 'response') return checkShape(reading, version);
  const checked = { body, reading, header, message, version };
  return message.isModern ? checkModern(checked) : checkLegacy(checked);
}

function checkShape({ isBatch, messages }: ReadLine, version: string | undefined): HttpProblem | null {
  const isModern = messages.some((message) => message.isModern);
  if (!isModern && (version === undefined || !isModernVersion(version))) return null;
  const what = isBatch ? 'batches' : 'answers of a client';
  const message = `Rejected by Regent: protocol ${MODERN_VERSION} has no ${what}. Nothing was forwarded.`;
  return { status: 400, code: INVALID_REQUEST, message };
}

/** Without the `_meta` of 2026-07-28. */
function checkLegacy(checked: Checked): HttpProblem | null {
  const { message, version } = checked;
  const { method, kind, idText } = message;
  if (version === undefined || !isModernVersion(version)) return null;
  if (method === 'initialize') {
    return headerMismatch({ header: version, detail: `${version} has no initialize`, idText });
  }
  // Nothing asks notifications for a `_meta`: there the header alone says which protocol they are of.
  if (kind === 'notification') return checkMethod(checked);
  const missing = missingMeta(message);
  return {
    status: 400,
    code: INVALID_PARAMS,
    message: `Rejected by Regent: MCP-Protocol-Version is ${version}, but the request lacks ${missing.join(', ')}. Nothing was forwarded.`,
    data: JSON.stringify({ envelope: { missing } }),
    idText,
  };
}

function checkModern(checked: Checked): HttpProblem | null {
  const { body, message } = checked;
  const claimed = versionOf(body, message);
  if (claimed === null) return badVersion(message);
  const isRequired = message.kind === 'request' && claimed === MODERN_VERSION;
  return (
    checkVersion(checked, claimed) ??
    checkMethod(checked) ??
    checkName(checked) ??
    (isRequired ? findMissing(checked) : null)
  );
}

function badVersion({ idText }: MessageParts): HttpProblem {
  const problem = 'it is no text';
  return {
    status: 400,
    code: INVALID_PARAMS,
    message: `Rejected by Regent: ${PROTOCOL_VERSION} of its _meta: ${problem}. Nothing was forwarded.`,
    data: JSON.stringify({ envelope: { key: PROTOCOL_VERSION, problem } }),
    idText,
  };
}

function checkVersion({ message, version }: Checked, claimed: string): HttpProblem | null {
  if (version === undefined || (version === claimed && isPlainText(version))) return null;
  const detail = 'MCP-Protocol-Version is not the version that the body names';
  return headerMismatch({ header: version, detail, idText: message.idText });
}

function checkMethod({ message, header }: Checked): HttpProblem | null {
  const value = header('mcp-method');
  if (value === undefined) return null;
  const method = trimSpace(value);
  if (method === message.method && isPlainText(method)) return null;
  const detail = "Mcp-Method is not the body's method";
  return headerMismatch({ header: method, detail, idText: message.idText });
}

function checkName({ body, message, header }: Checked): HttpProblem | null {
  const value = header('mcp-name');
  const name = nameOf(body, message);
  if (value === undefined || name === null) return null;
  const decoded = decodeHeaderValue(value);
  if (decoded !== null && (name.text === null || decoded === name.text)) return null;
  const detail = decoded === null ? 'Mcp-Name cannot be decoded' : `Mcp-Name is not params.${name.member}`;
  return headerMismatch({ header: trimSpace(value), detail, idText: message.idText });
}

function findMissing({ body, message, header, version }: Checked): HttpProblem | null {
  const isNamed = (nameOf(body, message)?.text ?? null) !== null;
  const missing = [
    version === undefined && 'MCP-Protocol-Version',
    header('mcp-method') === undefined && 'Mcp-Method',
    isNamed && header('mcp-name') === undefined && 'Mcp-Name',
  ].find((name) => name !== false);
  if (missing === undefined) return null;
  return headerMismatch({ header: undefined, detail: `${missing} is missing`, idText: message.idText });
}
