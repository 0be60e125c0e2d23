// Reads what counts: rate limits, spend caps, counters of one's own, and what separate counters are kept for.
import { toMinorUnits } from '../model/exact-number.ts';
import type { ArgumentPath, Per, RateLimit, Spend, StateCounter } from '../model/policy.ts';
import { quoteText } from '../parse/quote-text.ts';
import type { YamlNode } from '../parse/yaml-node.ts';
import { RATE_LIMIT_KEYS, SPEND_KEYS, STATE_KEYS, WINDOWS } from '../schema/grammar.ts';
import { parsePrefixedPath } from './parse-path.ts';
import {
  describe,
  type KeyedEntry,
  type Members,
  missingKey,
  readBoolean,
  readMembers,
  readNumber,
  readText,
  readWhole,
  readWord,
} from './read-values.ts';
import type { Scope } from './report.ts';
import { suggestNearest } from './suggest.ts';

const CAPS = [
  ['hourly', 'hour'],
  ['daily', 'day'],
  ['weekly', 'week'],
  ['monthly', 'month'],
] as const;
const SCALE_MAX = 6;
const PER_WORDS = ['tool', 'agent', 'session'] as const;

export function readRateLimit(node: YamlNode, scope: Scope): RateLimit | undefined {
  if (node.kind === 'scalar') return readShortRateLimit(node, scope);
  const members = readMembers(node, scope, RATE_LIMIT_KEYS);
  if (members === undefined) return undefined;
  if (members.limit === undefined) missingKey(node, scope, 'limit');
  if (members.window === undefined) missingKey(node, scope, 'window');
  const limit = members.limit && readLimit(members.limit);
  const window = members.window && readWord(members.window.value, members.window.scope, WINDOWS);
  const sliding =
    members.sliding === undefined ? false : readBoolean(members.sliding.value, members.sliding.scope);
  const per = readPer(members.per);
  if (limit === undefined || window === undefined || sliding === undefined || per === undefined)
    return undefined;
  return { limit, window, sliding, per, position: node.position };
}

function readShortRateLimit(node: YamlNode, scope: Scope): RateLimit | undefined {
  const text = node.kind === 'scalar' && typeof node.value === 'string' ? node.value : '';
  const [, digits = '', word = ''] = /^(\d+)\/(\w+)$/.exec(text) ?? [];
  const window = WINDOWS.find((known) => known === word);
  const limit = Number(digits);
  if (window !== undefined && limit >= 1 && Number.isSafeInteger(limit)) {
    return { limit, window, sliding: false, per: null, position: node.position };
  }
  scope.problem('bad-rate', node.position, `${describe(node)} is no rate limit`, rateAdvice(digits, word));
  return undefined;
}

function rateAdvice(digits: string, word: string): string {
  if (digits !== '' && Number(digits) === 0) return 'to let nothing through use action: deny';
  if (digits !== '' && !Number.isSafeInteger(Number(digits))) return 'a limit is at most 2^53-1';
  const near = digits === '' ? undefined : suggestNearest(word, WINDOWS);
  if (near !== undefined) return near.replace('"', `"${digits}/`);
  return `write it as 60/minute; windows are ${WINDOWS.join(', ')}`;
}

function readLimit({ value, scope }: KeyedEntry): number | undefined {
  const limit = readWhole(value, scope, 0);
  if (limit !== 0) return limit;
  scope.problem('bad-rate', value.position, 'a limit of 0 lets nothing through', 'use action: deny for that');
  return undefined;
}

export function readSpend(node: YamlNode, scope: Scope): Spend | undefined {
  const members = readMembers(node, scope, SPEND_KEYS);
  if (members === undefined) return undefined;
  const scale = members.scale === undefined ? 2 : readScale(members.scale);
  const amount =
    members.amount === undefined ? { path: ['amount'], text: 'args.amount' } : readArgsPath(members.amount);
  const currency = members.currency === undefined ? null : readCurrency(members.currency);
  const per = readPer(members.per);
  const { perCall, caps } = readCaps(node, scope, { members, scale: scale ?? SCALE_MAX });
  if (scale === undefined || amount === undefined || currency === undefined || per === undefined)
    return undefined;
  return {
    perCall,
    caps,
    amount: amount.path,
    amountText: amount.text,
    currency: currency?.path ?? null,
    currencyText: currency?.text ?? null,
    scale,
    per,
    position: node.position,
  };
}

/** Where the currency stands, and not which one it is. */
function readCurrency(entry: KeyedEntry): ReturnType<typeof readArgsPath> {
  const { value, scope } = entry;
  const code = value.kind === 'scalar' && /^[A-Z]{3}$/.test(value.source) ? value.source : null;
  if (code === null) return readArgsPath(entry);
  const advice = `name the argument that holds it, such as args.currency; to allow ${code} alone, check that argument`;
  scope.problem('bad-path', value.position, `${quoteText(code)} is no path into the arguments`, advice);
  return undefined;
}

