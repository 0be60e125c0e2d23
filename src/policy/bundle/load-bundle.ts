// Puts a bundle in force: opens it, checks what its manifest promises, and probes every declared tool.
import { setImmediate as pause } from 'node:timers/promises';
import {
  BUNDLE_FORMAT,
  type BundleMetadata,
  type CounterPlan,
  type ServerPlan,
} from '../../../compiler/model/manifest.ts';
import { readVerifiedArchive } from '../bundle-signature/read-verified-archive.ts';
import type { Verification } from '../bundle-signature/verification.ts';
import { clockAt } from '../clock.ts';
import { createDecider, type Decider } from '../decider.ts';
import { type Agent, ANONYMOUS } from '../decision.ts';
import { type LogRules, readLogRules } from '../log-rules.ts';
import { PolicyError } from '../policy-error.ts';
import { type PreparedCall, prepareCall, type ToolCall } from '../prepare-call.ts';
import { createPlanFinder } from '../tool-plan.ts';
import { BOUNDS, createEvaluator, type Evaluator } from '../wasm-evaluator.ts';
import type { BundleArchive } from './bundle-archive.ts';
import { EVERYTHING_READ, NOTES, NOTHING_READ } from './foreign-bundle.ts';
import { isOptimized } from './is-optimized.ts';

const DECISION = 'regent/gateway/decision';
const LISTED = 'regent/gateway/listed';
const REGISTERED = 'regent/gateway/registered';

/** A large bundle is put in force while calls go on: after so many, and after each long step, they have their turn. */
const PROBES_AT_ONCE = 100;

/** A policy in force. */
export interface LoadedPolicy extends Decider {
  /** Names the exact policy that decided; stands in each journal row. */
  readonly revision: string;
  /** Those that it names; null where it may be put before any. */
  readonly servers: readonly string[] | null;
  /** The bundle's Rego, for people to read. */
  readonly rego: BundleArchive['rego'];
  /** What whoever runs it should know. */
  readonly notes: readonly string[];
  /** Code that Regent may not have generated takes part: a decision may take as long as the bounds allow. */
  readonly isBounded: boolean;
  /** The counters that the rules of a server keep. */
  countersOf(server: string): readonly CounterPlan[];
  /** Throws `PolicyError` where the arguments cannot be judged. */
  prepare(call: ToolCall): PreparedCall;
  /** Whether some call of this tool could be allowed for this agent. */
  isListed(server: string, agent: Agent, tool: string): boolean;
  /** What the policy says of decisions that are logged elsewhere. */
  readonly logRules: LogRules;
  /** Whether the policy of this server says which agents may call: callers must say who they are. */
  namesAgents(server: string): boolean;
}

/**
 * A bundle that came from somewhere: whoever built it could say anything of it, so what it does is bounded. `verification`
 * where it must be signed. Rejects with `PolicyError` and a `bundle-…` code: a bundle that does not load decides nothing.
 */
export async function loadBundle(
  bytes: Buffer,
  verification: Verification | null = null,
): Promise<LoadedPolicy> {
  return openArchive(await readVerifiedArchive(bytes, verification), () => true);
}

/** A bundle that Regent's compiler made here: only hand-written Rego in it is bounded. Rejects as `loadBundle`. */
export async function loadOwnBundle(bytes: Buffer): Promise<LoadedPolicy> {
  const hasCustom = (servers: Servers): boolean =>
    Object.values(servers).some(({ custom }) => custom !== undefined);
  return openArchive(await readVerifiedArchive(bytes, null), hasCustom);
}

