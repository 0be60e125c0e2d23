// A hook for module resolution: the suite's `fs` is ours.
import type { ResolveHook } from 'node:module';

const OURS = new URL('./fs-with-glob.js', import.meta.url).href;

export const resolve: ResolveHook = (specifier, context, next) =>
  specifier === 'fs' && context.parentURL?.includes('/@modelcontextprotocol/conformance/')
    ? { url: OURS, shortCircuit: true }
    : next(specifier, context);
