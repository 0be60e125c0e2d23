// Reads one case: a call with its expectation, or steps with time between them.
import {
  type Members,
  missingKey,
  mistyped,
  readList,
  readMembers,
  readText,
} from '../../../../compiler/check/read-values.ts';
import type { Scope } from '../../../../compiler/check/report.ts';
import { quoteText } from '../../../../compiler/parse/quote-text.ts';
import type { YamlNode } from '../../../../compiler/parse/yaml-node.ts';
import { CASE_KEYS, STEP_KEYS } from './case-keys.ts';
import { readAmounts, readTime } from './read-case-values.ts';
import { readAgentRef } from './read-fixtures.ts';
import { readStep, type StepContext } from './read-step.ts';
import type { StepMembers } from './step-node.ts';
import type { PlacedText, TestCase, TestStep } from './test-case.ts';

const ALL_KEYS = { ...CASE_KEYS, ...STEP_KEYS };
/** Beside `steps`, these hold for all of them. */
const SHARED = ['agent', 'session', 'at'] as const;

/** A Monday at noon: far from the ends of all windows but the week's. */
const DEFAULT_AT_MS = Date.UTC(2026, 0, 5, 12);

export interface CaseContext extends StepContext {
  readonly server: PlacedText | null;
}

export function readCase(node: YamlNode, scope: Scope, context: CaseContext): TestCase | undefined {
  const members = readMembers(node, scope, ALL_KEYS);
  if (members === undefined) return undefined;
  const { name: nameKey, server: serverKey, counters, at } = members;
  const name = nameKey === undefined ? missingKey(node, scope, 'name') : readName(nameKey);
  const server = serverKey === undefined ? context.server : readPlacedText(serverKey);
  const atMs = at === undefined ? DEFAULT_AT_MS : readTime(at.value, at.scope);
  const seeded = counters === undefined ? [] : readAmounts(counters.value, counters.scope);
  const steps =
    members.steps === undefined
      ? readOnlyStep(node, scope, { members, context })
      : readSteps(members, scope, context);
  if (name === undefined || server === undefined || atMs === undefined || steps === undefined)
    return undefined;
  return { name, position: node.position, server, atMs, counters: seeded, steps };
}

type CaseMembers = Members<typeof ALL_KEYS>;

export function readPlacedText({
  value,
  scope,
}: {
  readonly value: YamlNode;
  readonly scope: Scope;
}): PlacedText | undefined {
  const text = readText(value, scope);
  return text === undefined ? undefined : { text, position: value.position };
}

function readName({ value, scope }: NonNullable<CaseMembers['name']>): string | undefined {
  const name = readText(value, scope);
  if (name === undefined || (name.trim() !== '' && !/\p{Cc}/u.test(name))) return name;
  return mistyped(value, scope, 'a sentence on one line');
}

/** `at` is the time of the case; everything else belongs to the one step. */
function readOnlyStep(
  node: YamlNode,
  scope: Scope,
  { members, context }: { readonly members: CaseMembers; readonly context: StepContext },
): readonly TestStep[] | undefined {
  const { at: _, ...rest } = members;
  const step = readStep({ node, scope, members: rest }, context);
  return step === undefined ? undefined : [step];
}

function readSteps(members: CaseMembers, scope: Scope, context: StepContext): TestStep[] | undefined {
  reportStepKeys(members, scope);
  const { steps, agent: agentKey, session: sessionKey } = members;
  const agent =
    agentKey === undefined ? context.agent : readAgentRef(agentKey.value, agentKey.scope, context.agents);
  const session = sessionKey === undefined ? context.session : readText(sessionKey.value, sessionKey.scope);
  const inherited = { ...context, agent: agent ?? context.agent, session: session ?? context.session };
  const items = steps === undefined ? undefined : readList(steps.value, steps.scope);
  if (steps === undefined || items === undefined) return undefined;
  if (items.length === 0) return mistyped(steps.value, steps.scope, 'a list of at least one step');
  const read = items.map((item) => readOneOfSteps(item, inherited));
  const isWhole = agent !== undefined && session !== undefined && !read.includes(undefined);
  return isWhole ? (read as TestStep[]) : undefined;
}

function readOneOfSteps(
  { node, scope }: { readonly node: YamlNode; readonly scope: Scope },
  context: StepContext,
): TestStep | undefined {
  const members: StepMembers | undefined = readMembers(node, scope, STEP_KEYS);
  return members === undefined ? undefined : readStep({ node, scope, members }, context);
}

function reportStepKeys(members: CaseMembers, scope: Scope): void {
  for (const key of Object.keys(STEP_KEYS) as Array<keyof typeof STEP_KEYS>) {
    const entry = members[key];
    if (entry === undefined || (SHARED as readonly string[]).includes(key)) continue;
    const message = `${quoteText(key)} stands beside steps`;
    scope.problem('contradiction', entry.keyPosition, message, 'put it into one of the steps');
  }
}
