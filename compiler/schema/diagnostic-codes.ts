// Every problem that a policy can have: its stable code, what it means, and a policy that has it.

export interface CodeDoc {
  readonly meaning: string;
  /** A whole policy with this problem and no other. */
  readonly example: string;
  /** The hand-written module `rules.rego` that it names. */
  readonly rego?: string;
}

const HEAD = 'version: "1"\n';
const REGO = `${HEAD}rego: [rules.rego]\n`;
const CUSTOM = 'package regent.custom.rules\n\n';
const RULE = `${HEAD}tools:\n  pay:\n    rules:\n      - `;

export const DIAGNOSTIC_CODES = {
  'yaml-syntax': { meaning: 'The file is no YAML.', example: `${HEAD}hide: [a\n` },
  'empty-file': { meaning: 'There is nothing in the file.', example: '# nothing\n' },
  'several-documents': { meaning: 'A policy file holds one document.', example: `${HEAD}---\n${HEAD}` },
  'too-large': {
    meaning: 'The file is nested, or repeats itself by aliases, beyond measure.',
    example: `${RULE}arguments: {x: {const: ${'['.repeat(120)}${']'.repeat(120)}}}\n`,
  },
  'unknown-alias': {
    meaning: 'An alias whose anchor does not stand above it.',
    example: `${HEAD}description: *x\n`,
  },
  'bad-key': { meaning: 'A key is no text, or a merge key.', example: `${HEAD}? [a]\n: 1\n` },
  'bad-directive': {
    meaning: 'A YAML directive, which would change how the rest is read.',
    example: `%YAML 1.1\n---\n${HEAD}`,
  },
  'bad-tag': { meaning: 'A YAML tag has no meaning here.', example: `${HEAD}description: !secret x\n` },
  'bad-number': {
    meaning: 'A number is not written in plain decimal digits.',
    example: `${RULE}rate_limit: {limit: 0x10, window: day}\n`,
  },
  'duplicate-key': {
    meaning: 'A key stands twice in one mapping.',
    example: `${HEAD}default: deny\ndefault: allow\n`,
  },
  'unknown-key': { meaning: 'A key that the language does not have.', example: `${HEAD}hiden: [a]\n` },
  'missing-key': { meaning: 'A key that must be there is not.', example: 'default: deny\n' },
  'wrong-type': { meaning: 'A value of another type than the key takes.', example: `${HEAD}hide: a\n` },
  'bad-value': { meaning: 'A value that the key does not take.', example: `${HEAD}default: maybe\n` },
  'bad-name': {
    meaning: 'A name with characters that names do not have.',
    example: `${HEAD}hide: ["a b"]\n`,
  },
  'bad-glob': { meaning: 'A glob with signs other than * and ?.', example: `${HEAD}hide: ["a[bc]"]\n` },
  'bad-path': {
    meaning: 'A path that leads nowhere.',
    example: `${RULE}conditions: [{path: amount, op: gt, value: 1}]\n`,
  },
  'bad-rate': {
    meaning: 'A rate limit that cannot be read, or lets nothing through.',
    example: `${RULE}rate_limit: 60/fortnight\n`,
  },
  'bad-duration': {
    meaning: 'A duration that cannot be read.',
    example: `${RULE}action: require_approval\n        approval_timeout: soon\n`,
  },
  'bad-pattern': {
    meaning: 'A pattern that RE2 does not take.',
    example: `${RULE}arguments: {to: {pattern: "("}}\n`,
  },
  'duplicate-name': {
    meaning: 'A name that must be unique is used twice.',
    example: `${HEAD}hide: [a, a]\n`,
  },
  'duplicate-tool': {
    meaning: 'A tool has rules in two files of one server.',
    example: `${HEAD}tools: {pay: {rules: []}}\n`,
  },
  'unknown-tool': {
    meaning: 'An agent is granted a tool that nothing lists.',
    example: `${HEAD}agents: {bot: {tools: [pya]}}\ntools: {pay: {rules: []}}\n`,
  },
  'unknown-counter': {
    meaning: 'A counter that no state block keeps, or that `counters` does not declare.',
    example: `${RULE}conditions: [{path: state.pay.count, op: lt, value: 5}]\n`,
  },
  'counter-conflict': {
    meaning: 'Two rules without names would share a counter.',
    example: `${RULE}rate_limit: 5/day\n      - rate_limit: 9/day\n`,
  },
  contradiction: {
    meaning: 'Parts of a policy that cannot both be meant.',
    example: `${RULE}action: deny\n        spend: {per_call: 5}\n`,
  },
  'rego-missing': { meaning: 'A file or folder under `rego` that cannot be used.', example: REGO },
  'rego-syntax': {
    meaning: 'A hand-written module is no Rego.',
    example: REGO,
    rego: `${CUSTOM}deny contains\n`,
  },
  'rego-error': {
    meaning: "OPA's compiler does not accept a hand-written module.",
    example: REGO,
    rego: `${CUSTOM}limit := unknown\n`,
  },
  'rego-package': {
    meaning: 'A hand-written module is not in a package under `regent.custom`.',
    example: REGO,
    rego: 'package rules\n',
  },
  'rego-contract': {
    meaning: 'A rule of a hand-written module gives what Regent does not read.',
    example: REGO,
    rego: `${CUSTOM}deny contains {"rule": "a"}\n`,
  },
  'rego-function': {
    meaning: 'A hand-written module calls a function that policies do not have.',
    example: REGO,
    rego: `${CUSTOM}now := time.now_ns()\n`,
  },
  'rego-reference': {
    meaning: 'A hand-written module refers to data that nothing defines.',
    example: REGO,
    rego: `${CUSTOM}limit := data.limits.daily\n`,
  },
} as const satisfies Readonly<Record<string, CodeDoc>>;

export type DiagnosticCode = keyof typeof DIAGNOSTIC_CODES;
