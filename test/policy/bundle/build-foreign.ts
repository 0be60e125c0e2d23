// Bundles made by the real opa from hand-written Rego, and their decisions.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { JsonObject } from '../../../src/policy/arguments/json-node.ts';
import type { LoadedPolicy } from '../../../src/policy/bundle/load-bundle.ts';
import { clockAt } from '../../../src/policy/clock.ts';
import { buildWithOpa } from '../../fixtures/opa-binary.ts';
import { temporaryFolder } from '../../state/temporary-folder.ts';

export const DECISION = ['-t', 'wasm', '-e', 'regent/gateway/decision'];

/** Hand-written to the input and output of design section 4. */
export const OWN = `package regent.gateway

default decision := {"outcome": "deny", "rule": "none", "reason": "no rule allows it", "violations": []}

decision := {"outcome": "allow"} if {
	input.tool == "pay"
	is_number(input.arguments.amount)
	input.arguments.amount <= data.limits.amount
	input.arguments.note.deep == ["read", "as", "it", "is"]
	input.state.counters == {}
} else := {"outcome": "require_approval", "approval": {"timeout_ms": 60000, "required": 2}} if {
	input.tool == "close"
	input.server == "bank"
}
`;

export interface Build {
  readonly rego?: string;
  readonly data?: string;
  readonly manifest?: object;
  readonly args?: readonly string[];
}

export function buildForeign({
  rego = OWN,
  data = '{"limits": {"amount": 500}}',
  manifest,
  args = DECISION,
}: Build = {}): Buffer {
  const folder = temporaryFolder();
  mkdirSync(path.join(folder, 'src'));
  writeFileSync(path.join(folder, 'src', 'gateway.rego'), rego);
  writeFileSync(path.join(folder, 'src', 'data.json'), data);
  if (manifest !== undefined) writeFileSync(path.join(folder, 'src', '.manifest'), JSON.stringify(manifest));
  buildWithOpa(folder, '-b', 'src', '-o', 'bundle.tar.gz', ...args);
  return readFileSync(path.join(folder, 'bundle.tar.gz'));
}

export function decide(policy: LoadedPolicy, tool: string, args: JsonObject): unknown {
  const agent = { id: 'bot', claims: '{}' };
  const prepared = policy.prepare({ server: 'bank', agent, session: 's', tool, arguments: args });
  return policy.decide(
    prepared.input(
      clockAt(0),
      prepared.counters.map(() => 0),
      null,
    ),
  );
}
