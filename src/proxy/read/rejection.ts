// Why a message is not read: two parsers could read it differently, or it is no JSON-RPC message at all.

export type RejectionCode =
  | 'not-json'
  | 'not-utf8'
  | 'lone-surrogate'
  | 'line-break'
  | 'duplicate-key'
  | 'ambiguous-key'
  | 'case-collision'
  | 'too-deep'
  | 'not-a-message'
  | 'bad-tool-call';

/** Thrown inside the reader only; `readMessage` turns it into a value. */
export class Rejection extends Error {
  readonly code: RejectionCode;

  constructor(code: RejectionCode, detail: string) {
    super(detail);
    this.code = code;
  }
}
