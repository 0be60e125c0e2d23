// What the parts of the webhook share.
import type { DeliveryStore } from '../../state/delivery.ts';
import type { ApprovalStore } from '../../state/store.ts';
import type { Logger } from '../../telemetry/logger.ts';
import type { RetryPlan } from './settle-attempt.ts';

export interface WebhookParts {
  readonly store: ApprovalStore & DeliveryStore;
  readonly url: URL;
  /** Of the signatures. */
  readonly key: Buffer;
  readonly format: 'json' | 'slack';
  /** As people see it; null where none is known. */
  readonly consoleUrl: () => URL | null;
  /** Unix milliseconds. */
  readonly now: () => number;
  readonly log: Logger;
  readonly plan: RetryPlan;
  /** Of one attempt. */
  readonly timeoutMs: number;
}
