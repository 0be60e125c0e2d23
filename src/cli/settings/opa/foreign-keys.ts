// Keys of OPA's configuration that Regent does not have: they are named as such, never passed over in silence.
import { type Members, readMembers } from '../../../../compiler/check/read-values.ts';
import type { Scope } from '../../../../compiler/check/report.ts';
import type { YamlNode } from '../../../../compiler/parse/yaml-node.ts';
import type { KeyTable } from '../../../../compiler/schema/grammar.ts';

/** What to do instead. */
type ForeignKeys = Readonly<Record<string, string>>;

const BY_ITSELF = 'leave it out: Regent polls by itself';
const IN_JOURNAL = 'leave it out: decisions wait in the journal on disk, which has no limit';
const NO_PLUGINS = 'Regent has no plugins';

export const FOREIGN_TOP: ForeignKeys = {
  discovery: 'write the configuration here',
  bundle: 'write it as bundles',
  plugins: NO_PLUGINS,
  default_decision: 'every bundle is asked for regent/gateway/decision',
  default_authorization_decision: 'Regent is no authorization of an API',
  caching: 'policies fetch nothing',
  nd_builtin_cache: 'policies call nothing that is not deterministic',
  distributed_tracing: 'Regent sends no traces',
  metrics_export: 'take status.prometheus',
  storage: 'name the state file with state',
};
export const FOREIGN_IN_SERVICE: ForeignKeys = {
  allow_insecure_tls: 'name the certificates with tls.ca_cert',
  type: 'only bundle servers over HTTP are supported, no OCI registries',
};
export const FOREIGN_IN_CREDENTIALS: ForeignKeys = {
  oauth2: 'take bearer.token_path, with a token that another program renews',
  s3_signing: 'take bearer or client_tls',
  gcp_metadata: 'take bearer.token_path, with a token that another program renews',
  azure_managed_identity: 'take bearer.token_path, with a token that another program renews',
  plugin: NO_PLUGINS,
};
export const FOREIGN_IN_BUNDLE: ForeignKeys = { trigger: BY_ITSELF };
export const FOREIGN_IN_POLLING: ForeignKeys = {
  superseded_etag_ttl_seconds: 'leave it out: only the newest ETag is sent',
};
export const FOREIGN_IN_LOGS: ForeignKeys = {
  plugin: NO_PLUGINS,
  mask_decision: 'masks are data.system.log.mask',
  drop_decision: 'drop rules are data.system.log.drop',
  request_context: 'events hold what the journal holds',
  nd_builtin_cache: 'policies call nothing that is not deterministic',
};
export const FOREIGN_IN_REPORTING: ForeignKeys = {
  buffer_type: IN_JOURNAL,
  buffer_size_limit_bytes: IN_JOURNAL,
  buffer_size_limit_events: IN_JOURNAL,
  trigger: BY_ITSELF,
};
export const FOREIGN_IN_STATUS: ForeignKeys = {
  plugin: NO_PLUGINS,
  prometheus_config: 'leave it out',
  trigger: BY_ITSELF,
};

/** As `readMembers`. */
export function readOpaMembers<T extends KeyTable>(
  node: YamlNode,
  scope: Scope,
  table: T,
  foreign: ForeignKeys = {},
): Members<T> | undefined {
  if (node.kind !== 'map') return readMembers(node, scope, table);
  const isForeign = (key: string): boolean => Object.hasOwn(foreign, key) && !Object.hasOwn(table, key);
  for (const { key, keyPosition } of node.entries) {
    if (isForeign(key))
      scope.problem(
        'unsupported-key',
        keyPosition,
        `OPA's "${key}" is not supported by Regent`,
        foreign[key],
      );
  }
  return readMembers({ ...node, entries: node.entries.filter(({ key }) => !isForeign(key)) }, scope, table);
}
