// `decision_logs` and `status` of OPA's configuration.
import { type KeyedEntry, readBoolean, readWhole } from '../../../../compiler/check/read-values.ts';
import type { Scope } from '../../../../compiler/check/report.ts';
import type { YamlNode } from '../../../../compiler/parse/yaml-node.ts';
import { readWith } from '../read-config-values.ts';
import type { TextReader } from '../read-setting.ts';
import { FOREIGN_IN_LOGS, FOREIGN_IN_REPORTING, FOREIGN_IN_STATUS, readOpaMembers } from './foreign-keys.ts';
import { chooseService, type KnownServices } from './known-services.ts';
import { DECISION_LOG_KEYS, REPORTING_KEYS, STATUS_KEYS } from './opa-keys.ts';
import type { DecisionLogSettings, StatusSettings } from './opa-settings.ts';
import { readDelays, readEnvText, readOr } from './read-opa-values.ts';

const DELAYS_SECONDS = [300, 600] as const;
const UPLOAD_BYTES = 32_768;
/** A gzip file with one event that says nothing is longer. */
const UPLOAD_BYTES_MIN = 90;

export function readDecisionLogs(
  node: YamlNode,
  scope: Scope,
  services: KnownServices,
): DecisionLogSettings | undefined {
  const members = readOpaMembers(node, scope, DECISION_LOG_KEYS, FOREIGN_IN_LOGS);
  if (members === undefined) return undefined;
  const { service, resource, partition_name: partition, reporting } = members;
  const isConsole = readOr(members.console, readBoolean, false);
  const name = isConsole && service === undefined ? null : chooseService(service, node, scope, services);
  if (resource !== undefined && partition !== undefined)
    scope.problem('bad-value', node.position, 'decision_logs has either resource or partition_name');
  const path = readOr(resource, readEnvText, partitioned('/logs', partition));
  return {
    upload: name === null ? null : { service: name ?? '', resource: path },
    isConsole,
    ...readOr(reporting, readReporting, NO_REPORTING),
  };
}

function partitioned(path: string, partition: KeyedEntry | undefined): string {
  const name = readOr(partition, readEnvText, '');
  return name === '' ? path : `${path}/${encodeURIComponent(name)}`;
}

type Reporting = Pick<
  DecisionLogSettings,
  'minDelayMs' | 'maxDelayMs' | 'uploadBytes' | 'decisionsPerSecond'
>;

const NO_REPORTING: Reporting = {
  minDelayMs: DELAYS_SECONDS[0] * 1000,
  maxDelayMs: DELAYS_SECONDS[1] * 1000,
  uploadBytes: UPLOAD_BYTES,
  decisionsPerSecond: null,
};

function readReporting(node: YamlNode, scope: Scope): Reporting | undefined {
  const members = readOpaMembers(node, scope, REPORTING_KEYS, FOREIGN_IN_REPORTING);
  if (members === undefined) return undefined;
  const { upload_size_limit_bytes: size, max_decisions_per_second: rate } = members;
  return {
    ...readDelays(members, node, scope, DELAYS_SECONDS),
    uploadBytes: readOr(size, (value, at) => readWhole(value, at, UPLOAD_BYTES_MIN), UPLOAD_BYTES),
    decisionsPerSecond: readOr<number | null>(rate, (value, at) => readWith(value, at, readRate), null),
  };
}

const readRate: TextReader<number> = (text) => {
  const value = Number(text);
  return value > 0 && Number.isFinite(value) ? { value } : { problem: 'is not a number above 0' };
};

export function readStatus(
  node: YamlNode,
  scope: Scope,
  services: KnownServices,
): StatusSettings | undefined {
  const members = readOpaMembers(node, scope, STATUS_KEYS, FOREIGN_IN_STATUS);
  if (members === undefined) return undefined;
  const { service, partition_name: partition, prometheus } = members;
  const isConsole = readOr(members.console, readBoolean, false);
  const isPrometheus = readOr(prometheus, readBoolean, false);
  const isLocal = service === undefined && (isConsole || isPrometheus);
  return {
    service: isLocal ? null : (chooseService(service, node, scope, services) ?? null),
    resource: partitioned('/status', partition),
    isConsole,
    isPrometheus,
  };
}
