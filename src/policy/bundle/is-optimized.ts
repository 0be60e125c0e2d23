// Tells bundles that `opa build -O` made: nothing in the manifest says so, but its modules lie where only it puts them.
import type { BundleArchive } from './bundle-archive.ts';

/**
 * OPA's optimizer writes `optimized/<package path>.rego`, with a number where a package has several. A folder of that name
 * is not enough: the organisation's own sources may have one. A level that found nothing to change leaves no trace.
 */
export function isOptimized(modules: BundleArchive['rego']): boolean {
  return modules.some(({ name, text }) => {
    const path = /^optimized\/(.+?)(\.\d+)?\.rego$/.exec(name)?.[1];
    const [clause] = text.split('\n', 1);
    return path !== undefined && clause === `package ${path.replaceAll('/', '.')}`;
  });
}
