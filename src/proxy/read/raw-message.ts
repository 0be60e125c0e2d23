// One JSON-RPC message as the scanner finds it: its envelope checked, its params opened.
import { foldKey } from '../../policy/ambiguous-key.ts';
import { type JsonScanner, readString, scanObject, scanValue, unexpected } from './json-scanner.ts';
import { Rejection } from './rejection.ts';

export interface Span {
  readonly start: number;
  readonly end: number;
}

export interface RawMessage extends Span {
  /** JSON source of the id. */
  readonly idText: string | null;
  readonly method: string | null;
  /** Members of `params`; null where they are absent or no object. */
  readonly params: ReadonlyMap<string, Span> | null;
}

const ENVELOPE = ['jsonrpc', 'id', 'method', 'params', 'result', 'error'];
const CALL_PARAMS = ['name', 'arguments', '_meta', 'task'];

/** `onId` hears of the id as soon as it is known: the answer to a rejected message needs it. */
export function readRawMessage(
  scanner: JsonScanner,
  depth: number,
  onId?: (idText: string) => void,
): RawMessage {
  if (scanner.bytes[scanner.position] !== 0x7b) throw notAnObject(scanner);
  const start = scanner.position;
  const members = new Map<string, Span>();
  let params: Map<string, Span> | null = null;
  scanObject(scanner, depth, (_, below, key) => {
    const from = scanner.position;
    if (key === 'params' && scanner.bytes[from] === 0x7b) params = readMembers(scanner, below);
    else scanValue(scanner, below);
    const span = { start: from, end: scanner.position };
    members.set(key, span);
    if (key === 'id') onId?.(readId(scanner, span));
  });
  refuseCollisions(members, ENVELOPE, 'the message');
  const message = readEnvelope(scanner, members);
  checkParams(message.method, members, params);
  return { ...message, params, start, end: scanner.position };
}

/** The members of the object at `position`. */
export function readMembers(scanner: JsonScanner, depth: number): Map<string, Span> {
  const members = new Map<string, Span>();
  scanObject(scanner, depth, (_, below, key) => {
    const start = scanner.position;
    scanValue(scanner, below);
    members.set(key, { start, end: scanner.position });
  });
  return members;
}

function readEnvelope(
  scanner: JsonScanner,
  members: ReadonlyMap<string, Span>,
): Pick<RawMessage, 'idText' | 'method'> {
  const { bytes } = scanner;
  const version = members.get('jsonrpc');
  if (version === undefined || readTextAt(bytes, version) !== '2.0') {
    throw new Rejection('not-a-message', 'its "jsonrpc" is not "2.0"');
  }
  const id = members.get('id');
  const idText = id === undefined ? null : readId(scanner, id);
  const methodSpan = members.get('method');
  const method = methodSpan === undefined ? null : readTextAt(bytes, methodSpan);
  if (methodSpan !== undefined && method === null)
    throw new Rejection('not-a-message', 'its method is not a text');
  const answers = Number(members.has('result')) + Number(members.has('error'));
  if (method === null && answers !== 1)
    throw new Rejection('not-a-message', 'it has neither a method nor one of result and error');
  if (method !== null && answers > 0)
    throw new Rejection('not-a-message', 'it is a request and an answer at once');
  return { idText, method };
}

function readId({ bytes }: JsonScanner, span: Span): string {
  const idText = bytes.toString('utf8', span.start, span.end);
  if (/^["\d-]/.test(idText) || idText === 'null') return idText;
  throw new Rejection('not-a-message', 'its id is neither a text nor a number');
}

function checkParams(
  method: string | null,
  members: ReadonlyMap<string, Span>,
  params: ReadonlyMap<string, Span> | null,
): void {
  if (params !== null) refuseCollisions(params, method === 'tools/call' ? CALL_PARAMS : [], 'params');
  if (method === 'tools/call' && params === null) {
    throw new Rejection(
      'bad-tool-call',
      members.has('params') ? 'params of tools/call is no object' : 'tools/call has no params',
    );
  }
}

/** Keys that a case-insensitive reader would take for another, or for one of `known`. */
function refuseCollisions(members: ReadonlyMap<string, Span>, known: readonly string[], where: string): void {
  const byFold = new Map(known.map((key) => [foldKey(key), key]));
  for (const key of members.keys()) {
    const folded = foldKey(key);
    const other = byFold.get(folded);
    if (other !== undefined && other !== key) {
      const keys = `${JSON.stringify(key)} and ${JSON.stringify(other)}`;
      throw new Rejection('case-collision', `in ${where} the keys ${keys} differ only in case`);
    }
    byFold.set(folded, key);
  }
}

/** The text at `span`, or null where another value stands. */
export function readTextAt(bytes: Buffer, span: Span): string | null {
  if (bytes[span.start] !== 0x22) return null;
  return readString({ bytes, position: span.start, maxDepth: 0 });
}

function notAnObject(scanner: JsonScanner): Rejection {
  const byte = scanner.bytes[scanner.position];
  if (byte === 0x5b) return new Rejection('not-a-message', 'a batch must not hold batches');
  try {
    scanValue(scanner, 0);
  } catch {
    return unexpected(scanner);
  }
  return new Rejection('not-a-message', 'it is no object');
}
