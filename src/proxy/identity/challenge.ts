// The value of `WWW-Authenticate` with a 401 (RFC 6750, section 3; RFC 9728, section 5.1).

export interface Challenge {
  readonly reason: 'no-credential' | 'bad-credential';
  readonly resourceMetadataUrl: string | null;
}

export function challenge({ reason, resourceMetadataUrl }: Challenge): string {
  const parts = ['realm="regent"'];
  // A client that sent nothing is not told of an error.
  if (reason === 'bad-credential') {
    parts.push('error="invalid_token"', 'error_description="the credential is not valid here"');
  }
  if (resourceMetadataUrl !== null) parts.push(`resource_metadata="${resourceMetadataUrl}"`);
  return `Bearer ${parts.join(', ')}`;
}
