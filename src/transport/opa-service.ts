// A service as OPA knows them (bundles, decision logs, status), as those who talk to it see it.
import type { Header } from './transport.ts';

export interface ServiceRequest {
  readonly method: 'GET' | 'POST';
  /** Below the service's URL. */
  readonly path: string;
  readonly headers?: readonly Header[];
  readonly body?: Buffer;
  /** Of the answer's body; a longer one fails. 0: it is not read. */
  readonly maxBytes: number;
  /** For so long the service may wait before it answers, beyond its usual time. */
  readonly waitMs?: number;
  readonly signal?: AbortSignal;
}

export interface ServiceAnswer {
  readonly status: number;
  header(name: string): string | null;
  /** Empty where the status is not 2xx, or it was not to be read. */
  readonly body: Buffer;
}

export interface OpaService {
  readonly name: string;
  /** Any status is an answer. Throws `ServiceError` where there is none. */
  request(request: ServiceRequest): Promise<ServiceAnswer>;
}

export type ServiceErrorCode =
  /** No connection, or it broke. */
  | 'unreachable'
  | 'timeout'
  /** It points elsewhere, where its credentials must not go. */
  | 'redirected'
  | 'too-large'
  /** The credentials or certificates cannot be read. */
  | 'credentials'
  /** It answered, but not what was asked for. */
  | 'status';

/** Its message names the service's URL, never a credential. */
export class ServiceError extends Error {
  readonly code: ServiceErrorCode;
  /** Of the answer; null where there was none. */
  readonly status: number | null;

  constructor(code: ServiceErrorCode, message: string, { cause = null, status = null }: ErrorFacts = {}) {
    super(message, { cause });
    this.name = 'ServiceError';
    this.code = code;
    this.status = status;
  }
}

interface ErrorFacts {
  readonly cause?: unknown;
  readonly status?: number | null;
}

const RETRY_MS = 100;
const RETRY_FACTOR = 1.6;

/** Before the next attempt after `failures` failures in a row: exponential from 100 ms to `maxMs`, spread by a fifth. */
export function retryDelayMs(failures: number, maxMs: number): number {
  const delay = Math.min(maxMs, RETRY_MS * RETRY_FACTOR ** (failures - 1));
  return delay * (0.8 + Math.random() * 0.2);
}

/** Between two rounds that went well: anywhere in the range, so that a fleet of sidecars spreads. */
export function roundDelayMs({ minDelayMs, maxDelayMs }: DelayRange): number {
  return minDelayMs + Math.random() * (maxDelayMs - minDelayMs);
}

export interface DelayRange {
  readonly minDelayMs: number;
  readonly maxDelayMs: number;
}
