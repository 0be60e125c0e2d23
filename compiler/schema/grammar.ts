// The grammar of policies as tables: which keys stand where and what they mean. The checks take their keys from here, and
// docs/policy-reference.md is printed from it.

export interface KeyDoc {
  /** The value's form, for people. */
  readonly form: string;
  readonly meaning: string;
}

export type KeyTable = Readonly<Record<string, KeyDoc>>;

/** The tables of one kind of file, each with its place as messages say it. */
export type KeyPlaces = ReadonlyArray<readonly [place: string, table: KeyTable]>;

export const POLICY_KEYS = {
  version: { form: '"1"', meaning: 'The version of this language. Required.' },
  description: { form: 'text', meaning: 'Free text.' },
  server: {
    form: 'name',
    meaning: 'Name of the MCP server in keys, input and journal; `--server` overrides; `main` by default.',
  },
  default: {
    form: 'deny or allow',
    meaning: 'What happens to tools that are not listed. `deny` by default.',
  },
  hide: {
    form: 'list of names or globs',
    meaning: 'Tools that the agent never sees, and that are denied when called.',
  },
  agents: {
    form: 'agent name or glob -> grant',
    meaning: 'What each agent may call at all. Without it every agent may call whatever `tools` allows.',
  },
  tools: { form: 'tool name, glob or "*" -> entry', meaning: 'The rules of each tool.' },
  rego: {
    form: 'list of files or folders',
    meaning:
      'Hand-written Rego that judges every call too; from the folder of this file. See custom-rego.md.',
  },
  counters: { form: 'name -> counter', meaning: 'What hand-written Rego may count.' },
} as const satisfies KeyTable;

export const COUNTER_KEYS = {
  window: { form: 'second, minute, hour, day, week or month', meaning: 'Aligned to UTC. Required.' },
  sliding: { form: 'true or false', meaning: 'The window moves with the clock instead.' },
  per: { form: 'tool, agent, session or args.path', meaning: 'Separate counters for each.' },
} as const satisfies KeyTable;

export const AGENT_KEYS = {
  tools: {
    form: 'list of names or globs',
    meaning: "What this agent may call; the tools' own rules still apply. Required.",
  },
} as const satisfies KeyTable;

export const ENTRY_KEYS = {
  rules: { form: 'list of rules', meaning: '`[]` lists the tool without rules: allowed. Required.' },
} as const satisfies KeyTable;

export const RULE_KEYS = {
  name: { form: 'text', meaning: 'Names the rule in decisions (`<tool>/<name>`) and in its counters.' },
  action: {
    form: 'evaluate, allow, deny or require_approval',
    meaning: '`evaluate` by default: every check must pass. `allow` is the same.',
  },
  when: { form: 'list of conditions', meaning: 'Says when the rule applies at all; always, without it.' },
  conditions: {
    form: 'list of conditions',
    meaning: 'Must hold. In a `deny` or `require_approval` rule: the same as `when`.',
  },
  arguments: {
    form: 'argument path -> JSON Schema keywords',
    meaning: 'The argument must be there and fit.',
  },
  rate_limit: { form: '60/minute, or a mapping', meaning: 'How many calls are let through in a window.' },
  spend: { form: 'mapping', meaning: 'How much may be spent a call and in a window.' },
  state: { form: 'mapping', meaning: 'A counter of its own, for conditions on `state.<tool>.<counter>`.' },
  approval_timeout: { form: 'duration', meaning: 'How long the call waits for a human. `30m` by default.' },
  approvals: { form: 'whole number', meaning: 'How many humans must agree. 1 by default.' },
  on_deny: { form: 'text', meaning: 'What the agent is told instead of the reason.' },
  mode: {
    form: 'enforce or shadow',
    meaning: '`shadow`: evaluated and recorded, never enforced. `enforce` by default.',
  },
} as const satisfies KeyTable;

export const CONDITION_KEYS = {
  path: {
    form: 'path',
    meaning: 'What is looked at: `args.amount`, `agent.id`, `clock.weekday`, `state.pay.count`, … Required.',
  },
  op: { form: 'operator', meaning: 'How it is compared. Required.' },
  value: { form: 'any value', meaning: 'What it is compared with. Required, but for `exists`.' },
} as const satisfies KeyTable;

export const RATE_LIMIT_KEYS = {
  limit: { form: 'whole number', meaning: 'So many calls are let through; the next is denied. Required.' },
  window: { form: 'second, minute, hour, day, week or month', meaning: 'Aligned to UTC. Required.' },
  sliding: { form: 'true or false', meaning: 'The window moves with the clock instead.' },
  per: { form: 'tool, agent, session or args.path', meaning: 'Separate counters for each.' },
} as const satisfies KeyTable;

