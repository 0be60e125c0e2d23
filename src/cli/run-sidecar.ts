// Wires the sidecar over stdio together and runs it until the client or the server ends.
import { randomUUID } from 'node:crypto';
import { constants } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { createJudge } from '../proxy/judge/judge.ts';
import { type ProxyEnd, startProxy } from '../proxy/proxy.ts';
import { createResultRecorder } from '../proxy/result-recorder.ts';
import { openRecoveringStore } from '../state/recovering-store.ts';
import { openSqliteStore } from '../state/sqlite-store.ts';
import type { StateStore } from '../state/store.ts';
import { createLogger, type Logger } from '../telemetry/logger.ts';
import { startChildServer } from '../transport/child-server.ts';
import { openStdioClient } from '../transport/stdio-client.ts';
import { chooseServer } from './choose-server.ts';
import { openPolicy } from './open-policy.ts';
import { keepPolicy } from './policy-in-force.ts';
import type { SidecarOptions } from './sidecar-options.ts';

const MESSAGE_BYTES_MAX = 64 * 1024 * 1024;
/** Clients give a server two seconds and then two more: it must have ended before they end Regent. */
const GRACE_MS = 1500;
/** A client that does not read any more must not keep the process. */
const FLUSH_MS = 1000;

/** The exit code: the server's own where it ended first. */
export async function runSidecar(options: SidecarOptions): Promise<number> {
  const log = createLogger(options.logLevel);
  const files = { files: options.policies, server: options.server };
  const first = await openPolicy(files);
  const server = chooseServer(first, options.server);
  const inForce = keepPolicy({ files, server, first, log });
  const store = openRecoveringStore(({ mustExist }) =>
    openSqliteStore({ file: options.state, durability: options.durability, mustExist }),
  );
  warmUp(store, log);

  const client = openStdioClient(MESSAGE_BYTES_MAX);
  const child = await startChildServer({
    command: options.command,
    maxBytes: MESSAGE_BYTES_MAX,
    graceMs: GRACE_MS,
  });
  const results = createResultRecorder({ store, now: Date.now, log });
  const proxy = startProxy({
    client,
    server: child,
    identity: { server, agent: { id: options.agent, claims: '{}' }, session: randomUUID() },
    policy: inForce.current,
    judge: createJudge({ policy: inForce.current, store, now: Date.now, log }),
    results,
    holdMs: options.holdMs,
    log,
  });
  inForce.onChange(proxy.announceToolChanges);
  const signalled = stopOnSignals(proxy.stop);
  log.info(
    { policies: options.policies, revision: first.revision, server, state: options.state },
    'policy in force',
  );

  const end = await proxy.finished;
  await Promise.race([client.flush(), sleep(FLUSH_MS)]);
  inForce.close();
  await results.close();
  await store.close();
  return exitCodeOf(end, signalled());
}

/** Opens the store before the first call needs it; a failure is told now, and again by every denial. */
function warmUp(store: StateStore, log: Logger): void {
  store.read([]).catch((error: unknown) => {
    log.error({ err: error }, 'the state store cannot be used: every call is denied until it can');
  });
}

const SIGNALS = ['SIGTERM', 'SIGINT', 'SIGHUP'] as const;

/** The first signal ends the session politely; what it was, for the exit code. */
function stopOnSignals(stop: () => void): () => NodeJS.Signals | null {
  let received: NodeJS.Signals | null = null;
  for (const signal of SIGNALS) {
    process.on(signal, () => {
      received ??= signal;
      stop();
    });
  }
  return () => received;
}

function exitCodeOf({ exit, endedFirst }: ProxyEnd, signal: NodeJS.Signals | null): number {
  if (signal !== null) return 128 + constants.signals[signal];
  if (!endedFirst) return 0;
  return exit.signal === null ? (exit.code ?? 0) : 128 + constants.signals[exit.signal];
}
