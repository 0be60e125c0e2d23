// Which argument paths an entry's rules read. A path below another one is read with it already.
import type { ArgumentPath, Condition, Per, Rule } from '../model/policy.ts';

export function readPaths(rules: readonly Rule[]): ArgumentPath[] {
  return withoutInner(rules.flatMap(rulePaths));
}

/** Each once, and none below another. */
export function withoutInner(paths: readonly ArgumentPath[]): ArgumentPath[] {
  const keys = new Set(paths.map(keyOf));
  const unique = [...new Map(paths.map((path) => [keyOf(path), path])).values()];
  return unique.filter((path) => !path.some((_, length) => keys.has(keyOf(path.slice(0, length)))));
}

function rulePaths({ when, conditions, arguments: checks, rateLimit, spend }: Rule): ArgumentPath[] {
  return [
    ...[...when, ...conditions].flatMap(conditionPaths),
    ...checks.map(({ path }) => path),
    ...perPaths(rateLimit?.per),
    ...perPaths(spend?.per),
    ...(spend?.currency ? [spend.currency] : []),
  ];
}

function conditionPaths({ path }: Condition): ArgumentPath[] {
  return path.root === 'args' ? [path.steps] : [];
}

function perPaths(per: Per | null | undefined): ArgumentPath[] {
  return per?.by === 'argument' ? [per.path] : [];
}

function keyOf(path: ArgumentPath): string {
  return JSON.stringify(path);
}
