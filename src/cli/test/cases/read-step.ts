// Reads one step: the call that is made, when, and what is expected of it.
import { describe, readText, readWhole } from '../../../../compiler/check/read-values.ts';
import { parseDuration } from '../../../../compiler/model/parse-duration.ts';
import { quoteText } from '../../../../compiler/parse/quote-text.ts';
import type { JsonObject } from '../../../policy/arguments/json-node.ts';
import type { Agent } from '../../../policy/decision.ts';
import { readNames, readTime } from './read-case-values.ts';
import { readExpectation } from './read-expectation.ts';
import { type CallFixture, type Fixtures, readAgentRef, readToolCall, unknownName } from './read-fixtures.ts';
import { readJsonObject } from './read-json.ts';
import type { StepMembers, StepNode } from './step-node.ts';
import type { PlannedCall, TestStep } from './test-case.ts';

/** What holds where a step says nothing else. */
export interface StepContext {
  readonly agents: Fixtures<Agent> | null;
  readonly calls: Fixtures<CallFixture>;
  readonly agent: Agent;
  readonly session: string;
}

const REPEAT_MAX = 10_000;

export function readStep(step: StepNode, context: StepContext): TestStep | undefined {
  const { node, members } = step;
  const call = readPlannedCall(step, context);
  const time = readStepTime(step);
  const repeat = readRepeat(step);
  const { approved_by: people } = members;
  const approvedBy = people === undefined ? [] : readNames(people.value, people.scope);
  const expected = readExpectation(step);
  if (call === undefined || repeat === undefined || approvedBy === undefined || expected === undefined)
    return undefined;
  return { position: node.position, call, time, repeat, approvedBy, expected };
}

function readRepeat({ members: { repeat } }: StepNode): number | undefined {
  if (repeat === undefined) return 1;
  const count = readWhole(repeat.value, repeat.scope, 1);
  if (count === undefined || count <= REPEAT_MAX) return count;
  repeat.scope.problem('bad-value', repeat.value.position, `${count} is more than ${REPEAT_MAX}`);
  return undefined;
}

function readStepTime({ members: { at, after } }: StepNode): TestStep['time'] {
  if (at !== undefined && after !== undefined) {
    after.scope.problem('contradiction', after.keyPosition, 'at and after cannot both be meant');
    return null;
  }
  if (at !== undefined) {
    const atMs = readTime(at.value, at.scope);
    return atMs === undefined ? null : { atMs };
  }
  if (after === undefined) return null;
  const text = readText(after.value, after.scope);
  const afterMs = text === undefined ? null : parseDuration(text);
  if (afterMs !== null) return { afterMs };
  if (text !== undefined) {
    const message = `${describe(after.value)} is not a duration`;
    after.scope.problem('bad-duration', after.value.position, message, 'write it as 61s, 24h or 1h30m');
  }
  return null;
}

function readPlannedCall(step: StepNode, context: StepContext): PlannedCall | undefined {
  const { agent: agentKey, session: sessionKey } = step.members;
  const agent =
    agentKey === undefined ? context.agent : readAgentRef(agentKey.value, agentKey.scope, context.agents);
  const session = sessionKey === undefined ? context.session : readText(sessionKey.value, sessionKey.scope);
  const made = step.members.call === undefined ? readOwnCall(step) : readBaseCall(step, context);
  if (agent === undefined || session === undefined || made === undefined) return undefined;
  return { agent, session, ...made };
}

/** `tool` and `arguments` of the step itself. */
function readOwnCall({ node, scope, members }: StepNode): CallFixture | undefined {
  for (const key of ['with', 'without'] as const) {
    const entry = members[key];
    if (entry === undefined) continue;
    const message = `${quoteText(key)} changes a call, and no call is named`;
    scope.problem('contradiction', entry.keyPosition, message, 'write the arguments under arguments');
  }
  return readToolCall(node, scope, members);
}

/** A call of the file, changed by `with` and `without`. */
function readBaseCall({ scope, members }: StepNode, { calls }: StepContext): CallFixture | undefined {
  for (const key of ['tool', 'arguments', 'arguments_json'] as const) {
    const entry = members[key];
    if (entry === undefined) continue;
    const message = `${quoteText(key)} stands beside call`;
    scope.problem('contradiction', entry.keyPosition, message, 'change the arguments of the call under with');
  }
  const { call, with: added, without } = members;
  const base = call && findCall(call, calls);
  const changes = added === undefined ? new Map() : readJsonObject(added.value, added.scope);
  const left =
    base === undefined || without === undefined ? base?.arguments : leaveOut(base.arguments, without);
  if (base === undefined || changes === undefined || left === undefined) return undefined;
  return { tool: base.tool, arguments: new Map([...left, ...changes]) };
}

function findCall(
  { value, scope }: NonNullable<StepMembers['call']>,
  calls: Fixtures<CallFixture>,
): CallFixture | undefined {
  const name = readText(value, scope);
  if (name === undefined || calls.has(name)) return calls.get(name ?? '');
  return unknownName(value, scope, { place: 'calls', known: [...calls.keys()] });
}

function leaveOut(
  args: JsonObject,
  { value, scope }: NonNullable<StepMembers['without']>,
): JsonObject | undefined {
  const names = readNames(value, scope);
  const missing = names?.find((name) => !args.has(name));
  if (names === undefined || missing === undefined)
    return names && new Map([...args].filter(([name]) => !names.includes(name)));
  const message = `the call has no argument ${quoteText(missing)}`;
  scope.problem('bad-value', value.position, message);
  return undefined;
}
