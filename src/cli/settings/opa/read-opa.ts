// OPA's part of regent.yaml as a whole: services and keys first, then what names them.
import { type Members, readNamed } from '../../../../compiler/check/read-values.ts';
import type { Scope } from '../../../../compiler/check/report.ts';
import type { YamlNode } from '../../../../compiler/parse/yaml-node.ts';
import type { Verification } from '../../../policy/bundle-signature/verification.ts';
import type { Settings } from '../settings.ts';
import type { OPA_KEYS } from './opa-keys.ts';
import type { BundleSettings, DecisionLogSettings, StatusSettings } from './opa-settings.ts';
import { readBundles } from './read-bundles.ts';
import { type InFolder, readEnvText, readOr } from './read-opa-values.ts';
import { readDecisionLogs, readStatus } from './read-reports.ts';
import { readServices } from './read-services.ts';

/** Nothing where none of the keys is there. `keys` is null where they could not be read. */
export function readOpa(
  members: Members<typeof OPA_KEYS>,
  keys: Verification['keys'] | null,
  inFolder: InFolder,
): Settings {
  if (Object.values(members).every((member) => member === undefined)) return {};
  const services = readOr(members.services, (node, scope) => readServices(node, scope, inFolder), []);
  const names =
    services.length === countItems(members.services?.value) ? services.map(({ name }) => name) : null;
  const folder = readOr<string | null>(members.persistence_directory, readEnvText, null);
  return {
    opa: {
      services,
      bundle: readOr<BundleSettings | null>(
        members.bundles,
        (node, scope) => readBundles(node, scope, { services: names, keys }),
        null,
      ),
      labels: readOr(members.labels, readLabels, {}),
      decisionLogs: readOr<DecisionLogSettings | null>(
        members.decision_logs,
        (node, scope) => readDecisionLogs(node, scope, names),
        null,
      ),
      status: readOr<StatusSettings | null>(
        members.status,
        (node, scope) => readStatus(node, scope, names),
        null,
      ),
      persistenceDirectory: folder === null ? null : inFolder(folder),
    },
  };
}

function countItems(node: YamlNode | undefined): number {
  if (node === undefined || node.kind === 'scalar') return 0;
  return node.kind === 'map' ? node.entries.length : node.items.length;
}

function readLabels(node: YamlNode, scope: Scope): Record<string, string> {
  const labels = readNamed(node, scope).flatMap(({ key, value, scope: at }) => {
    const text = readEnvText(value, at);
    return text === undefined ? [] : [[key, text] as const];
  });
  return Object.fromEntries(labels);
}
