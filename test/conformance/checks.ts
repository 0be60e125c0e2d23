// The suite's checks as it writes them to its output folder, and how two runs of it differ.
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';

export interface Check {
  readonly scenario: string;
  readonly id: string;
  readonly status: string;
}

/** Folders are named after the scenario and the time: `server-ping-2026-11-23T23-31-57-146Z`. */
const TIME = /-\d{4}-\d\d-\d\dT[\d-]+Z$/;

export function readChecks(output: string): Check[] {
  const files = readdirSync(output, { recursive: true, encoding: 'utf8' });
  return files
    .filter((file) => path.basename(file) === 'checks.json')
    .flatMap((file) => {
      const scenario = path
        .dirname(file)
        .replace(TIME, '')
        .replace(/^(server|client)-/, '');
      const checks = JSON.parse(readFileSync(path.join(output, file), 'utf8')) as Check[];
      // What is only for information records the traffic, such as each request; it checks nothing.
      return checks
        .filter(({ status }) => status !== 'INFO')
        .map(({ id, status }) => ({ scenario, id, status }));
    });
}

export function countPassed(checks: readonly Check[]): string {
  return `${checks.filter(({ status }) => status === 'SUCCESS').length}/${checks.length}`;
}

/** One line for each check that one run has more often than the other. */
export function compareChecks(direct: readonly Check[], through: readonly Check[]): string[] {
  const counts = new Map<string, number>();
  const count = (checks: readonly Check[], step: number): void => {
    for (const { scenario, id, status } of checks) {
      const key = `${scenario} ${id} ${status}`;
      counts.set(key, (counts.get(key) ?? 0) + step);
    }
  };
  count(direct, 1);
  count(through, -1);
  return [...counts]
    .filter(([, left]) => left !== 0)
    .map(([key, left]) => (left > 0 ? `missing through Regent: ${key}` : `only through Regent: ${key}`))
    .sort();
}