interface CapsToRead {
  readonly members: Members<typeof SPEND_KEYS>;
  readonly scale: number;
}

function readCaps(
  node: YamlNode,
  scope: Scope,
  { members, scale }: CapsToRead,
): Pick<Spend, 'perCall' | 'caps'> {
  const perCall = members.per_call === undefined ? null : (readUnits(members.per_call, scale) ?? null);
  const caps = CAPS.flatMap(([key, window]) => {
    const entry = members[key];
    const cap = entry === undefined ? undefined : readUnits(entry, scale);
    return cap === undefined ? [] : [{ window, cap }];
  });
  const isCapped = members.per_call !== undefined || CAPS.some(([key]) => members[key] !== undefined);
  if (!isCapped)
    scope.problem(
      'missing-key',
      node.position,
      'nothing is capped here',
      'give per_call, hourly, daily, weekly or monthly',
    );
  return { perCall, caps };
}

/** Caps are minor units from the digits on. */
function readUnits({ value, scope }: KeyedEntry, scale: number): number | undefined {
  const number = readNumber(value, scope);
  const units = number === undefined ? undefined : toMinorUnits(number.number, scale);
  if (units !== null) return units;
  const decimals = number?.number.split('.')[1]?.length ?? 0;
  const message = `${describe(value)} is no amount from 0 to 2^53-1 smallest units, with at most ${scale} decimals`;
  const advice = decimals > scale ? 'say how many decimals the amounts have with scale' : undefined;
  scope.problem('bad-value', value.position, message, advice);
  return undefined;
}

function readScale({ value, scope }: KeyedEntry): number | undefined {
  const scale = readWhole(value, scope, 0);
  if (scale === undefined || scale <= SCALE_MAX) return scale;
  scope.problem('bad-value', value.position, `scale is at most ${SCALE_MAX}, not ${scale}`);
  return undefined;
}

export function readStateCounter(node: YamlNode, scope: Scope): StateCounter | undefined {
  const members = readMembers(node, scope, STATE_KEYS);
  if (members === undefined) return undefined;
  if (members.counter === undefined) missingKey(node, scope, 'counter');
  if (members.window === undefined) missingKey(node, scope, 'window');
  const counter = members.counter && readCounterName(members.counter);
  const window = members.window && readWord(members.window.value, members.window.scope, WINDOWS);
  const increment =
    members.increment === undefined ? 1 : readWhole(members.increment.value, members.increment.scope, 1);
  const from = members.increment_from === undefined ? null : readArgsPath(members.increment_from);
  if (members.increment !== undefined && members.increment_from !== undefined) {
    scope.problem(
      'contradiction',
      members.increment_from.keyPosition,
      'increment and increment_from exclude each other',
      'keep one of them',
    );
  }
  if (counter === undefined || window === undefined || increment === undefined || from === undefined)
    return undefined;
  return {
    counter,
    window,
    increment,
    incrementFrom: from?.path ?? null,
    incrementFromText: from?.text ?? null,
    position: node.position,
  };
}

export function readCounterName({ value, scope }: KeyedEntry): string | undefined {
  const name = readText(value, scope);
  if (name === undefined || /^[\w-]{1,100}$/.test(name)) return name;
  scope.problem(
    'bad-name',
    value.position,
    `${quoteText(name)} is no counter name`,
    'counter names are made of A-Z a-z 0-9 _ and -',
  );
  return undefined;
}

/** null: no separate counters; undefined: reported. */
export function readPer(entry: KeyedEntry | undefined): Per | null | undefined {
  if (entry === undefined) return null;
  const text = readText(entry.value, entry.scope);
  if (text === undefined) return undefined;
  const word = PER_WORDS.find((known) => known === text);
  if (word !== undefined) return { by: word };
  if (/^args\b/.test(text)) {
    const path = readArgsPath(entry);
    return path === undefined ? undefined : { by: 'argument', path: path.path, pathText: path.text };
  }
  const message = `${quoteText(text)} is not one of ${PER_WORDS.join(', ')}, nor an argument`;
  const advice = suggestNearest(text, PER_WORDS) ?? 'write an argument as args.account';
  entry.scope.problem('bad-value', entry.value.position, message, advice);
  return undefined;
}

/** A path to one value: `[*]` would name many. */
function readArgsPath({
  value,
  scope,
}: KeyedEntry): { readonly path: ArgumentPath; readonly text: string } | undefined {
  const text = readText(value, scope);
  if (text === undefined) return undefined;
  const parsed = parsePrefixedPath(text);
  if (!parsed.ok) {
    scope.problem('bad-path', value.position, parsed.problem, parsed.suggestion);
    return undefined;
  }
  if (parsed.path.every((step) => typeof step === 'string')) return { path: parsed.path, text };
  scope.problem('bad-path', value.position, `${quoteText(text)} names many values; one is needed here`);
  return undefined;
}
