// File names for generated modules: close to the names in the policy, safe on every file system, and each only once.

export type ModulePaths = (folder: string, names: readonly string[]) => string;

export function createModulePaths(): ModulePaths {
  const taken = new Set<string>();
  return (folder, names) => {
    const path = [folder, ...names.map(safeName)].join('/');
    let unique = path;
    // Some file systems do not tell upper from lower case.
    for (let suffix = 2; taken.has(unique.toLowerCase()); suffix += 1) unique = `${path}_${suffix}`;
    taken.add(unique.toLowerCase());
    return `${unique}.rego`;
  };
}

/** No hidden files, no `..`, and no name that OPA's tools would take for a test. */
function safeName(name: string): string {
  const safe = name.replace(/[^A-Za-z0-9_.-]/g, '_').replace(/^\./, '_');
  return safe.endsWith('_test') ? `${safe}_` : safe;
}
