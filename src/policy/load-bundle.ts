// Puts a bundle in force: opens it, checks what its manifest promises, and probes every declared tool.
import {
  BUNDLE_FORMAT,
  type BundleMetadata,
  type CounterPlan,
  type ServerPlan,
} from '../../compiler/model/manifest.ts';
import { type BundleArchive, readBundleArchive } from './bundle-archive.ts';
import type { Agent, Decision } from './decision.ts';
import { PolicyError } from './policy-error.ts';
import { type PreparedCall, prepareCall, type ToolCall } from './prepare-call.ts';
import { readDecision } from './read-decision.ts';
import { createPlanFinder, type ReadPlan } from './tool-plan.ts';
import { BOUNDS, createEvaluator, type Evaluator } from './wasm-evaluator.ts';

const DECISION = 'regent/gateway/decision';
const LISTED = 'regent/gateway/listed';
const REGISTERED = 'regent/gateway/registered';

/** A policy in force. */
export interface LoadedPolicy {
  /** Names the exact policy that decided; stands in each journal row. */
  readonly revision: string;
  readonly servers: readonly string[];
  /** The bundle's Rego, for people to read. */
  readonly rego: BundleArchive['rego'];
  /** Code that Regent did not generate takes part: a decision may take as long as the bounds allow. */
  readonly isBounded: boolean;
  /** The counters that the rules of a server keep. */
  countersOf(server: string): readonly CounterPlan[];
  /** Throws `PolicyError` where the arguments cannot be judged. */
  prepare(call: ToolCall): PreparedCall;
  /** `input` as `PreparedCall.input` makes it. Throws `PolicyError('evaluation-failed')`. */
  decide(input: string): Decision;
  /** Whether some call of this tool could be allowed for this agent. */
  isListed(server: string, agent: Agent, tool: string): boolean;
  /** Whether the policy of this server says which agents may call: callers must say who they are. */
  namesAgents(server: string): boolean;
}

export interface BundleTrust {
  /** Others built it: whatever its manifest says, its code is evaluated within bounds. */
  readonly isForeign?: boolean;
}

/** Throws `PolicyError` with a `bundle-…` code: a bundle that does not load decides nothing. */
export function loadBundle(bytes: Buffer, { isForeign = false }: BundleTrust = {}): LoadedPolicy {
  const archive = readBundleArchive(bytes);
  const { servers } = readMetadata(archive);
  const isBounded = isForeign || Object.values(servers).some(({ custom }) => custom !== undefined);
  const evaluator = createEvaluator({ ...archive, isBounded });
  const finders = new Map(Object.entries(servers).map(([name, plan]) => [name, createPlanFinder(plan)]));
  for (const [server, plan] of Object.entries(servers)) probeTools(evaluator, server, plan);
  return {
    revision: archive.revision,
    servers: [...finders.keys()],
    rego: archive.rego,
    isBounded,
    countersOf: (server) => countersOf(servers[server]),
    prepare: (call) => prepareCall(call, finders.get(call.server)?.(call.tool) ?? NOTHING_READ),
    decide: (input) => readDecision(evaluator.evaluate(input, DECISION)),
    namesAgents: (server) => servers[server]?.namesAgents ?? true,
    isListed: (server, agent, tool) => isListed(evaluator, listedInput(server, agent, tool)),
  };
}

/** Each once, those of exact tools first. */
function countersOf(plan: ServerPlan | undefined): CounterPlan[] {
  if (plan === undefined) return [];
  const everyTool = plan.custom === undefined ? [plan.all] : [plan.all, plan.custom];
  const plans = [...Object.values(plan.tools), ...plan.globs.map((entry) => entry.plan), ...everyTool];
  const counters = plans.flatMap((tool) => tool.counters);
  return [...new Map(counters.map((counter) => [counter.base, counter])).values()];
}

const NOTHING_READ: ReadPlan = {
  projection: { isRead: false, members: new Map(), every: null },
  watched: { isRead: false, members: new Map(), every: null },
  counters: [],
  amounts: [],
};

function readMetadata({ metadata }: BundleArchive): BundleMetadata {
  const regent: unknown =
    typeof metadata === 'object' && metadata !== null && 'regent' in metadata ? metadata.regent : null;
  if (typeof regent !== 'object' || regent === null || !('servers' in regent)) {
    throw new PolicyError(
      'bundle-broken',
      'the manifest of the bundle does not say what its tools read; compile it with regent compile',
    );
  }
  if (!('format' in regent) || regent.format !== BUNDLE_FORMAT) {
    throw new PolicyError(
      'bundle-format',
      'the bundle was made by another version of Regent; compile it again',
    );
  }
  return regent as BundleMetadata;
}

/** A name that breaks the dispatch table hides every tool: better found now than by a denial, or worse, by none. */
function probeTools(evaluator: Evaluator, server: string, plan: ServerPlan): void {
  for (const tool of Object.keys(plan.tools)) {
    if (evaluator.evaluate(listedInput(server, { id: '', claims: '{}' }, tool), REGISTERED) === true)
      continue;
    throw new PolicyError(
      'bundle-probe',
      `the compiled policy does not know its own tool ${JSON.stringify(tool)}; compile it again`,
    );
  }
}

/** A tool that nothing can be said about is not shown. */
function isListed(evaluator: Evaluator, input: string): boolean {
  try {
    return evaluator.evaluate(input, LISTED, BOUNDS.listSteps) === true;
  } catch (error) {
    if (error instanceof PolicyError) return false;
    throw error;
  }
}

function listedInput(server: string, agent: Agent, tool: string): string {
  const named = `"server":${JSON.stringify(server)},"tool":${JSON.stringify(tool)}`;
  return `{"version":1,${named},"agent":{"id":${JSON.stringify(agent.id)},"claims":${agent.claims}}}`;
}
