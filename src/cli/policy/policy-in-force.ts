// The policy in force: replaced as a whole when its files change, kept when the new ones are no good.
import { setTimeout as sleep } from 'node:timers/promises';
import { formatDiagnostic } from '../../../compiler/model/diagnostic.ts';
import type { LoadedPolicy } from '../../policy/bundle/load-bundle.ts';
import type { BundleStatus } from '../../policy/remote/bundle-status.ts';
import { stampFiles, watchFiles } from '../../policy/watch-files.ts';
import type { Logger } from '../../telemetry/logger.ts';
import { openPolicy, type PolicyFiles } from './open-policy.ts';
import { PolicyProblems } from './policy-problems.ts';
import { findPolicyFiles } from './policy-sources.ts';

export interface PolicyInForce {
  current(): LoadedPolicy;
  /** `listener` runs after another policy has come into force. */
  onChange(listener: () => void): void;
  /** Whether there is a policy at all. */
  isReady(): boolean;
  /** Null where it comes from files. */
  readonly bundle: BundleWatch | null;
  close(): void;
}

/** The bundle that the policy comes from, for reports. */
export interface BundleWatch {
  readonly name: string;
  status(): BundleStatus;
  /** `listener` runs after each attempt to renew it. */
  onStatus(listener: () => void): void;
}

export interface PolicyToKeep {
  readonly files: PolicyFiles;
  /** The server that this sidecar stands in front of: a policy that lacks it is refused. */
  readonly server: string;
  readonly first: LoadedPolicy;
  readonly log: Logger;
}

/** A writer that pauses for longer is taken to be done. */
const SETTLE_MS = 200;

export function keepPolicy({ files, server, first, log }: PolicyToKeep): PolicyInForce {
  let current = first;
  let isReloading = false;
  let isStale = false;
  const listeners: Array<() => void> = [];

  const stamp = async (): Promise<string> => stampFiles(await findPolicyFiles(files.files));
  /** The start of a policy may be one too, with rules missing: what is being written is left until it is all there. */
  const openSettled = async (): Promise<LoadedPolicy | null> => {
    const before = await stamp();
    await sleep(SETTLE_MS);
    const [next] = await Promise.allSettled([openPolicy(files)]);
    if ((await stamp()) !== before) {
      isStale = true;
      return null;
    }
    if (next.status === 'rejected') throw next.reason;
    return next.value;
  };
  const reload = async (): Promise<void> => {
    try {
      const next = await openSettled();
      if (next === null || next.revision === current.revision) return;
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
      await watchAll();
    }
    isReloading = false;
  };
  const watched = createRewatcher(() => void onFilesChanged());
  /** Files that were not watched while they were read may have changed since: read them again. */
  const watchAll = async (): Promise<void> => {
    if (watched.watch(await findPolicyFiles(files.files))) isStale = true;
  };
  watched.watch(files.files);
  void findPolicyFiles(files.files).then((all) => {
    if (watched.watch(all)) void onFilesChanged();
  });
  return {
    current: () => current,
    onChange: (listener) => void listeners.push(listener),
    isReady: () => true,
    bundle: null,
    close: watched.close,
  };
}

interface Rewatcher {
  /** Watches these files instead; false where they are those that were watched before. */
  watch(files: readonly string[]): boolean;
  close(): void;
}

function createRewatcher(onChange: () => void): Rewatcher {
  let watched = '';
  let isClosed = false;
  let stop = (): void => {};
  return {
    watch: (files) => {
      const next = JSON.stringify(files);
      if (isClosed || next === watched) return false;
      watched = next;
      stop();
      stop = watchFiles(files, onChange);
      return true;
    },
    close: () => {
      isClosed = true;
      stop();
    },
  };
}