export const SPEND_KEYS = {
  per_call: { form: 'amount', meaning: 'The most that one call may spend.' },
  hourly: { form: 'amount', meaning: 'The most in an hour.' },
  daily: { form: 'amount', meaning: 'The most in a day.' },
  weekly: { form: 'amount', meaning: 'The most in a week, from Monday.' },
  monthly: { form: 'amount', meaning: 'The most in a calendar month.' },
  amount: { form: 'args.path', meaning: 'Where the amount stands. `args.amount` by default.' },
  currency: {
    form: 'args.path',
    meaning: 'Where the currency stands; totals are kept for each currency then.',
  },
  scale: { form: '0 to 6', meaning: 'Decimals of the smallest unit. 2 by default.' },
  per: { form: 'tool, agent, session or args.path', meaning: 'Separate totals for each.' },
} as const satisfies KeyTable;

export const STATE_KEYS = {
  counter: { form: 'text', meaning: 'Name of the counter. Required.' },
  window: { form: 'second, minute, hour, day, week or month', meaning: 'Aligned to UTC. Required.' },
  increment: { form: 'whole number', meaning: 'What an allowed call adds. 1 by default.' },
  increment_from: { form: 'args.path', meaning: 'Adds the whole number that stands there.' },
} as const satisfies KeyTable;

export const SCHEMA_KEYS = {
  type: {
    form: 'type, or a list of them',
    meaning: 'string, number, integer, boolean, array, object or null.',
  },
  enum: { form: 'list', meaning: 'One of these values.' },
  const: { form: 'value', meaning: 'Exactly this value.' },
  minimum: { form: 'number', meaning: 'At least.' },
  maximum: { form: 'number', meaning: 'At most.' },
  exclusiveMinimum: { form: 'number', meaning: 'More than.' },
  exclusiveMaximum: { form: 'number', meaning: 'Less than.' },
  multipleOf: { form: 'number over 0', meaning: 'A multiple of it, exactly.' },
  minLength: { form: 'whole number', meaning: 'Characters, at least.' },
  maxLength: { form: 'whole number', meaning: 'Characters, at most.' },
  pattern: { form: 'RE2 expression', meaning: 'Found somewhere in the text; anchor it with ^ and $.' },
  format: { form: 'format', meaning: 'date, date-time, time, email, hostname, ipv4, ipv6, uri or uuid.' },
  minItems: { form: 'whole number', meaning: 'Elements, at least.' },
  maxItems: { form: 'whole number', meaning: 'Elements, at most.' },
  items: { form: 'keywords', meaning: 'Every element fits.' },
  properties: { form: 'name -> keywords', meaning: 'These members fit where they are there.' },
  required: { form: 'list of names', meaning: 'These members are there.' },
  not: { form: 'keywords', meaning: 'Surely does not fit: of a type that can be compared, and different.' },
  anyOf: { form: 'list of keywords', meaning: 'At least one fits.' },
  allOf: { form: 'list of keywords', meaning: 'All fit.' },
} as const satisfies KeyTable;

export const KEY_TABLES: KeyPlaces = [
  ['the top level of the file', POLICY_KEYS],
  ['a tool under tools', ENTRY_KEYS],
  ['a rule (an item of rules)', RULE_KEYS],
  ['a condition', CONDITION_KEYS],
  ['rate_limit', RATE_LIMIT_KEYS],
  ['spend', SPEND_KEYS],
  ['state', STATE_KEYS],
  ['a counter under counters', COUNTER_KEYS],
  ['the path of an argument under arguments', SCHEMA_KEYS],
];

export const WINDOWS = ['second', 'minute', 'hour', 'day', 'week', 'month'] as const;
export const ACTIONS = ['evaluate', 'allow', 'deny', 'require_approval'] as const;
export const MODES = ['enforce', 'shadow'] as const;
export const OPERATORS = [
  'eq',
  'neq',
  'in',
  'not_in',
  'lt',
  'lte',
  'gt',
  'gte',
  'regex',
  'contains',
  'exists',
] as const;
export const SCHEMA_TYPES = ['string', 'number', 'integer', 'boolean', 'array', 'object', 'null'] as const;
export const SCHEMA_FORMATS = [
  'date',
  'date-time',
  'time',
  'email',
  'hostname',
  'ipv4',
  'ipv6',
  'uri',
  'uuid',
] as const;
export const WEEKDAYS = [
  'monday',
  'tuesday',
  'wednesday',
  'thursday',
  'friday',
  'saturday',
  'sunday',
] as const;
