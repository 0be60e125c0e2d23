// Agents' tokens and names: random, and told from everything else.
import { expect, test } from 'vitest';
import { isAgentName } from '../../../src/proxy/identity/agent-name.ts';
import { createAgentToken, digestToken, isAgentToken } from '../../../src/proxy/identity/agent-token.ts';

test('tokens hold 256 bits behind their prefix, and none comes twice', () => {
  const tokens = Array.from({ length: 1000 }, createAgentToken);
  expect(tokens.every(isAgentToken)).toBe(true);
  expect(new Set(tokens).size).toBe(1000);
  expect(Buffer.from(tokens[0]?.slice('rgt_'.length) ?? '', 'base64url')).toHaveLength(32);
});

test('digests are SHA-256 in hex', () => {
  expect(digestToken('abc')).toBe('ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad');
});

test.each([
  ['a plain one', 'payments-bot', true],
  ['one with spaces, slashes and other scripts', 'Team A/кот \u{1f600}', true],
  ['the longest', 'a'.repeat(128), true],
  ['a longer one', 'a'.repeat(129), false],
  ['none', '', false],
  ['nobody', 'anonymous', false],
  ['a line break', 'a\nb', false],
  ['a NUL', 'a\0', false],
  ['an escape', '\u001b[2J', false],
  ['a control of C1', 'a\u009bb', false],
])('a name can be %s: %j is %s', (_, name, expected) => {
  expect(isAgentName(name)).toBe(expected);
});
