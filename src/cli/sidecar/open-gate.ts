// Opens what every call needs, whatever transport it comes by: policy, state, journal, judge.
import { createApprovalRegistry } from '../../approvals/approval-registry.ts';
import { createRequestStates } from '../../approvals/request-state.ts';
import { createJudge } from '../../proxy/judge/judge.ts';
import { createResultRecorder } from '../../proxy/result-recorder.ts';
import type { Gate } from '../../proxy/session.ts';
import { openRecoveringStore } from '../../state/recovering-store.ts';
import { openSqliteStore } from '../../state/sqlite-store.ts';
import type { StateStore } from '../../state/store.ts';
import { createLogger, type Logger } from '../../telemetry/logger.ts';
import { openRemotePolicy } from '../opa/remote-policy.ts';
import { openPolicy } from '../policy/open-policy.ts';
import { type BundleWatch, keepPolicy, type PolicyInForce } from '../policy/policy-in-force.ts';
import { recordPolicy } from '../policy/record-policy.ts';
import type { SidecarOptions } from '../settings/sidecar-options.ts';
import { chooseServer } from './choose-server.ts';

export interface OpenGate {
  readonly gate: Gate;
  readonly store: StateStore;
  /** Where the console listens, unless settings say otherwise. */
  showConsoleAt(url: URL): void;
  /** The server's name in policy and journal. */
  readonly serverName: string;
  /** `listener` runs after another policy has come into force. */
  onPolicyChange(listener: () => void): void;
  /** Whether there is a policy. */
  hasPolicy(): boolean;
  /** Null where the policy comes from files. */
  readonly bundle: BundleWatch | null;
  /** Writes what is left. */
  close(): Promise<void>;
}

/** Throws where the policy is no good. A store that cannot be used denies every call instead. */
export async function openGate(options: SidecarOptions): Promise<OpenGate> {
  const log = createLogger(options.logLevel);
  const { serverName, inForce } = await openPolicyInForce(options, log);
  const store = openRecoveringStore(({ mustExist }) =>
    openSqliteStore({ file: options.state, durability: options.durability, mustExist }),
  );
  warmUp(store, log);
  let consoleUrl = options.console.url;
  const record = (): void => {
    const policy = inForce.current();
    if (inForce.isReady()) recordPolicy({ store, files: options.policies, server: serverName, policy, log });
  };
  const tellNotes = (): void => {
    for (const note of inForce.current().notes) log.warn(note);
  };
  for (const listener of [record, tellNotes]) {
    inForce.onChange(listener);
    listener();
  }
  const results = createResultRecorder({ store, now: Date.now, log });
  const judge = createJudge({ policy: inForce.current, store, now: Date.now, log });
  log.info(
    {
      policies: options.policies,
      revision: inForce.current().revision,
      server: serverName,
      state: options.state,
    },
    inForce.isReady() ? 'policy in force' : 'no policy is in force yet: every call is denied',
  );
  return {
    gate: {
      policy: inForce.current,
      judge,
      results,
      approvals: createApprovalRegistry({ store, limits: options.approvals, now: Date.now, log }),
      requestStates: createRequestStates(store),
      consoleUrl: () => consoleUrl,
      now: Date.now,
      holdMs: options.holdMs,
      log,
    },
    store,
    showConsoleAt: (url) => {
      consoleUrl ??= url;
    },
    serverName,
    onPolicyChange: inForce.onChange,
    hasPolicy: inForce.isReady,
    bundle: inForce.bundle,
    close: async () => {
      inForce.close();
      await results.close();
      await store.close();
    },
  };
}

async function openPolicyInForce(options: SidecarOptions, log: Logger): Promise<PolicyNamed> {
  const { opa, opaBinary, serverName: server, verification } = options;
  const bundle = opa?.bundle ?? null;
  if (opa !== null && bundle !== null && server !== null)
    return { serverName: server, inForce: await openRemotePolicy({ opa, bundle, server, log }) };
  const files = { files: options.policies, server, verification, opa: opaBinary };
  const first = await openPolicy(files);
  const serverName = chooseServer(first, server);
  return { serverName, inForce: keepPolicy({ files, server: serverName, first, log }) };
}

interface PolicyNamed {
  /** In policy and journal. */
  readonly serverName: string;
  readonly inForce: PolicyInForce;
}

/** Opens the store before the first call needs it; a failure is told now, and again by every denial. */
function warmUp(store: StateStore, log: Logger): void {
  store.read([]).catch((error: unknown) => {
    log.error({ err: error }, 'the state store cannot be used: every call is denied until it can');
  });
}
