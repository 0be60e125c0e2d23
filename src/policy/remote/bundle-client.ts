// Keeps a bundle up to date: fetched again and again, put in force only once it was verified and probed.
//
//   fetch ──304──────────────────────────────▶ wait ──▶ fetch …
//     │ └─fails──▶ back off: 100 ms, doubling     ▲
//     ▼ 200                     ▲                 │
//   load: verify, probe ─fails──┘ the old stays   │
//     └──▶ in force ──▶ kept on disk ─────────────┘
import { setTimeout as sleep } from 'node:timers/promises';
import type { Logger } from '../../telemetry/logger.ts';
import { type DelayRange, retryDelayMs, roundDelayMs } from '../../transport/opa-service.ts';
import type { LoadedPolicy } from '../bundle/load-bundle.ts';
import type { BundleFile } from './bundle-file.ts';
import type { BundleSource } from './bundle-source.ts';
import { type BundleStatus, withFailure, withoutFailure } from './bundle-status.ts';

export interface BundleClientOptions {
  readonly name: string;
  readonly source: BundleSource;
  readonly polling: DelayRange;
  /** Verifies and probes. Rejects where the bundle must not decide anything. */
  readonly load: (bytes: Buffer) => Promise<LoadedPolicy>;
  /** Null where nothing is kept on disk. */
  readonly kept: BundleFile | null;
  readonly onActivate: (policy: LoadedPolicy) => void;
  /** After each attempt. */
  readonly onStatus: (status: BundleStatus) => void;
  readonly log: Logger;
}

export interface BundleClient {
  /** After the first attempt, however it ended. */
  readonly attempted: Promise<void>;
  status(): BundleStatus;
  close(): void;
}

/** A server that says that it holds requests, and does not, must not be asked without a pause. */
const WAITING_MIN_MS = 1000;

export function startBundleClient(options: BundleClientOptions): BundleClient {
  const { source, polling, log, name } = options;
  const ending = new AbortController();
  const { signal } = ending;
  const activation = createActivation(options);
  let attempted = (): void => {};
  const first = new Promise<void>((resolve) => {
    attempted = resolve;
  });

  const round = async (): Promise<boolean> => {
    try {
      const bytes = await activation.fetch(signal);
      if (bytes !== null) await activation.activate(bytes);
      return true;
    } catch (error) {
      if (signal.aborted) return false;
      activation.fail(error);
      const consequence = activation.isActive() ? 'the old one stays in force' : 'every call is denied';
      log.error({ err: error, bundle: name }, `the bundle could not be renewed: ${consequence}`);
      return false;
    }
  };
  const run = async (): Promise<void> => {
    let failures = 0;
    while (!signal.aborted) {
      const startedMs = performance.now();
      const isFine = await round();
      if (!isFine && !activation.isActive() && !signal.aborted) await activation.loadKept();
      attempted();
      failures = isFine ? 0 : failures + 1;
      const tookMs = performance.now() - startedMs;
      const pauseMs = source.isWaiting() ? Math.max(0, WAITING_MIN_MS - tookMs) : roundDelayMs(polling);
      const delayMs = isFine ? pauseMs : retryDelayMs(failures, polling.maxDelayMs);
      await sleep(delayMs, undefined, { signal }).catch(() => undefined);
    }
  };
  void run();
  return { attempted: first, status: activation.status, close: () => ending.abort() };
}

interface Activation {
  fetch(signal: AbortSignal): Promise<Buffer | null>;
  activate(bytes: Buffer): Promise<void>;
  /** Once: what was no good stays so. */
  loadKept(): Promise<void>;
  fail(error: unknown): void;
  isActive(): boolean;
  status(): BundleStatus;
}

/** The steps of a round, and what is known after each. */
function createActivation({
  name,
  source,
  load,
  kept,
  onActivate,
  onStatus,
  log,
}: BundleClientOptions): Activation {
  let status: BundleStatus = { name };
  let isActive = false;
  let isKeptTried = false;
  const now = (): string => new Date().toISOString();

  const putInForce = async (bytes: Buffer): Promise<void> => {
    const policy = await load(bytes);
    onActivate(policy);
    isActive = true;
    status = { ...status, active_revision: policy.revision, last_successful_activation: now() };
    log.info({ bundle: name, revision: policy.revision }, 'the bundle is in force');
  };
  return {
    fetch: async (signal) => {
      status = { ...status, last_request: now() };
      const bytes = await source.fetch(signal);
      status = { ...status, last_successful_request: now() };
      if (bytes === null) {
        status = withoutFailure(status);
        onStatus(status);
      } else status = { ...status, type: 'snapshot', size: bytes.length, last_successful_download: now() };
      return bytes;
    },
    activate: async (bytes) => {
      try {
        await putInForce(bytes);
      } catch (error) {
        source.refuse();
        throw error;
      }
      source.accept();
      status = withoutFailure(status);
      await kept?.keep(bytes).catch((error: unknown) => {
        log.warn({ err: error, bundle: name, file: kept.file }, 'the bundle could not be kept on disk');
      });
      onStatus(status);
    },
    loadKept: async () => {
      if (isKeptTried) return;
      isKeptTried = true;
      try {
        const bytes = (await kept?.read()) ?? null;
        if (bytes === null) return;
        await putInForce(bytes);
        log.warn({ bundle: name, file: kept?.file }, 'the bundle that was kept on disk is in force for now');
        onStatus(status);
      } catch (error) {
        log.error({ err: error, bundle: name }, 'the bundle that was kept on disk is no good');
      }
    },
    fail: (error) => {
      status = withFailure(status, error);
      onStatus(status);
    },
    isActive: () => isActive,
    status: () => status,
  };
}
