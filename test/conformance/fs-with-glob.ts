// `node:fs` with a function that Node 20 lacks; the conformance suite imports it and, for what is run here, never calls it.
export * from 'node:fs';
export { default } from 'node:fs';

export function globSync(): never {
  throw new Error('globSync is not there on Node 20');
}
