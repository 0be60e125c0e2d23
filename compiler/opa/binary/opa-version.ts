// Which versions of the `opa` binary Regent is tested with: language and planner change between versions.

const MAJOR = 1;
const FIRST_MINOR = 18;
const LAST_MINOR = 22;

export const TESTED_VERSIONS = `${MAJOR}.${FIRST_MINOR} to ${MAJOR}.${LAST_MINOR}`;

/** From what `opa version` prints; null where it names no version. */
export function readOpaVersion(printed: string): string | null {
  return /^Version: (\d+\.\d+\.\d+\S*)\s*$/m.exec(printed)?.[1] ?? null;
}

/** Releases only: what comes before one (`1.22.0-rc.1`) is another program. */
export function isTestedVersion(version: string): boolean {
  const [, major, minor] = /^(\d+)\.(\d+)\.\d+(?:\+\S*)?$/.exec(version) ?? [];
  return Number(major) === MAJOR && Number(minor) >= FIRST_MINOR && Number(minor) <= LAST_MINOR;
}
