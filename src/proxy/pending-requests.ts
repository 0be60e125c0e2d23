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
  /** Whether some unanswered request of that id has this method (ids may be in use twice). */
  has(key: string, method: string): boolean;
  /** Whether any unanswered request has this method. */
  hasMethod(method: string): boolean;
  takeAll(): PendingRequest[];
  list(): readonly PendingRequest[];
  /** Those that listen to changes of the tool list. */
  toolListeners(): PendingRequest[];
}

export function createPendingRequests(): PendingRequests {
  const byKey = new Map<string, PendingRequest[]>();
  const perMethod = new Map<string, number>();
  const count = (method: string, change: number): void => {
    const left = (perMethod.get(method) ?? 0) + change;
    if (left > 0) perMethod.set(method, left);
    else perMethod.delete(method);
  };
  return {
    add: (key, request) => {
      const queue = byKey.get(key);
      if (queue === undefined) byKey.set(key, [request]);
      else queue.push(request);
      count(request.method, 1);
    },
    take: (key) => {
      const queue = byKey.get(key);
      const request = queue?.shift() ?? null;
      if (queue?.length === 0) byKey.delete(key);
      if (request !== null) count(request.method, -1);
      return request;
    },
    has: (key, method) => byKey.get(key)?.some((request) => request.method === method) ?? false,
    hasMethod: (method) => perMethod.has(method),
    list: () => [...byKey.values()].flat(),
    toolListeners: () => [...byKey.values()].flat().filter((request) => request.wantsToolChanges),
    takeAll: () => {
      const all = [...byKey.values()].flat();
      byKey.clear();
      perMethod.clear();
      return all;
    },
  };
}
