// Tokens and names of approvers, and the fingerprint of the exact call.
import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  createApproverToken,
  digestApproverToken,
  isApproverName,
  isApproverToken,
} from '../../src/approvals/approver-token.ts';
import { fingerprintOf } from '../../src/approvals/fingerprint.ts';
import { createAgentToken, isAgentToken } from '../../src/proxy/identity/agent-token.ts';

describe("an approver's token", () => {
  test('is random, and known by its form', () => {
    const tokens = Array.from({ length: 100 }, createApproverToken);
    expect(new Set(tokens).size).toBe(100);
    for (const token of tokens) expect([isApproverToken(token), token.length]).toEqual([true, 47]);
  });

  test('is no agent’s, nor the other way round', () => {
    expect(isAgentToken(createApproverToken())).toBe(false);
    expect(isApproverToken(createAgentToken())).toBe(false);
  });

  test.each([
    '',
    'rga_',
    'x',
    `rga_${'a'.repeat(42)}`,
    `rga_${'a'.repeat(44)}`,
    `rga_${'a'.repeat(42)}=`,
    `RGA_${'a'.repeat(43)}`,
    ` rga_${'a'.repeat(43)}`,
    `rga_${'a'.repeat(43)}\n`,
  ])('%j is none', (text) => {
    expect(isApproverToken(text)).toBe(false);
  });

  test('is looked up by its SHA-256', () => {
    const token = createApproverToken();
    expect(digestApproverToken(token)).toBe(createHash('sha256').update(token).digest('hex'));
  });
});

describe("an approver's name", () => {
  test.each(['alice', 'alice@example.com', 'Müller', '李', 'a.b-c_d+e', '7', 'x'.repeat(64)])(
    'can be %s',
    (name) => {
      expect(isApproverName(name)).toBe(true);
    },
  );

  test.each([
    ['nothing', ''],
    ['too long', 'x'.repeat(65)],
    ['the operator of the machine', 'local:root'],
    ['an agent', 'agent:bot'],
    ['what decides where time does', 'regent'],
    ['with a space', 'a b'],
    ['with a line break', 'alice\n'],
    ['with what is not seen', 'alice\u200b'],
    ['with an accent of its own, which another name could look like', 'e\u0301ve'],
    ['with markup', '<b>'],
  ])('cannot be %s', (_name, name) => {
    expect(isApproverName(name)).toBe(false);
  });
});

test('the fingerprint of a call is the same for the same call, and another for any other', () => {
  const binding = fc.record({
    server: fc.string(),
    agent: fc.string(),
    tool: fc.string(),
    argumentsDigest: fc.string(),
    revision: fc.string(),
  });
  fc.assert(
    fc.property(
      binding,
      fc.constantFrom('server', 'agent', 'tool', 'argumentsDigest', 'revision'),
      (one, key) => {
        expect(fingerprintOf(one)).toMatch(/^[\da-f]{64}$/);
        expect(fingerprintOf({ ...one, id: 'apr_1', status: 'x' } as typeof one)).toBe(fingerprintOf(one));
        expect(fingerprintOf({ ...one, [key]: `${one[key as keyof typeof one]}x` })).not.toBe(
          fingerprintOf(one),
        );
      },
    ),
  );
  const parts = { server: 'a', agent: 'b","c', tool: 'd', argumentsDigest: 'e', revision: 'f' };
  expect(fingerprintOf(parts)).not.toBe(fingerprintOf({ ...parts, server: 'a","b', agent: 'c' }));
});
