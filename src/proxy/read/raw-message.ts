// One JSON-RPC message as the scanner finds it: its envelope checked, its params opened.
import { foldKey } from '../../policy/arguments/fold-key.ts';
import type { JsonNode } from '../../policy/arguments/json-node.ts';
import { type JsonScanner, skipSpace, unexpected } from './json-scanner.ts';
import { knownKeys, refuseAmbiguousKeys } from './known-keys.ts';
import { type OpenedObject, openObject } from './message-head.ts';
import { readNode } from './parse-node.ts';
import { type Members, readMembers, readTextAt, type Span } from './read-members.ts';
import { Rejection } from './rejection.ts';
import { OPEN_ARRAY, OPEN_OBJECT, scanValue } from './scan-value.ts';

export interface RawMessage extends Span {
  readonly members: Members;
  readonly method: string | null;
  /** Null where they are absent or no object. */
  readonly params: RawParams | null;
}

export interface RawParams extends OpenedObject {
  /** The member `arguments`; undefined where it is absent. */
  readonly arguments: JsonNode | undefined;
}

const TOOLS_CALL = 'tools/call';
const ENVELOPE_KEYS = knownKeys('jsonrpc', 'id', 'method', 'params', 'result', 'error');
const NO_KEYS = knownKeys();
/** What is read of the params of each method. */
const PARAMS_KEYS = new Map([
  [TOOLS_CALL, knownKeys('name', 'arguments', '_meta', 'task')],
  ['notifications/cancelled', knownKeys('requestId')],
]);

/** Passes the message at `position`. Throws `Rejection`. */
export function readRawMessage(scanner: JsonScanner): RawMessage {
  const { bytes, position: start } = scanner;
  if (bytes[start] !== OPEN_OBJECT) throw notAnObject(scanner);
  let params: RawParams | null = null;
  const members = readMembers(scanner, (_, key) => {
    if (key === 'params' && bytes[scanner.position] === OPEN_OBJECT) params = readParams(scanner);
    else scanValue(scanner);
  });
  refuseAmbiguousKeys(members.keys(), ENVELOPE_KEYS, 'the message');
  const method = checkEnvelope(bytes, members);
  checkParams(method, members, params);
  return { members, method, params, start, end: scanner.position };
}

function readParams(scanner: JsonScanner): RawParams {
  let args: JsonNode | undefined;
  const opened = openObject(scanner, (_, key) => {
    if (key === 'arguments') args = readNode(scanner);
    else scanValue(scanner);
  });
  return { members: opened.members, meta: opened.meta, arguments: args };
}

/** The method; null in an answer. */
function checkEnvelope(bytes: Buffer, members: Members): string | null {
  if (readTextAt(bytes, members.get('jsonrpc')) !== '2.0') {
    throw new Rejection('not-a-message', 'its "jsonrpc" is not "2.0"');
  }
  checkIdAt(bytes, members.get('id'));
  const method = readTextAt(bytes, members.get('method'));
  const answers = Number(members.has('result')) + Number(members.has('error'));
  if (method !== null) checkMethod(method);
  else if (members.has('method')) throw new Rejection('not-a-message', 'its method is not a text');
  else if (answers !== 1) {
    throw new Rejection('not-a-message', 'it has neither a method nor one of result and error');
  }
  if (method !== null && answers > 0) {
    throw new Rejection('not-a-message', 'it is a request and an answer at once');
  }
  return method;
}

function checkIdAt(bytes: Buffer, span: Span | undefined): void {
  if (span === undefined) return;
  const idText = bytes.toString('utf8', span.start, span.end);
  if (/^["\d-]/.test(idText) || idText === 'null') return;
  throw new Rejection('not-a-message', 'its id is neither a text nor a number');
}

/** Servers that end texts at NUL, trim them or ignore case must not find a tools/call that was not judged as one. */
function checkMethod(method: string): void {
  if (/\p{Cc}/u.test(method)) throw new Rejection('not-a-message', 'its method holds a control character');
  if (method !== TOOLS_CALL && foldKey(method.trim()) === foldKey(TOOLS_CALL)) {
    throw new Rejection('case-collision', `its method ${JSON.stringify(method)} is almost ${TOOLS_CALL}`);
  }
}

function checkParams(method: string | null, members: Members, params: RawParams | null): void {
  if (params !== null) {
    refuseAmbiguousKeys(params.members.keys(), PARAMS_KEYS.get(method ?? '') ?? NO_KEYS, 'params');
  } else if (method === TOOLS_CALL) {
    const what = members.has('params') ? 'params of tools/call is no object' : 'tools/call has no params';
    throw new Rejection('bad-tool-call', what);
  }
}

/** A value of another kind, or no JSON at all. */
function notAnObject(scanner: JsonScanner): Rejection {
  if (scanner.bytes[scanner.position] === OPEN_ARRAY) {
    return new Rejection('not-a-message', 'a batch must not hold batches');
  }
  try {
    scanValue(scanner);
  } catch (error) {
    if (error instanceof Rejection) return error;
    throw error;
  }
  const isWhole = scanner.depth > 0 || skipSpace(scanner) === undefined;
  return isWhole ? new Rejection('not-a-message', 'it is no object') : unexpected(scanner);
}
