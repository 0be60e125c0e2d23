// Paths: `args.items[*].price`, `args["odd name"].x`, `agent.id`, `clock.weekday`, `state.pay.count`.
import type { ArgumentPath, ClockField, ConditionPath, PathStep } from '../model/policy.ts';
import { escapeText, quoteText } from '../parse/quote-text.ts';

export type ParsedPath<T> =
  | { readonly ok: true; readonly path: T }
  | { readonly ok: false; readonly problem: string; readonly suggestion?: string };

/** A name, every element, or a quoted name; a name after another has its dot in front. */
const STEP = /(\.?)([^.[\]"\s*]+)|\[(\*)\]|\[("(?:[^"\\]|\\.)*")\]/y;
const CLOCK_FIELDS: readonly ClockField[] = ['weekday', 'minute_of_day', 'date'];
/** A call's arguments are never nested deeper than this. */
const STEPS_MAX = 64;

/** A path below the arguments, without `args.`. */
export function parseArgumentPath(text: string): ParsedPath<ArgumentPath> {
  const steps = parseSteps(text);
  if (steps === null) return badPath(text);
  if (typeof steps[0] !== 'string')
    return { ok: false, problem: `${quoteText(text)} starts with [*], but arguments are no list` };
  return { ok: true, path: steps };
}

/** As `parseArgumentPath`, with `args.` in front, as conditions and `amount:` write it. */
export function parsePrefixedPath(text: string): ParsedPath<ArgumentPath> {
  const rest = withoutPrefix(text, 'args');
  if (rest !== null) return parseArgumentPath(rest);
  const problem = `${quoteText(text)} is no path into the arguments`;
  const isPath = text !== 'args' && parseSteps(text) !== null;
  return {
    ok: false,
    problem,
    suggestion: isPath ? `write ${escapeText(`args.${text}`)}` : 'write it as args.amount',
  };
}

/** What follows `args.` or `args` before a bracket; null where it does not stand in front. */
export function withoutPrefix(text: string, prefix: string): string | null {
  if (text.startsWith(`${prefix}[`)) return text.slice(prefix.length);
  return text.startsWith(`${prefix}.`) ? text.slice(prefix.length + 1) : null;
}

export function parseConditionPath(text: string): ParsedPath<ConditionPath> {
  if (text === 'agent.id') return { ok: true, path: { root: 'agent.id' } };
  if (text === 'session') return { ok: true, path: { root: 'session' } };
  for (const root of ['args', 'agent.claims'] as const) {
    const rest = withoutPrefix(text, root);
    if (rest === null) continue;
    const parsed = parseArgumentPath(rest);
    return parsed.ok ? { ok: true, path: { root, steps: parsed.path } } : parsed;
  }
  if (text.startsWith('clock.')) return clockPath(text, text.slice('clock.'.length));
  if (/^state[.[]/.test(text)) return statePath(text, text.slice('state'.length));
  return {
    ok: false,
    problem: `${quoteText(text)} is no path`,
    suggestion:
      'paths are args.…, agent.id, agent.claims.…, session, clock.weekday, clock.minute_of_day, clock.date and state.<tool>.<counter>',
  };
}

function clockPath(text: string, field: string): ParsedPath<ConditionPath> {
  const known = CLOCK_FIELDS.find((candidate) => candidate === field);
  if (known !== undefined) return { ok: true, path: { root: 'clock', field: known } };
  return {
    ok: false,
    problem: `${quoteText(text)} is no path`,
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
      problem: `${quoteText(text)} is no path`,
      suggestion: 'write state.<tool>.<counter>, or state._global.<counter>',
    };
  }
  return { ok: true, path: { root: 'state', tool: tool === '_global' ? '*' : tool, counter } };
}

/** null where the text is no path, or an empty one. */
function parseSteps(text: string): PathStep[] | null {
  const steps: PathStep[] = [];
  STEP.lastIndex = 0;
  while (STEP.lastIndex < text.length) {
    const isFirst = STEP.lastIndex === 0;
    const match = STEP.exec(text);
    const step = match === null ? null : readStep(match, isFirst);
    if (step === null || steps.length === STEPS_MAX) return null;
    steps.push(step);
  }
  return steps.length === 0 ? null : steps;
}

function readStep([, dot, name, every, quoted]: RegExpExecArray, isFirst: boolean): PathStep | null {
  if (every !== undefined) return { every: true };
  if (quoted !== undefined) return unquote(quoted);
  // `items.0` would name a member called 0 and never be there: elements are not read one by one.
  if (name === undefined || /^\d+$/.test(name)) return null;
  return (dot === '') === isFirst ? name : null;
}

/** Quoted names are written as in JSON, escapes included. */
function unquote(quoted: string): string | null {
  try {
    const name: unknown = JSON.parse(quoted);
    return typeof name === 'string' && !/\p{Cs}/u.test(name) ? name : null;
  } catch {
    return null;
  }
}

function badPath(text: string): ParsedPath<never> {
  const problem = `${quoteText(text)} is no argument path`;
  if (/\[\d*\]|\.\*|\.\d+(\.|$)/.test(text))
    return { ok: false, problem, suggestion: 'for every element of a list write [*], as in items[*].price' };
  return { ok: false, problem, suggestion: 'write it as a.b, items[*].price or ["odd name"].x' };
}
