// The counts as Prometheus reads them: text format 0.0.4. Few enough to be written by hand.
import { DROP_REASONS, type LogCounts } from '../../journal/upload/log-counts.ts';
import type { HttpAnswer } from '../../transport/http-exchange.ts';
import type { BundleWatch } from '../policy/policy-in-force.ts';

export function metricsText(counts: LogCounts, bundle: BundleWatch | null): HttpAnswer {
  const { uploadedEvents, uploadedChunks, failedChunks, dropped } = counts;
  const lines = [
    ...counter('events_uploaded', 'Decisions that the decision log has taken.', uploadedEvents),
    ...counter('uploads', 'Uploads that the decision log has taken.', uploadedChunks),
    ...counter('upload_failures', 'Uploads that it has not taken; they are tried again.', failedChunks),
    ...heading('events_dropped', 'Decisions that are not logged, by reason.'),
    ...DROP_REASONS.map((reason) => `${named('events_dropped')}{reason="${reason}"} ${dropped[reason]}`),
    ...(bundle === null ? [] : bundleLines(bundle)),
  ];
  return {
    status: 200,
    headers: [['Content-Type', 'text/plain; version=0.0.4; charset=utf-8']],
    body: `${lines.join('\n')}\n`,
  };
}

function bundleLines({ name, status }: BundleWatch): string[] {
  const { code, last_successful_activation: activated } = status();
  const labels = `{name=${JSON.stringify(name)}}`;
  return [
    '# HELP regent_bundle_failing Whether the last attempt to renew the bundle failed.',
    '# TYPE regent_bundle_failing gauge',
    `regent_bundle_failing${labels} ${code === undefined ? 0 : 1}`,
    '# HELP regent_bundle_activated_seconds When the bundle in force was put in force, as Unix time; 0 before.',
    '# TYPE regent_bundle_activated_seconds gauge',
    `regent_bundle_activated_seconds${labels} ${activated === undefined ? 0 : Date.parse(activated) / 1000}`,
  ];
}

function counter(name: string, help: string, value: number): string[] {
  return [...heading(name, help), `${named(name)} ${value}`];
}

function heading(name: string, help: string): string[] {
  return [`# HELP ${named(name)} ${help}`, `# TYPE ${named(name)} counter`];
}

function named(name: string): string {
  return `regent_decision_log_${name}_total`;
}
