// What a sidecar tells the organisation's services, where settings ask for it: decisions, and its own state.
import { randomUUID } from 'node:crypto';
import { type DecisionLog, startDecisionLog } from '../../journal/upload/decision-log.ts';
import { createEventRate } from '../../journal/upload/event-rate.ts';
import { consoleSink, type EventSink, serviceSink } from '../../journal/upload/event-sink.ts';
import { createLogCounters, type LogCounters } from '../../journal/upload/log-counts.ts';
import type { JsonNode } from '../../policy/arguments/json-node.ts';
import { parseNode } from '../../proxy/read/parse-node.ts';
import { openRecoveringStore } from '../../state/recovering-store.ts';
import { openSqliteStore } from '../../state/sqlite-store.ts';
import type { StateStore } from '../../state/store.ts';
import { startStatusReporter } from '../../telemetry/status-report.ts';
import type { HttpAnswer } from '../../transport/http-exchange.ts';
import type { DecisionLogSettings, OpaSettings, StatusSettings } from '../settings/opa/opa-settings.ts';
import type { SidecarOptions } from '../settings/sidecar-options.ts';
import type { OpenGate } from '../sidecar/open-gate.ts';
import { readVersion } from '../version.ts';
import { findService } from './find-service.ts';
import { metricsText } from './metrics-text.ts';
import { describeFailure, statusReport } from './status-shape.ts';

export interface Reports {
  /** Prometheus text; null where none is asked for. */
  metrics(): HttpAnswer | null;
  close(): Promise<void>;
}

const NO_REPORTS: Reports = { metrics: () => null, close: async () => {} };

interface ReportParts {
  readonly open: OpenGate;
  readonly options: SidecarOptions;
  readonly opa: OpaSettings;
  /** `id` and `version` are this process's own, as in OPA. */
  readonly labels: Readonly<Record<string, string>>;
  readonly counters: LogCounters;
}

export async function openReports(open: OpenGate, options: SidecarOptions): Promise<Reports> {
  const { opa } = options;
  if (opa === null || (opa.decisionLogs === null && opa.status === null)) return NO_REPORTS;
  const labels = { ...opa.labels, id: randomUUID(), version: readVersion() };
  const parts = { open, options, opa, labels, counters: createLogCounters() };
  let failure: unknown = null;
  const status = opa.status === null ? null : openStatus(parts, opa.status, () => failure);
  const logs =
    opa.decisionLogs === null
      ? null
      : openDecisionLogs(parts, opa.decisionLogs, (error) => {
          failure = error;
          status?.changed();
        });
  // What a sidecar before left waits for the policy, which says what it masks.
  if (logs !== null && !open.hasPolicy()) open.onPolicyChange(logs.wake);
  await logs?.begun;
  return {
    metrics: () =>
      opa.status?.isPrometheus === true ? metricsText(parts.counters.counts(), open.bundle) : null,
    close: async () => {
      await logs?.close();
      status?.close();
    },
  };
}

function openStatus(
  { open, opa, labels, counters }: ReportParts,
  settings: StatusSettings,
  failure: () => unknown,
): ReturnType<typeof startStatusReporter> {
  const reporter = startStatusReporter({
    service: settings.service === null ? null : findService(opa, settings.service).service,
    resource: settings.resource,
    isConsole: settings.isConsole,
    report: () =>
      statusReport({
        labels,
        bundle: open.bundle?.status() ?? null,
        logs:
          opa.decisionLogs === null
            ? null
            : { counts: counters.counts(), failure: describeFailure(failure()) },
      }),
    log: open.gate.log,
  });
  open.bundle?.onStatus(reporter.changed);
  reporter.changed();
  return reporter;
}

/** The first place is the one whose counts and failures are reported. */
function openDecisionLogs(
  parts: ReportParts,
  settings: DecisionLogSettings,
  onRound: (error: unknown) => void,
): DecisionLog {
  const { options } = parts;
  // On a connection of its own: reading many rows never holds a call up.
  const store = openRecoveringStore(({ mustExist }) =>
    openSqliteStore({ file: options.state, durability: options.durability, mustExist }),
  );
  const [first, ...others] = sinksOf(parts, settings);
  const logs = others.map((sink) => ({
    sink,
    counters: createLogCounters(),
    onRound: (_error: unknown): void => {},
  }));
  if (first !== undefined) logs.unshift({ sink: first, counters: parts.counters, onRound });
  const started = logs.map((log) => startLog(parts, { ...log, store, settings }));
  return {
    begun: Promise.all(started.map((log) => log.begun)).then(() => undefined),
    wake: () => {
      for (const log of started) log.wake();
    },
    close: async () => {
      await Promise.all(started.map((log) => log.close()));
      await store.close();
    },
  };
}

function sinksOf({ opa, open }: ReportParts, settings: DecisionLogSettings): EventSink[] {
  const { upload, uploadBytes, isConsole } = settings;
  const sinks = isConsole ? [consoleSink(open.serverName)] : [];
  if (upload === null) return sinks;
  const { service, settings: place } = findService(opa, upload.service);
  const sink = serviceSink({
    service,
    serviceUrl: place.url.href,
    resource: upload.resource,
    server: open.serverName,
    maxBytes: uploadBytes,
    delay: settings,
    timeoutMs: place.responseHeaderTimeoutMs,
  });
  return [sink, ...sinks];
}

interface LogToStart {
  readonly sink: EventSink;
  readonly counters: LogCounters;
  readonly store: StateStore;
  readonly settings: DecisionLogSettings;
  readonly onRound: (error: unknown) => void;
}

const parse = (text: string): JsonNode => parseNode(Buffer.from(text), 0);

function startLog({ open, labels }: ReportParts, { settings, ...log }: LogToStart): DecisionLog {
  const bundle = open.bundle?.name ?? null;
  return startDecisionLog({
    ...log,
    server: open.serverName,
    maker: () => (open.hasPolicy() ? { labels, bundle, rules: open.gate.policy().logRules, parse } : null),
    rate: createEventRate(settings.decisionsPerSecond),
    holder: randomUUID(),
    sinceMs: Date.now(),
    log: open.gate.log,
  });
}
