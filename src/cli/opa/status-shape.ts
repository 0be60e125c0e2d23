// A status report in OPA's shape.
import { DROP_REASONS, type LogCounts } from '../../journal/upload/log-counts.ts';
import type { BundleStatus } from '../../policy/remote/bundle-status.ts';
import { ServiceError } from '../../transport/opa-service.ts';

export interface StatusFacts {
  readonly labels: Readonly<Record<string, string>>;
  /** Null where the policy comes from files. */
  readonly bundle: BundleStatus | null;
  /** Null where no decisions are logged. */
  readonly logs: { readonly counts: LogCounts; readonly failure: object } | null;
}

export function statusReport({ labels, bundle, logs }: StatusFacts): object {
  const metrics = logs === null ? {} : countersByName(logs.counts);
  return {
    labels,
    ...(bundle === null ? {} : { bundles: { [bundle.name]: bundle } }),
    ...(logs === null ? {} : { decision_logs: { ...logs.failure, metrics } }),
    metrics,
    plugins: {
      ...(bundle === null
        ? {}
        : { bundle: { state: bundle.active_revision === undefined ? 'NOT_READY' : 'OK' } }),
      ...(logs === null ? {} : { decision_logs: { state: 'OK' } }),
    },
  };
}

/** OPA's names where it has one. */
function countersByName({ uploadedEvents, uploadedChunks, failedChunks, dropped }: LogCounts): object {
  const drops = DROP_REASONS.map((reason) => [
    `counter_decision_logs_dropped_${DROP_NAMES[reason]}`,
    dropped[reason],
  ]);
  return {
    counter_decision_logs_events_uploaded: uploadedEvents,
    counter_decision_logs_chunks_uploaded: uploadedChunks,
    counter_decision_logs_chunks_upload_failed: failedChunks,
    ...Object.fromEntries(drops),
  };
}

const DROP_NAMES = {
  rate_limit: 'rate_limit_exceeded',
  oversized: 'upload_size_limit_exceeded',
  drop_rule: 'drop_rule',
  rule_failed: 'rule_failed',
} as const;

export function describeFailure(error: unknown): object {
  if (error === null) return {};
  const message = error instanceof Error ? error.message : String(error);
  const status = error instanceof ServiceError ? error.status : null;
  return { code: 'decision_log_error', message, ...(status === null ? {} : { http_code: String(status) }) };
}
