// Paths: `args.items[*].price`, `args["odd name"].x`, `agent.id`, `clock.weekday`, `state.pay.count`.
import type { ArgumentPath, ClockField, ConditionPath, PathStep } from '../model/policy.ts';

export type ParsedPath<T> =
  | { readonly ok: true; readonly path: T }
  | { readonly ok: false; readonly problem: string; readonly suggestion?: string };

const STEP = /\.?([^.[\]"\s]+)|\[(\*)\]|\["((?:[^"\\]|\\.)*)"\]/y;
const CLOCK_FIELDS: readonly ClockField[] = ['weekday', 'minute_of_day', 'date'];

/** A path below the arguments, without `args.`. */
export function parseArgumentPath(text: string): ParsedPath<ArgumentPath> {
  const steps = parseSteps(text);
  if (steps === null || steps.length === 0) return badPath(text);
  if (typeof steps[0] !== 'string')
    return { ok: false, problem: `${JSON.stringify(text)} starts with [*], but arguments are no list` };
  return { ok: true, path: steps };
}

/** As `parseArgumentPath`, with `args.` in front, as conditions and `amount:` write it. */
export function parsePrefixedPath(text: string): ParsedPath<ArgumentPath> {
  const rest = /^args(?=[.[])(.*)$/s.exec(text)?.[1];
  if (rest === undefined) {
    return {
      ok: false,
      problem: `${JSON.stringify(text)} is no path into the arguments`,
      suggestion: `write args.${text}`,
    };
  }
  return parseArgumentPath(rest);
}

export function parseConditionPath(text: string): ParsedPath<ConditionPath> {
  if (text === 'agent.id') return { ok: true, path: { root: 'agent.id' } };
  if (text === 'session') return { ok: true, path: { root: 'session' } };
  const [, root = '', rest = ''] = /^(args|agent\.claims|clock|state)(?=[.[])(.*)$/s.exec(text) ?? [];
  if (root === 'clock') return clockPath(text, rest.slice(1));
  if (root === 'state') return statePath(text, rest);
  if (root === 'args' || root === 'agent.claims') {
    const parsed = parseArgumentPath(rest);
    return parsed.ok ? { ok: true, path: { root, steps: parsed.path } } : parsed;
  }
  return {
    ok: false,
    problem: `${JSON.stringify(text)} is no path`,
    suggestion:
      'paths are args.…, agent.id, agent.claims.…, session, clock.weekday, clock.minute_of_day, clock.date and state.<tool>.<counter>',
  };
}

function clockPath(text: string, field: string): ParsedPath<ConditionPath> {
  const known = CLOCK_FIELDS.find((candidate) => candidate === field);
  if (known !== undefined) return { ok: true, path: { root: 'clock', field: known } };
  return {
    ok: false,
    problem: `${JSON.stringify(text)} is no path`,
    suggestion: `the clock has ${CLOCK_FIELDS.join(', ')}`,
  };
}

/** The counter is what follows the last dot: tool names may hold dots, and may stand in brackets. */
function statePath(text: string, rest: string): ParsedPath<ConditionPath> {
  const [, dotted, bracketed, counter] = /^(?:\.(.+)|\["([^"]+)"\])\.([\w-]+)$/.exec(rest) ?? [];
  const tool = dotted ?? bracketed;
  if (tool === undefined || counter === undefined) {
    return {
      ok: false,
      problem: `${JSON.stringify(text)} is no path`,
      suggestion: 'write state.<tool>.<counter>, or state._global.<counter>',
    };
  }
  return { ok: true, path: { root: 'state', tool: tool === '_global' ? '*' : tool, counter } };
}

function parseSteps(text: string): PathStep[] | null {
  const steps: PathStep[] = [];
  STEP.lastIndex = 0;
  while (STEP.lastIndex < text.length) {
    const isFirst = STEP.lastIndex === 0;
    const match = STEP.exec(text);
    if (match === null) return null;
    const [whole, name, every, quoted] = match;
    if (name !== undefined && !isFirst && !whole.startsWith('.')) return null;
    if (every !== undefined) steps.push({ every: true });
    else if (quoted !== undefined) steps.push(quoted.replace(/\\(.)/g, '$1'));
    else if (name !== undefined) steps.push(name);
  }
  return steps;
}

function badPath(text: string): ParsedPath<never> {
  return {
    ok: false,
    problem: `${JSON.stringify(text)} is no argument path`,
    suggestion: 'write it as a.b, items[*].price or ["odd name"].x',
  };
}
