// The checked policy: what the YAML says once every problem is ruled out. The generator reads only this.
import type { RegoFile } from './custom-rego.ts';

/** Where something stands in a policy file; both numbers start at 1. */
export interface Position {
  readonly file: string;
  readonly line: number;
  readonly column: number;
}

export type Outcome = 'allow' | 'deny' | 'require_approval';
export type Action = 'evaluate' | 'allow' | 'deny' | 'require_approval';
export type Window = 'second' | 'minute' | 'hour' | 'day' | 'week' | 'month';
export type Operator =
  | 'eq'
  | 'neq'
  | 'in'
  | 'not_in'
  | 'lt'
  | 'lte'
  | 'gt'
  | 'gte'
  | 'regex'
  | 'contains'
  | 'exists';

/** A number as its shortest plain decimal text (`500`, `0.01`, `-3`), so that no digit passes through a double. */
export interface NumberLiteral {
  readonly number: string;
}
export interface ObjectLiteral {
  readonly object: ReadonlyArray<readonly [string, Literal]>;
}
export type Literal = null | boolean | string | NumberLiteral | ObjectLiteral | readonly Literal[];

/** One step of an argument path: a member name, or every element of an array (`[*]`). */
export type PathStep = string | { readonly every: true };
export type ArgumentPath = readonly PathStep[];

export type ClockField = 'weekday' | 'minute_of_day' | 'date';

export type ConditionPath =
  | { readonly root: 'args'; readonly steps: ArgumentPath }
  | { readonly root: 'agent.id' }
  | { readonly root: 'agent.claims'; readonly steps: ArgumentPath }
  | { readonly root: 'session' }
  | { readonly root: 'clock'; readonly field: ClockField }
  /** `tool` is the entry's name in `tools`; `_global` has become `"*"`. */
  | { readonly root: 'state'; readonly tool: string; readonly counter: string };

export interface Condition {
  readonly path: ConditionPath;
  /** The path as the policy writes it, for reasons and METADATA. */
  readonly pathText: string;
  readonly op: Operator;
  readonly value: Literal;
  readonly position: Position;
}

/** JSON Schema keywords, already type-checked; absent keys do not constrain. */
export interface Schema {
  readonly type?: readonly SchemaType[];
  readonly enum?: readonly Literal[];
  readonly const?: Literal;
  readonly minimum?: NumberLiteral;
  readonly maximum?: NumberLiteral;
  readonly exclusiveMinimum?: NumberLiteral;
  readonly exclusiveMaximum?: NumberLiteral;
  readonly multipleOf?: NumberLiteral;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly pattern?: string;
  readonly format?: SchemaFormat;
  readonly minItems?: number;
  readonly maxItems?: number;
  readonly items?: Schema;
  readonly properties?: ReadonlyArray<readonly [string, Schema]>;
  readonly required?: readonly string[];
  readonly not?: Schema;
  readonly anyOf?: readonly Schema[];
  readonly allOf?: readonly Schema[];
}
export type SchemaType = 'string' | 'number' | 'integer' | 'boolean' | 'array' | 'object' | 'null';
export type SchemaFormat =
  | 'date'
  | 'date-time'
  | 'time'
  | 'email'
  | 'hostname'
  | 'ipv4'
  | 'ipv6'
  | 'uri'
  | 'uuid';

export interface ArgumentCheck {
  readonly path: ArgumentPath;
  /** The path as the policy writes it, such as `items[*].price`. */
  readonly pathText: string;
  readonly schema: Schema;
  readonly position: Position;
}

/** What separate counters are kept for. */
export type Per =
  | { readonly by: 'tool' }
  | { readonly by: 'agent' }
  | { readonly by: 'session' }
  | { readonly by: 'argument'; readonly path: ArgumentPath; readonly pathText: string };

export interface RateLimit {
  readonly limit: number;
  readonly window: Window;
  readonly sliding: boolean;
  readonly per: Per | null;
  readonly position: Position;
}

/** Caps are integers of minor units: 500.00 at scale 2 is 50000. */
export interface Spend {
  readonly perCall: number | null;
  readonly caps: ReadonlyArray<{ readonly window: 'hour' | 'day' | 'week' | 'month'; readonly cap: number }>;
  readonly amount: ArgumentPath;
  readonly amountText: string;
  readonly currency: ArgumentPath | null;
  readonly currencyText: string | null;
  readonly scale: number;
  readonly per: Per | null;
  readonly position: Position;
}

/** Intercept's own counter: each allowed call adds `increment`, or the whole number at `incrementFrom`. */
export interface StateCounter {
  readonly counter: string;
  readonly window: Window;
  readonly increment: number;
  readonly incrementFrom: ArgumentPath | null;
  readonly incrementFromText: string | null;
  readonly position: Position;
}

export interface Rule {
  /** `<tool>/<name>`, or `<tool>/#<n>` where the rule has no name (n counts from 1 in its tool). */
  readonly id: string;
  readonly name: string | null;
  readonly action: Action;
  readonly mode: 'enforce' | 'shadow';
  /** Says when the rule applies; empty: always. In `deny` and `require_approval` rules `conditions` are joined here. */
  readonly when: readonly Condition[];
  readonly conditions: readonly Condition[];
  readonly arguments: readonly ArgumentCheck[];
  readonly rateLimit: RateLimit | null;
  readonly spend: Spend | null;
  readonly state: StateCounter | null;
  readonly approval: { readonly timeoutMs: number; readonly required: number } | null;
  readonly onDeny: string | null;
  readonly position: Position;
}

/** A tool or agent name, or a glob over names: `*` is any run of characters, `?` is one character. */
export interface NamePattern {
  readonly text: string;
  readonly isGlob: boolean;
}

export interface ToolEntry {
  readonly name: NamePattern;
  readonly rules: readonly Rule[];
  readonly position: Position;
}

export interface AgentGrant {
  readonly agent: NamePattern;
  readonly tools: readonly NamePattern[];
}

/** A counter that custom rules may charge, and see as `input.state.counters["custom/<name>"]`. */
export interface CustomCounter {
  readonly name: string;
  readonly window: Window;
  readonly sliding: boolean;
  readonly per: Per | null;
  readonly position: Position;
}

export interface CustomRules {
  readonly files: readonly RegoFile[];
  readonly counters: readonly CustomCounter[];
}

export interface Policy {
  readonly file: string;
  readonly server: string;
  readonly description: string | null;
  readonly default: 'allow' | 'deny';
  readonly hide: readonly NamePattern[];
  /** null: every agent may call whatever `tools` allows. */
  readonly agents: readonly AgentGrant[] | null;
  /** In file order; the entry named `*` adds its rules to every tool. */
  readonly tools: readonly ToolEntry[];
  /** Hand-written Rego that judges every call of the server too; null where there is none. */
  readonly custom: CustomRules | null;
}
