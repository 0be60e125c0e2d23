// The policy in force where it comes from a bundle server; before the first bundle, one that denies everything.
import { setTimeout as sleep } from 'node:timers/promises';
import type { LoadedPolicy } from '../../policy/bundle/load-bundle.ts';
import { absentPolicy } from '../../policy/remote/absent-policy.ts';
import { startBundleClient } from '../../policy/remote/bundle-client.ts';
import { openBundleFile } from '../../policy/remote/bundle-file.ts';
import { type BundleSource, fileSource, serverSource } from '../../policy/remote/bundle-source.ts';
import type { Logger } from '../../telemetry/logger.ts';
import { persistenceFolder } from '../home.ts';
import type { PolicyInForce } from '../policy/policy-in-force.ts';
import type { BundleSettings, OpaSettings } from '../settings/opa/opa-settings.ts';
import { findService } from './find-service.ts';
import { loadRemoteBundle } from './load-remote-bundle.ts';

export interface RemotePolicyOptions {
  readonly opa: OpaSettings;
  readonly bundle: BundleSettings;
  /** The server that this sidecar stands in front of: a bundle that lacks it is refused. */
  readonly server: string;
  readonly log: Logger;
}

/** The first calls wait for the first bundle, but not for long: agents give up a server that does not start. */
const FIRST_MS = 3000;

export async function openRemotePolicy({
  opa,
  bundle,
  server,
  log,
}: RemotePolicyOptions): Promise<PolicyInForce> {
  const { name, verification, maxBytes } = bundle;
  let current = absentPolicy(
    `no policy is in force: the bundle ${name} has not come yet; the operator finds why in Regent's log`,
  );
  let isReady = false;
  const onChange: Array<() => void> = [];
  const onStatus: Array<() => void> = [];
  const client = startBundleClient({
    name,
    source: openSource(opa, bundle),
    polling: bundle,
    load: (bytes) => loadRemoteBundle(bytes, { verification, server }),
    kept: bundle.isPersisted
      ? openBundleFile(opa.persistenceDirectory ?? persistenceFolder(), name, maxBytes)
      : null,
    onActivate: (policy: LoadedPolicy) => {
      current = policy;
      isReady = true;
      for (const listener of onChange) listener();
    },
    onStatus: () => {
      for (const listener of onStatus) listener();
    },
    log,
  });
  await Promise.race([client.attempted, sleep(FIRST_MS, undefined, { ref: false })]);
  return {
    current: () => current,
    onChange: (listener) => void onChange.push(listener),
    isReady: () => isReady,
    bundle: { name, status: client.status, onStatus: (listener) => void onStatus.push(listener) },
    close: client.close,
  };
}

function openSource(
  opa: OpaSettings,
  { source, maxBytes, longPollingSeconds }: BundleSettings,
): BundleSource {
  if (source.kind === 'file') return fileSource(source.file, maxBytes);
  const { service } = findService(opa, source.service);
  return serverSource({ service, resource: source.resource, maxBytes, longPollingSeconds });
}
