// `WWW-Authenticate`, word by word (RFC 6750, section 3; RFC 9728, section 5.1).
import { expect, test } from 'vitest';
import { challenge } from '../../../src/proxy/identity/challenge.ts';

const URL = 'https://regent.example.com/.well-known/oauth-protected-resource/mcp';

test.each([
  ['no credential, and no word of an error', 'no-credential', null, 'Bearer realm="regent"'],
  [
    'no credential, and where to get one',
    'no-credential',
    URL,
    `Bearer realm="regent", resource_metadata="${URL}"`,
  ],
  [
    'a bad credential',
    'bad-credential',
    null,
    'Bearer realm="regent", error="invalid_token", error_description="the credential is not valid here"',
  ],
  [
    'a bad credential, and where to get a good one',
    'bad-credential',
    URL,
    `Bearer realm="regent", error="invalid_token", error_description="the credential is not valid here", resource_metadata="${URL}"`,
  ],
] as const)('%s', (_, reason, resourceMetadataUrl, expected) => {
  expect(challenge({ reason, resourceMetadataUrl })).toBe(expected);
});
