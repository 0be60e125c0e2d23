// The answer to a message whose header fields say something else than its body.
import type { HttpProblem } from '../http/http-errors.ts';

/** `HeaderMismatch` of protocol 2026-07-28. */
export const HEADER_MISMATCH = -32020;

export interface Mismatch {
  /** What the header field says, or which one it is; undefined where it is missing. */
  readonly header: string | undefined;
  /** What is wrong, for people. */
  readonly detail: string;
  readonly idText: string | null;
}

/** As the reference server answers: HTTP 400, -32020, and `data: { mismatch: { header, body } }`, both texts. */
export function headerMismatch({ header = '(missing)', detail, idText }: Mismatch): HttpProblem {
  return {
    status: 400,
    code: HEADER_MISMATCH,
    message: `Rejected by Regent: the header fields and the body disagree: ${detail}. Nothing was forwarded.`,
    data: JSON.stringify({ mismatch: { header, body: detail } }),
    idText,
  };
}
