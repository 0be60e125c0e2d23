// Deliveries of approvals' steps to a webhook: each step once, by whichever sidecar comes first, until it is taken.
import type { ApprovalStepKind } from '../approvals/approval.ts';

export type DeliveryStatus = 'waiting' | 'delivered' | 'failed';

export interface Delivery {
  /** Sequence of the step that is delivered: also the key by which receivers know a repetition. */
  readonly step: number;
  readonly status: DeliveryStatus;
  /** Attempts so far. */
  readonly attempts: number;
  /** When it was last changed. */
  readonly atMs: number;
  /** When it may be tried (again). */
  readonly nextMs: number;
  /** What came of the last attempt, for people; null before it. */
  readonly detail: string | null;
}

export interface ClaimedDelivery extends Delivery {
  readonly approvalId: string;
  readonly kind: ApprovalStepKind;
}

export interface DeliveryStore {
  /**
   * Takes waiting deliveries whose time has come: nobody else gets them before `leaseMs` is over. Steps without a
   * delivery get one first, but steps from before `sinceMs` never do.
   */
  claimDeliveries(claim: DeliveryClaim): Promise<ClaimedDelivery[]>;
  /** What came of an attempt. */
  settleDelivery(delivery: Delivery): Promise<void>;
  /** The newest first. */
  listDeliveries(limit: number): Promise<ClaimedDelivery[]>;
}

export interface DeliveryClaim {
  readonly nowMs: number;
  readonly sinceMs: number;
  readonly leaseMs: number;
  readonly limit: number;
}
