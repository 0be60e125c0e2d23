// Protected-resource metadata (RFC 9728): tells clients which issuer's tokens this sidecar takes.
import type { HttpAnswer } from '../../transport/http-exchange.ts';
import type { IdentityOptions } from '../settings/sidecar-options.ts';

export interface ResourceMetadata {
  readonly url: string;
  /** Null where another document is asked for. */
  documentAt(path: string): HttpAnswer | null;
}

const WELL_KNOWN = '/.well-known/oauth-protected-resource';

/** Whether it is asked for, in general or of the endpoint at `path` (RFC 9728, section 3.1). */
export function isMetadataPath(asked: string, path: string): boolean {
  return asked === WELL_KNOWN || asked === `${WELL_KNOWN}${path}`;
}

/** `publicUrl` is the endpoint's, as clients see it. Null where the operator did not say it. */
export function resourceMetadata(publicUrl: URL | null, { jwt }: IdentityOptions): ResourceMetadata | null {
  if (publicUrl === null) return null;
  const path = publicUrl.pathname === '/' ? '' : publicUrl.pathname;
  const document = JSON.stringify({
    resource: publicUrl.href,
    ...(jwt === null ? {} : { authorization_servers: [jwt.issuer] }),
    bearer_methods_supported: ['header'],
  });
  return {
    url: new URL(`${WELL_KNOWN}${path}`, publicUrl).href,
    documentAt: (asked) =>
      isMetadataPath(asked, path)
        ? { status: 200, headers: [['Content-Type', 'application/json']], body: document }
        : null,
  };
}
