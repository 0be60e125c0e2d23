// What is known of a bundle: when it was asked for, fetched and put in force, and what went wrong last.
import { ServiceError } from '../../transport/opa-service.ts';

/** In OPA's words; times are ISO 8601. */
export interface BundleStatus {
  readonly name: string;
  readonly type?: 'snapshot';
  readonly size?: number;
  readonly active_revision?: string;
  readonly last_request?: string;
  readonly last_successful_request?: string;
  readonly last_successful_download?: string;
  readonly last_successful_activation?: string;
  /** Present after a failure, until the next success. */
  readonly code?: 'bundle_error';
  readonly message?: string;
  readonly http_code?: string;
}

export function withFailure(status: BundleStatus, error: unknown): BundleStatus {
  const { http_code: _, ...rest } = status;
  const message = error instanceof Error ? error.message : String(error);
  const httpStatus = error instanceof ServiceError ? error.status : null;
  return {
    ...rest,
    code: 'bundle_error',
    message,
    ...(httpStatus === null ? {} : { http_code: String(httpStatus) }),
  };
}

export function withoutFailure(status: BundleStatus): BundleStatus {
  const { code: _code, message: _message, http_code: _http, ...rest } = status;
  return rest;
}
