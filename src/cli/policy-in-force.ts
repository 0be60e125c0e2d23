// The policy in force: replaced as a whole when its files change, kept when the new ones are no good.
import { formatDiagnostic } from '../../compiler/model/diagnostic.ts';
import type { LoadedPolicy } from '../policy/load-bundle.ts';
import { watchFiles } from '../policy/watch-files.ts';
import type { Logger } from '../telemetry/logger.ts';
import { openPolicy, type PolicyFiles } from './open-policy.ts';
import { PolicyProblems } from './policy-problems.ts';

export interface PolicyInForce {
  current(): LoadedPolicy;
  /** `listener` runs after another policy has come into force. */
  onChange(listener: () => void): void;
  close(): void;
}

export interface PolicyToKeep {
  readonly files: PolicyFiles;
  /** The server that this sidecar stands in front of: a policy that lacks it is refused. */
  readonly server: string;
  readonly first: LoadedPolicy;
  readonly log: Logger;
}

export function keepPolicy({ files, server, first, log }: PolicyToKeep): PolicyInForce {
  let current = first;
  let isReloading = false;
  let isStale = false;
  const listeners: Array<() => void> = [];

  const reload = async (): Promise<void> => {
    try {
      const next = await openPolicy(files);
      if (next.revision === current.revision) return;
      if (next.servers !== null && !next.servers.includes(server))
        throw new Error(`the new policy has no server ${JSON.stringify(server)}`);
      current = next;
      log.info({ revision: next.revision }, 'the policy has changed and is in force');
      for (const listener of listeners) listener();
    } catch (error) {
      const problems = error instanceof PolicyProblems ? error.diagnostics.map(formatDiagnostic) : undefined;
      log.error({ err: error, problems }, 'the changed policy is no good: the old one stays in force');
    }
  };
  const onFilesChanged = async (): Promise<void> => {
    isStale = true;
    if (isReloading) return;
    isReloading = true;
    while (isStale) {
      isStale = false;
      await reload();
    }
    isReloading = false;
  };
  const close = watchFiles(files.files, () => void onFilesChanged());
  return { current: () => current, onChange: (listener) => void listeners.push(listener), close };
}
