// Keys as readers that ignore case see them.

/** Simple case folding by way of both cases, so that `ſ` meets `s` and the Kelvin sign meets `k`. */
export function foldKey(key: string): string {
  return key.toLowerCase().toUpperCase();
}
