// Keeps the policy in force in the state file, so that the console shows what decided and how full each limit is.
import type { LoadedPolicy } from '../../policy/bundle/load-bundle.ts';
import type { RecordStore } from '../../state/store.ts';
import type { Logger } from '../../telemetry/logger.ts';
import { isBundle } from '../bundles/is-bundle.ts';
import { readSources } from './policy-sources.ts';

export interface PolicyToRecord {
  readonly store: RecordStore;
  readonly files: readonly string[];
  readonly server: string;
  readonly policy: LoadedPolicy;
  readonly log: Logger;
}

/** Off the path of calls. Files that have changed since are those of the next policy, which comes at once. */
export function recordPolicy({ store, files, server, policy, log }: PolicyToRecord): void {
  const { revision, rego } = policy;
  const record = async (): Promise<void> => {
    const read = await readSources(files.filter((file) => !isBundle(file))).catch(() => []);
    const sources = read.map(({ name, text }) => ({ name, text }));
    const counters = policy.countersOf(server);
    await store.keepPolicy({ revision, server, atMs: Date.now(), sources, rego, counters });
  };
  record().catch((error: unknown) => {
    log.warn({ err: error }, 'the policy could not be recorded: the console will not show it');
  });
}
