// Tells compiled bundles from policies, by their names.

export function isBundle(file: string): boolean {
  return file.endsWith('.tar.gz') || file.endsWith('.tgz');
}
