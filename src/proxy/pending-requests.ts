// The client's requests that the server has not answered: to know which answer is a tool list, to journal what came of
// a call, and to answer all of them when the server dies.
import type { Verdict } from './judge/verdict.ts';

export interface PendingRequest {
  readonly idText: string;
  readonly method: string;
  /** Of a tool call. */
  readonly verdict: Verdict | null;
  readonly wantsToolChanges: boolean;
}

export interface PendingRequests {
  /** `key` as `idKey` makes it: equal for ids that are equal as JSON values. */
  add(key: string, request: PendingRequest): void;
  /** The oldest request of that id, or null; removes it. */
  take(key: string): PendingRequest | null;
  /**
   * Whether an answer of that id may be a list of tools. Ids may be in use twice, and nobody can say then which answer is
   * whose: any of them may be, until all requests of that id are answered.
   */
  mayBeToolList(key: string): boolean;
  /** Whether a list of tools is due. */
  awaitsToolList(): boolean;
  /** Others of that id are not answered. */
  has(key: string): boolean;
  takeAll(): PendingRequest[];
  list(): readonly PendingRequest[];
  /** Those that listen to changes of the tool list. */
  toolListeners(): PendingRequest[];
}

export function createPendingRequests(): PendingRequests {
  const byKey = new Map<string, PendingRequest[]>();
  const listKeys = new Set<string>();
  return {
    add: (key, request) => {
      const queue = byKey.get(key);
      if (queue === undefined) byKey.set(key, [request]);
      else queue.push(request);
      if (request.method === 'tools/list') listKeys.add(key);
    },
    take: (key) => {
      const queue = byKey.get(key);
      const request = queue?.shift() ?? null;
      if (queue?.length === 0) {
        byKey.delete(key);
        listKeys.delete(key);
      }
      return request;
    },
    mayBeToolList: (key) => listKeys.has(key),
    awaitsToolList: () => listKeys.size > 0,
    has: (key) => byKey.has(key),
    list: () => [...byKey.values()].flat(),
    toolListeners: () => [...byKey.values()].flat().filter((request) => request.wantsToolChanges),
    takeAll: () => {
      const all = [...byKey.values()].flat();
      byKey.clear();
      listKeys.clear();
      return all;
    },
  };
}