async function openArchive(
  archive: BundleArchive,
  needsBounds: (servers: Servers) => boolean,
): Promise<LoadedPolicy> {
  // Calls go on while a bundle comes into force: between its steps they get their turn.
  await pause();
  const metadata = readMetadata(archive);
  const servers = metadata?.servers ?? {};
  const isBounded = needsBounds(servers);
  const evaluator = createEvaluator({ ...archive, isBounded });
  await pause();
  requireDecision(evaluator);
  const finders = createFinders(servers);
  const others = metadata === null ? EVERYTHING_READ : NOTHING_READ;
  const hasListed = evaluator.entrypoints.includes(LISTED);
  const policy: LoadedPolicy = {
    revision: revisionOf(archive, metadata),
    servers: metadata === null ? null : [...finders.keys()],
    rego: archive.rego,
    isBounded,
    notes: [
      ...(metadata === null ? [NOTES.foreign] : []),
      ...(hasListed ? [] : [NOTES.unlisted]),
      ...(isOptimized(archive.rego) ? [NOTES.optimized] : []),
    ],
    countersOf: (server) => countersOf(servers[server]),
    prepare: (call) => prepareCall(call, finders.get(call.server)?.(call.tool) ?? others),
    ...createDecider((input) => evaluator.answer(input, DECISION)),
    logRules: readLogRules(archive, evaluator),
    namesAgents: (server) => servers[server]?.namesAgents ?? true,
    isListed: (server, agent, tool) => !hasListed || isListed(evaluator, listedInput(server, agent, tool)),
  };
  if (evaluator.entrypoints.includes(REGISTERED)) {
    for (const [server, plan] of Object.entries(servers)) await probeTools(evaluator, server, plan);
  } else probeDecision(policy);
  return policy;
}

type Servers = BundleMetadata['servers'];

function createFinders(servers: Servers): Map<string, ReturnType<typeof createPlanFinder>> {
  try {
    return new Map(Object.entries(servers).map(([name, plan]) => [name, createPlanFinder(plan)]));
  } catch (cause) {
    throw new PolicyError(
      'bundle-broken',
      "Regent's part of the manifest cannot be read; compile it again",
      cause,
    );
  }
}

/** Regent's compiler names a policy by its content. What others call theirs may stay the same when it changes. */
function revisionOf({ revision, contentDigest }: BundleArchive, metadata: BundleMetadata | null): string {
  if (isBuiltByRegent({ revision }, metadata)) return revision;
  return revision === '' ? contentDigest : `${revision}@${contentDigest}`;
}

/**
 * `opa build` takes Regent's manifest over from `regent compile --rego`, which says so; a revision of the same form, such as
 * a commit's id, may stay when the content changes.
 */
function isBuiltByRegent(
  { revision }: { readonly revision: string },
  metadata: BundleMetadata | null,
): boolean {
  return metadata !== null && metadata.isExported !== true && /^[0-9a-f]{64}$/.test(revision);
}

/** Each once, those of exact tools first. */
function countersOf(plan: ServerPlan | undefined): CounterPlan[] {
  if (plan === undefined) return [];
  const everyTool = plan.custom === undefined ? [plan.all] : [plan.all, plan.custom];
  const plans = [...Object.values(plan.tools), ...plan.globs.map((entry) => entry.plan), ...everyTool];
  const counters = plans.flatMap((tool) => tool.counters);
  return [...new Map(counters.map((counter) => [counter.base, counter])).values()];
}

/** Null where the manifest holds nothing of Regent's. */
function readMetadata({ metadata }: BundleArchive): BundleMetadata | null {
  if (typeof metadata !== 'object' || metadata === null || !('regent' in metadata)) return null;
  const { regent } = metadata;
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

function requireDecision({ entrypoints }: Evaluator): void {
  if (entrypoints.includes(DECISION)) return;
  throw new PolicyError(
    'bundle-broken',
    `the bundle has no entry point ${DECISION} (it has ${entrypoints.join(', ') || 'none'}); build it with: opa build -t wasm -e ${DECISION} -b DIR`,
  );
}

/** A bundle that does not decide on a call which nobody makes would not decide on real ones either. */
function probeDecision(policy: LoadedPolicy): void {
  const agent = { id: ANONYMOUS, claims: '{}' };
  const call = { server: policy.servers?.[0] ?? 'main', agent, session: 'probe', tool: 'probe' };
  try {
    const prepared = policy.prepare({ ...call, arguments: new Map() });
    const values = prepared.counters.map(() => 0);
    policy.decide(prepared.input(clockAt(0), values, null));
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new PolicyError(
      'bundle-probe',
      `the bundle does not decide on a call that tries it out: ${why}`,
      cause,
    );
  }
}

/** A name that breaks the dispatch table hides every tool: better found now than by a denial, or worse, by none. */
async function probeTools(evaluator: Evaluator, server: string, plan: ServerPlan): Promise<void> {
  for (const [index, tool] of Object.keys(plan.tools).entries()) {
    if (index % PROBES_AT_ONCE === 0) await pause();
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
