// What `--server` does to the names that policy files give their server.
import { describe, expect, test } from 'vitest';
import { readPolicies } from '../../../compiler/check/read-policies.ts';
import { formatDiagnostic } from '../../../compiler/model/diagnostic.ts';

/** One file for each name, null for none; the tool of the first is `tool_0`. */
function read(names: ReadonlyArray<string | null>, server?: string): ReturnType<typeof readPolicies> {
  const files = names.map((name, index) => ({
    name: `${index}.yaml`,
    text: `version: "1"\n${name === null ? '' : `server: ${name}\n`}tools: {tool_${index}: {rules: []}}\n`,
  }));
  return readPolicies(files, server === undefined ? {} : { server });
}

/** `server: its tools`, for each server. */
function serversOf(names: ReadonlyArray<string | null>, server?: string): string[] {
  const { policies, diagnostics } = read(names, server);
  expect(diagnostics).toEqual([]);
  return policies.map((policy) => `${policy.server}: ${policy.tools.map(({ name }) => name.text).join(' ')}`);
}

describe('--server', () => {
  test('keeps the tools of one server away from the others', () => {
    expect(serversOf(['bank', 'shop'], 'bank')).toEqual(['bank: tool_0', 'shop: tool_1']);
    expect(serversOf(['bank', 'shop', 'bank'], 'shop')).toEqual(['bank: tool_0 tool_2', 'shop: tool_1']);
  });

  test('replaces the name that all files share', () => {
    expect(serversOf(['bank'], 'shop')).toEqual(['shop: tool_0']);
    expect(serversOf(['bank', null, 'bank'], 'shop')).toEqual(['shop: tool_0 tool_1 tool_2']);
    expect(serversOf([null], 'shop')).toEqual(['shop: tool_0']);
  });

  test('names the files that name no server', () => {
    expect(serversOf(['bank', null, 'shop'], 'shop')).toEqual(['bank: tool_0', 'shop: tool_1 tool_2']);
    expect(serversOf(['bank', null])).toEqual(['bank: tool_0', 'main: tool_1']);
  });

  test('is a problem where it is none of several', () => {
    expect(read(['bank', 'shop'], 'other').diagnostics.map(formatDiagnostic)).toEqual([
      '1.yaml:2:1 contradiction  --server other cannot stand for several servers (bank, shop) (server); ' +
        'give the files of one server, or --server with one of these names',
    ]);
  });
});
