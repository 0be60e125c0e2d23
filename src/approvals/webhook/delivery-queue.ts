// Deliveries under way: the steps of one request one after the other, and those of others beside them, so that a receiver
// that is slow with one does not hold up the rest.
import type { ClaimedDelivery } from '../../state/delivery.ts';

export interface DeliveryQueue {
  /** How many more may be taken. */
  free(): number;
  add(delivery: ClaimedDelivery): void;
  /** Resolves when nothing is under way. */
  idle(): Promise<void>;
}

/** `deliver` never rejects. */
export function createDeliveryQueue(
  max: number,
  deliver: (delivery: ClaimedDelivery) => Promise<void>,
): DeliveryQueue {
  /** By approval: the end of what was added last. */
  const ends = new Map<string, Promise<void>>();
  let count = 0;
  return {
    free: () => max - count,
    add: (delivery) => {
      const { approvalId } = delivery;
      count += 1;
      const end = (ends.get(approvalId) ?? Promise.resolve())
        .then(() => deliver(delivery))
        .finally(() => {
          count -= 1;
          if (ends.get(approvalId) === end) ends.delete(approvalId);
        });
      ends.set(approvalId, end);
    },
    idle: async () => void (await Promise.all(ends.values())),
  };
}
