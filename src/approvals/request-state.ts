// What a client of 2026-07-28 carries from "input required" to its next try: which approval it waits for, signed, so that
// nobody can make one up. It opens nothing by itself: the call is judged, and its approval looked up, all the same.
import { createHmac, timingSafeEqual } from 'node:crypto';
import type { RecordStore } from '../state/store.ts';

export interface RequestStates {
  /** Throws `StateError`. */
  sign(state: RequestState): Promise<string>;
  /** Null where Regent did not make it, or its time is over. Throws `StateError`. */
  verify(text: string, nowMs: number): Promise<RequestState | null>;
}

export interface RequestState {
  readonly approvalId: string;
  readonly agent: string;
  readonly untilMs: number;
}

/** Servers have request states of their own; these are Regent's. */
const PREFIX = 'regent.';
const SECRET = 'request-state';

export function isRegentState(text: string): boolean {
  return text.startsWith(PREFIX);
}

/** Several sidecars on one state file know each other's. */
export function createRequestStates(store: RecordStore): RequestStates {
  let key: string | null = null;
  const sealOf = async (payload: string): Promise<string> => {
    key ??= await store.readSecret(SECRET);
    return createHmac('sha256', key).update(payload).digest('base64url');
  };
  return {
    sign: async (state) => {
      const payload = Buffer.from(JSON.stringify(state)).toString('base64url');
      return `${PREFIX}${payload}.${await sealOf(payload)}`;
    },
    verify: async (text, nowMs) => {
      if (!isRegentState(text)) return null;
      const [payload = '', seal = '', ...more] = text.slice(PREFIX.length).split('.');
      // Texts are compared, not what they decode to: several would decode to the same seal.
      const [given, expected] = [Buffer.from(seal), Buffer.from(await sealOf(payload))];
      if (more.length > 0 || given.length !== expected.length || !timingSafeEqual(given, expected))
        return null;
      const state = JSON.parse(Buffer.from(payload, 'base64url').toString()) as RequestState;
      return nowMs < state.untilMs ? state : null;
    },
  };
}
