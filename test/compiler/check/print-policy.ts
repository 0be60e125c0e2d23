// Writes the rules of a model as YAML, for the test that reading them gives the same model.
import type {
  ArgumentPath,
  Condition,
  Literal,
  Per,
  Rule,
  Schema,
  Spend,
} from '../../../compiler/model/policy.ts';

type Member = readonly [key: string, value: string | null];

/** A flow mapping; members without a value are left out. */
function printMap(members: readonly Member[]): string {
  const written = members.filter(([, value]) => value !== null);
  return `{${written.map(([key, value]) => `${JSON.stringify(key)}: ${value}`).join(', ')}}`;
}

function printList(items: readonly string[]): string | null {
  return items.length === 0 ? null : `[${items.join(', ')}]`;
}

function printText(text: string | null): string | null {
  return text === null ? null : JSON.stringify(text);
}

export function printLiteral(value: Literal): string {
  if (value === null || typeof value === 'boolean' || typeof value === 'string') return JSON.stringify(value);
  if (Array.isArray(value)) return `[${value.map(printLiteral).join(', ')}]`;
  if ('number' in value) return value.number;
  if ('object' in value) return printMap(value.object.map(([key, member]) => [key, printLiteral(member)]));
  throw new Error('not a literal');
}

/** Every name in quotes and brackets, which is the form that holds any name. */
export function printPath(path: ArgumentPath): string {
  return path.map((step) => (typeof step === 'string' ? `[${JSON.stringify(step)}]` : '[*]')).join('');
}

function printConditions(conditions: readonly Condition[]): string | null {
  return printList(
    conditions.map(({ pathText, op, value }) =>
      printMap([
        ['path', printText(pathText)],
        ['op', op],
        ['value', printLiteral(value)],
      ]),
    ),
  );
}

function printSchema(schema: Schema): string {
  return printMap(
    Object.entries(schema).map(([keyword, value]) => [
      keyword,
      keyword === 'not'
        ? printSchema(value)
        : typeof value === 'number'
          ? String(value)
          : printLiteral(value as Literal),
    ]),
  );
}

function printPer(per: Per | null): string | null {
  return per === null ? null : printText(per.by === 'argument' ? per.pathText : per.by);
}

/** Minor units as an amount: 50001 at scale 2 is 500.01. */
function printUnits(units: number, scale: number): string {
  const digits = String(units).padStart(scale + 1, '0');
  return scale === 0 ? digits : `${digits.slice(0, -scale)}.${digits.slice(-scale)}`;
}

function printSpend({ perCall, caps, amountText, currencyText, scale, per }: Spend): string {
  const words = { hour: 'hourly', day: 'daily', week: 'weekly', month: 'monthly' } as const;
  return printMap([
    ['per_call', perCall === null ? null : printUnits(perCall, scale)],
    ...caps.map(({ window, cap }): Member => [words[window], printUnits(cap, scale)]),
    ['amount', printText(amountText)],
    ['currency', printText(currencyText)],
    ['scale', String(scale)],
    ['per', printPer(per)],
  ]);
}

function printLimits({ rateLimit, spend, state }: Rule): Member[] {
  const rate =
    rateLimit &&
    printMap([
      ['limit', String(rateLimit.limit)],
      ['window', rateLimit.window],
      ['sliding', String(rateLimit.sliding)],
      ['per', printPer(rateLimit.per)],
    ]);
  const counter =
    state &&
    printMap([
      ['counter', printText(state.counter)],
      ['window', state.window],
      ['increment', state.incrementFrom === null ? String(state.increment) : null],
      ['increment_from', printText(state.incrementFromText)],
    ]);
  return [
    ['rate_limit', rate],
    ['spend', spend && printSpend(spend)],
    ['state', counter],
  ];
}

export function printRule(rule: Rule): string {
  const checks = rule.arguments.map(({ pathText, schema }): Member => [pathText, printSchema(schema)]);
  return printMap([
    ['name', printText(rule.name)],
    ['action', rule.action],
    ['mode', rule.mode],
    ['when', printConditions(rule.when)],
    ['conditions', printConditions(rule.conditions)],
    ['arguments', checks.length === 0 ? null : printMap(checks)],
    ...printLimits(rule),
    ['approval_timeout', rule.approval && `${rule.approval.timeoutMs}ms`],
    ['approvals', rule.approval && String(rule.approval.required)],
    ['on_deny', printText(rule.onDeny)],
  ]);
}
