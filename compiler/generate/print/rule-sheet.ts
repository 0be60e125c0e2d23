// Collects the rules that are generated for one rule of a policy, under names that are free in its package.
import { type Body, printDefault, printRule } from './print-rego.ts';

/** A value that checks look at: a reference from `input`, or one that starts at a variable of `every` or `some`. */
export interface Place {
  readonly text: string;
  readonly variable: string | null;
}

/** A name that nothing in the package has yet: the wished one, or one with a number behind it. */
export type ClaimName = (wish: string) => string;

export interface RuleSheet {
  readonly claimName: ClaimName;
  add(text: string): void;
  /** A rule that is true where any of the bodies holds, else false. */
  addFlag(name: string, bodies: readonly Body[]): void;
  /** As `addFlag`, under a free name; a function where the bodies look at a variable. Returns what calls it. */
  addHelper(wish: string, place: Place, bodies: readonly Body[]): string;
  /** `formats` for `data.regent.formats`. */
  useLibrary(name: string): void;
  readonly texts: readonly string[];
  readonly libraries: ReadonlySet<string>;
}

export function createNames(reserved: readonly string[]): ClaimName {
  const names = new Set(reserved);
  return (wish) => {
    let name = wish;
    for (let suffix = 2; names.has(name); suffix += 1) name = `${wish}_${suffix}`;
    names.add(name);
    return name;
  };
}

export function createRuleSheet(claimName: ClaimName): RuleSheet {
  const libraries = new Set<string>();
  const texts: string[] = [];
  const addFlag = (name: string, bodies: readonly Body[]): void => {
    texts.push(printDefault(name, 'false'), ...bodies.map((body) => printRule(name, body)));
  };
  const addHelper = (wish: string, { variable }: Place, bodies: readonly Body[]): string => {
    const name = claimName(wish);
    if (variable === null) {
      addFlag(name, bodies);
      return name;
    }
    // Functions are not memoised, defined or not, so a default would save nothing.
    const head = `${name}(${variable})`;
    texts.push(...bodies.map((body) => printRule(head, body)));
    return head;
  };
  return {
    claimName,
    add: (text) => void texts.push(text),
    addFlag,
    addHelper,
    useLibrary: (name) => void libraries.add(name),
    texts,
    libraries,
  };
}

/** `Per-call cap!` becomes `per_call_cap`; what leaves nothing takes the fallback. */
export function snakeCase(text: string, fallback: string): string {
  const words = text.toLowerCase().replace(/[^a-z0-9]+/g, '_');
  const name = words.slice(0, 40).replace(/^_+|_+$/g, '');
  return /^[a-z]/.test(name) ? name : name === '' ? fallback : `${fallback}_${name}`;
}
