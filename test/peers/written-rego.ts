// What `regent compile --rego` writes for a policy, with a Rego test of the user's beside it.
import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { createWorkbench, type Workbench } from '../cli/run-regent.ts';

const ROOT = path.resolve(import.meta.dirname, '../..');

/** Those that come with Regent, and one that uses every key of the language. */
export const POLICIES: readonly string[] = [
  ...readdirSync(path.join(ROOT, 'policies'), { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => `policies/${name}/policy.yaml`),
  'test/compiler/golden/rego/every-key/policy.yaml',
];

const TEST = `package regent.gateway_test

import data.regent.gateway

test_a_tool_that_nobody_listed_is_denied if {
	call := {"version": 1, "server": "none", "tool": "none", "agent": {"id": "a", "claims": {}}}
	gateway.decision.outcome == "deny" with input as call
	not gateway.registered with input as call
}
`;

export interface WrittenRego {
  readonly bench: Workbench;
  readonly policy: string;
  /** Holds `regent/`; nothing in it was changed. */
  readonly folder: string;
  readonly bundle: string;
}

export function writeRego(name: string): WrittenRego {
  const bench = createWorkbench();
  const policy = path.join(ROOT, name);
  const { status, stderr } = bench.run('compile', '-c', policy, '-o', 'bundle.tar.gz', '--rego', 'rego');
  if (status !== 0) throw new Error(stderr);
  const folder = path.join(bench.folder, 'rego');
  return { bench, policy, folder, bundle: path.join(bench.folder, 'bundle.tar.gz') };
}

/** `_test.rego` lies beside what it tests. */
export function addTest({ folder }: WrittenRego): void {
  mkdirSync(path.join(folder, 'regent', 'gateway'), { recursive: true });
  writeFileSync(path.join(folder, 'regent', 'gateway', 'gateway_test.rego'), TEST);
}
