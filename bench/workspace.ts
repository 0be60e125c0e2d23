// The benchmark's own folder: a policy, a home for the bundle cache, state files; gone afterwards.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

export interface Workspace {
  readonly folder: string;
  readonly policy: string;
  /** The built command. */
  readonly regent: string;
  readonly env: Readonly<Record<string, string>>;
  remove(): void;
}

// The limits are never reached: a denial would be measured as if it were a call.
const POLICY = `version: "1"
server: bench
default: deny
tools:
  plain:
    rules: []
  checked:
    rules:
      - name: currency
        arguments:
          currency: { enum: [GBP, USD, EUR] }
      - name: amount
        arguments:
          amount: { minimum: 0, maximum: 500 }
  counted:
    rules:
      - name: rate
        rate_limit: 1000000000/day
      - name: cap
        spend: { daily: 10000000000.00 }
`;

/** Below the temporary folder of the system: it must be on a disk, or `full` costs nothing. */
export function createWorkspace(): Workspace {
  const folder = mkdtempSync(join(tmpdir(), 'regent-bench-'));
  const policy = join(folder, 'bench.yaml');
  writeFileSync(policy, POLICY);
  return {
    folder,
    policy,
    regent: fileURLToPath(new URL('../src/cli/main.js', import.meta.url)),
    env: { HOME: folder },
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}
