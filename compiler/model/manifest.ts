// What a bundle's manifest tells the host (`.manifest` -> metadata.regent): what to project into each decision's input.
import type { ArgumentPath, Per, Window } from './policy.ts';

export const BUNDLE_FORMAT = 1;

/** Names one counter family; the key of a member is composed by `counterKey`. */
export interface CounterPlan {
  /** See counter-key.ts; the same text stands in the generated Rego. */
  readonly base: string;
  readonly rule: string;
  readonly window: Window;
  readonly sliding: boolean;
  readonly currency: ArgumentPath | null;
  readonly per: Per | null;
  /** What the counter may reach: calls, or minor units at `scale`; null where no limit stands on it. */
  readonly limit: number | null;
  readonly unit: 'calls' | 'amount';
  readonly scale: number;
  /** The key that the policy knows it by, where that is not its own (see custom-rego.ts). */
  readonly knownAs?: string;
}

/** `key` is the rule id (spend) or `<rule id>#increment` (state.increment_from, scale 0). */
export interface AmountPlan {
  readonly key: string;
  readonly path: ArgumentPath;
  readonly scale: number;
}

/** What the rules of one `tools` entry read. */
export interface ToolPlan {
  readonly arguments: readonly ArgumentPath[];
  readonly counters: readonly CounterPlan[];
  readonly amounts: readonly AmountPlan[];
}

export interface ServerPlan {
  /** The policy says which agents may call: who calls must be known. */
  readonly namesAgents: boolean;
  readonly default: 'allow' | 'deny';
  /** Exact names. */
  readonly tools: Readonly<Record<string, ToolPlan>>;
  /** Longest glob first, so that the first match covers. */
  readonly globs: ReadonlyArray<{ readonly glob: string; readonly plan: ToolPlan }>;
  /** The `"*"` entry: read for every covered tool beside its own plan. */
  readonly all: ToolPlan;
  /** What hand-written Rego reads of every call; present where there is some: it is evaluated within bounds. */
  readonly custom?: ToolPlan;
}

export interface BundleMetadata {
  readonly format: typeof BUNDLE_FORMAT;
  readonly servers: Readonly<Record<string, ServerPlan>>;
  /** It was written beside the Rego, for people to change and build: what they build is theirs, whatever its revision. */
  readonly isExported?: true;
}
