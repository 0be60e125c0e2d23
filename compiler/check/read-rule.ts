// Reads one rule, and says where its parts contradict each other.
import { parseDuration } from '../model/parse-duration.ts';
import type { Action, Rule } from '../model/policy.ts';
import { quoteText } from '../parse/quote-text.ts';
import type { YamlNode } from '../parse/yaml-node.ts';
import { ACTIONS, MODES, RULE_KEYS } from '../schema/grammar.ts';
import type { PolicyUses } from './policy-uses.ts';
import { readConditions } from './read-conditions.ts';
import { readRateLimit, readSpend, readStateCounter } from './read-limits.ts';
import { readArgumentChecks } from './read-schema.ts';
import {
  describe,
  type KeyedEntry,
  type Members,
  readMembers,
  readText,
  readWhole,
  readWord,
} from './read-values.ts';
import type { Scope } from './report.ts';

type RuleMembers = Members<typeof RULE_KEYS>;

/** Where a rule stands: in the entry `tool`, as number `index` from 1. */
export interface RulePlace {
  readonly tool: string;
  readonly index: number;
  readonly uses: PolicyUses;
}

const DEFAULT_TIMEOUT_MS = 30 * 60 * 1000;
/** What only makes sense where a call can pass. */
const CHECKS = ['arguments', 'rate_limit', 'spend', 'state'] as const;

export function readRule(node: YamlNode, scope: Scope, place: RulePlace): Rule | undefined {
  const members = readMembers(node, scope, RULE_KEYS);
  if (members === undefined) return undefined;
  const action =
    members.action === undefined ? 'evaluate' : readWord(members.action.value, members.action.scope, ACTIONS);
  const name = members.name === undefined ? null : (readRuleName(members.name) ?? null);
  const conditions =
    readPart(members.conditions, (value, below) => readConditions(value, below, place.uses)) ?? [];
  const when = readPart(members.when, (value, below) => readConditions(value, below, place.uses)) ?? [];
  const isConditional = action === 'deny' || action === 'require_approval';
  if (action !== undefined) reportContradictions(node, scope, { members, action });
  return {
    id: `${place.tool}/${name ?? `#${place.index}`}`,
    name,
    action: action ?? 'evaluate',
    mode: readPart(members.mode, (value, below) => readWord(value, below, MODES)) ?? 'enforce',
    when: isConditional ? [...when, ...conditions] : when,
    conditions: isConditional ? [] : conditions,
    arguments:
      readPart(members.arguments, (value, below) => readArgumentChecks(value, below, place.uses.patterns)) ??
      [],
    rateLimit: readPart(members.rate_limit, readRateLimit) ?? null,
    spend: readPart(members.spend, readSpend) ?? null,
    state: readPart(members.state, readStateCounter) ?? null,
    approval: action === 'require_approval' ? readApproval(members) : null,
    onDeny: readPart(members.on_deny, readOnDeny) ?? null,
    position: node.position,
  };
}

function readPart<T>(
  entry: KeyedEntry | undefined,
  read: (value: YamlNode, scope: Scope) => T | undefined,
): T | undefined {
  return entry === undefined ? undefined : read(entry.value, entry.scope);
}

function readRuleName({ value, scope }: KeyedEntry): string | undefined {
  const name = readText(value, scope);
  if (
    name === undefined ||
    (/^[^\p{Cc}\p{Cs}\p{Zl}\p{Zp}\p{Bidi_Control}/#]{1,100}$/u.test(name) && name.trim() === name)
  )
    return name;
  scope.problem(
    'bad-name',
    value.position,
    `${quoteText(name)} is no rule name`,
    'use 1 to 100 characters without / and #',
  );
  return undefined;
}

function readApproval(members: RuleMembers): Rule['approval'] {
  return {
    timeoutMs: readPart(members.approval_timeout, readTimeout) ?? DEFAULT_TIMEOUT_MS,
    required: readPart(members.approvals, (value, scope) => readWhole(value, scope, 1)) ?? 1,
  };
}

function readTimeout(node: YamlNode, scope: Scope): number | undefined {
  // A number alone is no text, and its advice would be quotes: it lacks its unit.
  const timeoutMs = node.kind === 'scalar' ? parseDuration(node.source) : null;
  if (timeoutMs !== null && timeoutMs > 0) return timeoutMs;
  scope.problem(
    'bad-duration',
    node.position,
    `${describe(node)} is no duration`,
    'write it as 30m, 45s, 1h30m or 2d',
  );
  return undefined;
}

function readOnDeny(node: YamlNode, scope: Scope): string | undefined {
  const text = readText(node, scope);
  if (text?.trim() !== '') return text;
  scope.problem(
    'bad-value',
    node.position,
    'an agent would be told nothing',
    'say something, or leave it out',
  );
  return undefined;
}

interface ActionToCheck {
  readonly members: RuleMembers;
  readonly action: Action;
}

function reportContradictions(node: YamlNode, scope: Scope, { members, action }: ActionToCheck): void {
  if (action === 'deny') {
    for (const key of CHECKS) {
      const entry = members[key];
      if (entry !== undefined)
        entry.scope.problem(
          'contradiction',
          entry.keyPosition,
          `a rule that denies cannot hold ${key}`,
          'say when it denies with when or conditions',
        );
    }
  }
  if (action !== 'require_approval') {
    for (const key of ['approval_timeout', 'approvals'] as const) {
      const entry = members[key];
      if (entry !== undefined)
        entry.scope.problem(
          'contradiction',
          entry.keyPosition,
          `${key} only has a meaning with action: require_approval`,
        );
    }
  }
  // Where a key is unknown, it is what the rule was to check.
  const doesNothing =
    action === 'evaluate' &&
    !hasUnknownKey(node) &&
    members.conditions === undefined &&
    CHECKS.every((key) => members[key] === undefined);
  if (doesNothing) {
    scope.problem(
      'contradiction',
      node.position,
      'this rule checks nothing',
      'give it conditions, arguments, rate_limit, spend, state or an action',
    );
  }
}

function hasUnknownKey(node: YamlNode): boolean {
  return node.kind === 'map' && node.entries.some(({ key }) => !Object.hasOwn(RULE_KEYS, key));
}
