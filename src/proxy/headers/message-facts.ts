// What of a message of protocol 2026-07-28 is said in header fields as well, read from its body.
import { PROTOCOL_VERSION } from '../read/message-head.ts';
import { readTextAt } from '../read/read-members.ts';
import type { MessageParts } from '../read/read-message.ts';
import { OPEN_OBJECT } from '../read/scan-value.ts';

/** The revision that these rules are of. */
export const MODERN_VERSION = '2026-07-28';

export const CLIENT_CAPABILITIES = 'io.modelcontextprotocol/clientCapabilities';

/** Which member of params `Mcp-Name` repeats: SEP-2243, and SEP-2663 for tasks. */
const NAME_MEMBERS: ReadonlyMap<string, string> = new Map([
  ['tools/call', 'name'],
  ['prompts/get', 'name'],
  ['resources/read', 'uri'],
  ['tasks/get', 'taskId'],
  ['tasks/update', 'taskId'],
  ['tasks/cancel', 'taskId'],
]);

/** Revisions are dates: later ones keep what 2026-07-28 began. */
export function isModernVersion(version: string): boolean {
  return version >= MODERN_VERSION;
}

/** The revision that the body's `_meta` names; null where it names none, or not by a text. */
export function versionOf(line: Buffer, { params }: MessageParts): string | null {
  return readTextAt(line, params?.meta?.get(PROTOCOL_VERSION));
}

export interface MessageName {
  /** The member of params. */
  readonly member: string;
  /** Null where it is no text; the server refuses the message for that. */
  readonly text: string | null;
}

/** What `Mcp-Name` is to repeat; null where the method has no such thing. */
export function nameOf(line: Buffer, { method, params }: MessageParts): MessageName | null {
  const member = NAME_MEMBERS.get(method ?? '');
  return member === undefined ? null : { member, text: readTextAt(line, params?.members.get(member)) };
}

/** What every request must have in its `_meta`, and this one has not; `_meta` itself where there is none. */
export function missingMeta({ params }: MessageParts): string[] {
  const meta = params?.meta;
  if (meta === null || meta === undefined) return ['_meta'];
  return [PROTOCOL_VERSION, CLIENT_CAPABILITIES].filter((key) => !meta.has(key));
}

/** Its `_meta` has all that every request of 2026-07-28 must have. */
export function hasWholeEnvelope(line: Buffer, message: MessageParts): boolean {
  const capabilities = message.params?.meta?.get(CLIENT_CAPABILITIES);
  const isObject = capabilities !== undefined && line[capabilities.start] === OPEN_OBJECT;
  return isObject && versionOf(line, message) !== null;
}
