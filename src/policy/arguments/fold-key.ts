// Keys as readers that ignore case see them.

/**
 * Simple case folding by way of both cases, so that `ſ` meets `s` and the Kelvin sign meets `k`. The dotted `İ` meets `i`,
 * as for Java's `equalsIgnoreCase`; JavaScript would make two characters of it.
 */
export function foldKey(key: string): string {
  return key.replaceAll('İ', 'I').toLowerCase().toUpperCase();
}
