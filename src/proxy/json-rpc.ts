// JSON-RPC messages that Regent itself sends. Ids stand as the peer wrote them, byte for byte.

/** Standard codes of JSON-RPC 2.0. */
export const PARSE_ERROR = -32700;
export const INVALID_REQUEST = -32600;
export const INVALID_PARAMS = -32602;
export const INTERNAL_ERROR = -32603;
/** A denial where the method's result has no `isError`: an application code, outside every reserved range. */
export const POLICY_DENIED = 403;

export interface RpcError {
  readonly code: number;
  readonly message: string;
  /** JSON text. */
  readonly data?: string;
}

/** `idText` is the id's JSON source; null where it could not be told. */
export function errorMessage(idText: string | null, error: RpcError): string {
  const data = error.data === undefined ? '' : `,"data":${error.data}`;
  const body = `{"code":${error.code},"message":${JSON.stringify(error.message)}${data}}`;
  return `{"jsonrpc":"2.0","id":${idText ?? 'null'},"error":${body}}`;
}

/** `result` is JSON text. */
export function resultMessage(idText: string, result: string): string {
  return `{"jsonrpc":"2.0","id":${idText},"result":${result}}`;
}

export const TOOLS_CHANGED = '{"jsonrpc":"2.0","method":"notifications/tools/list_changed"}';

/** The same on the stream of a `subscriptions/listen` (protocol 2026-07-28). */
export function toolsChangedFor(subscriptionIdText: string): string {
  const meta = `{"io.modelcontextprotocol/subscriptionId":${subscriptionIdText}}`;
  return `{"jsonrpc":"2.0","method":"notifications/tools/list_changed","params":{"_meta":${meta}}}`;
}
