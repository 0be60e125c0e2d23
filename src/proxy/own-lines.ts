// Lines that Regent itself sends to the client, with the heads that transports route them by.
import type { PlacedHead } from '../transport/transport.ts';
import { TOOLS_CHANGED, toolsChangedFor } from './json-rpc.ts';
import type { ClientLine } from './session.ts';

/** An answer as JSON text, and the id that stands in it. */
export interface OwnAnswer {
  readonly idText: string | null;
  readonly text: string;
}

export function answerLine(answer: OwnAnswer): ClientLine {
  const line = Buffer.from(answer.text);
  return { line, heads: [responseHead(answer.idText, { start: 0, end: line.length })] };
}

export function batchLine(answers: readonly OwnAnswer[]): ClientLine {
  const heads: PlacedHead[] = [];
  let at = 1;
  for (const { idText, text } of answers) {
    const end = at + Buffer.byteLength(text);
    heads.push(responseHead(idText, { start: at, end }));
    at = end + 1;
  }
  return { line: Buffer.from(`[${answers.map(({ text }) => text).join(',')}]`), heads };
}

/** `subscriptionIdText` is the id of the `subscriptions/listen` that asked for it, in protocol 2026-07-28. */
export function toolsChangedLine(subscriptionIdText: string | null): ClientLine {
  const line = Buffer.from(subscriptionIdText === null ? TOOLS_CHANGED : toolsChangedFor(subscriptionIdText));
  const head = {
    ...responseHead(null, { start: 0, end: line.length }),
    kind: 'notification',
    isError: false,
  } as const;
  return { line, heads: [{ ...head, method: 'notifications/tools/list_changed', subscriptionIdText }] };
}

/** A `notifications/progress` of Regent's own. */
export function progressLine(line: Buffer, progressTokenText: string | null): ClientLine {
  const head = {
    ...responseHead(null, { start: 0, end: line.length }),
    kind: 'notification',
    isError: false,
  } as const;
  return { line, heads: [{ ...head, method: 'notifications/progress', progressTokenText }] };
}

function responseHead(idText: string | null, place: { start: number; end: number }): PlacedHead {
  return {
    kind: 'response',
    idText,
    method: null,
    progressTokenText: null,
    cancelsIdText: null,
    subscriptionIdText: null,
    isError: true,
    isModern: false,
    ...place,
  };
}
