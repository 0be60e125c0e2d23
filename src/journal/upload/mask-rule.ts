// What `data.system.log.mask` says, read strictly: a mask that is not understood must not be passed over.

export interface MaskRule {
  readonly op: 'remove' | 'upsert';
  /** As the policy spells it. */
  readonly path: string;
  /** `input`, `result`, or OPA's `nd_builtin_cache`, which Regent's events do not have. */
  readonly root: string;
  readonly steps: readonly string[];
  /** What is put there. */
  readonly value: unknown;
}

const ROOTS = ['input', 'result', 'nd_builtin_cache'];

/** In the order in which they are applied. Throws where the value is no list of masks. */
export function readMasks(value: unknown): MaskRule[] {
  if (value === undefined) return [];
  if (!Array.isArray(value)) throw new Error('system.log.mask is not a set of masks');
  return value.map(readMask).sort(byOrder);
}

function readMask(mask: unknown): MaskRule {
  if (typeof mask === 'string') return { op: 'remove', value: null, ...readPath(mask) };
  const {
    op,
    path,
    value = null,
  } = (typeof mask === 'object' && mask !== null ? mask : {}) as {
    op?: unknown;
    path?: unknown;
    value?: unknown;
  };
  if ((op !== 'remove' && op !== 'upsert') || typeof path !== 'string')
    throw new Error('a mask of system.log.mask is neither a path nor {op, path, value}');
  return { op, value, ...readPath(path) };
}

function readPath(path: string): Pick<MaskRule, 'path' | 'root' | 'steps'> {
  const [start, root = '', ...steps] = path.split('/');
  if (start !== '' || !ROOTS.includes(root))
    throw new Error(`the mask ${JSON.stringify(path)} does not begin with /input or /result`);
  return { path, root, steps: steps.map((step) => decodeStep(step, path)) };
}

/** A slash in a key is written %2F, and a percent sign %25. */
function decodeStep(step: string, path: string): string {
  try {
    return decodeURIComponent(step);
  } catch (cause) {
    throw new Error(`the mask ${JSON.stringify(path)} has a % that no two hexadecimal digits follow`, {
      cause,
    });
  }
}

/**
 * A set has no order, so this one is made: removals come last, so that nothing put in stays where it must not, and of a
 * list the elements behind go first, so that the others keep their index.
 */
function byOrder(a: MaskRule, b: MaskRule): number {
  if (a.op !== b.op) return a.op === 'upsert' ? -1 : 1;
  for (let index = 0; index < Math.max(a.steps.length, b.steps.length); index += 1) {
    const order = compareSteps(a.steps[index], b.steps[index]);
    if (order !== 0) return a.op === 'remove' ? -order : order;
  }
  return a.root < b.root ? -1 : 1;
}

/** What ends first is less; numbers go by their value. */
function compareSteps(a: string | undefined, b: string | undefined): number {
  if (a === b) return 0;
  if (a === undefined) return -1;
  if (b === undefined) return 1;
  const byValue = Number(a) - Number(b);
  if (byValue !== 0 && !Number.isNaN(byValue)) return byValue;
  return a < b ? -1 : 1;
}
