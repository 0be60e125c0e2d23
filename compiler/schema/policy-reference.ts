// Prints docs/policy-reference.md from the grammar, the table of problems and the prose.
import { DIAGNOSTIC_CODES } from './diagnostic-codes.ts';
import {
  AGENT_KEYS,
  CONDITION_KEYS,
  COUNTER_KEYS,
  ENTRY_KEYS,
  type KeyTable,
  POLICY_KEYS,
  RATE_LIMIT_KEYS,
  RULE_KEYS,
  SCHEMA_KEYS,
  SPEND_KEYS,
  STATE_KEYS,
} from './grammar.ts';
import { INTRODUCTION, MEANINGS } from './reference-text.ts';

const TABLES: ReadonlyArray<readonly [title: string, keys: KeyTable]> = [
  ['The file', POLICY_KEYS],
  ['An agent, under `agents`', AGENT_KEYS],
  ['A tool, under `tools`', ENTRY_KEYS],
  ['A rule, under `rules`', RULE_KEYS],
  ['A condition', CONDITION_KEYS],
  ['`rate_limit`, long form', RATE_LIMIT_KEYS],
  ['`spend`', SPEND_KEYS],
  ['`state`', STATE_KEYS],
  ['A counter, under `counters`', COUNTER_KEYS],
  ['Keywords of `arguments`', SCHEMA_KEYS],
];

/** The whole page, ready to be written. */
export function renderPolicyReference(): string {
  const keys = TABLES.map(([title, table]) => `### ${title}\n\n${renderTable(table)}`);
  return [
    '# Policy reference',
    'Printed from the schema by `make docs`; edit `compiler/schema/`, not this page.',
    INTRODUCTION.trim(),
    '## Keys',
    ...keys,
    MEANINGS.trim(),
    '## Problems',
    renderCodes(),
  ]
    .join('\n\n')
    .concat('\n');
}

function renderTable(table: KeyTable): string {
  const rows = Object.entries(table).map(
    ([key, { form, meaning }]) => `| \`${key}\` | ${form} | ${meaning} |`,
  );
  return ['| key | value | meaning |', '|---|---|---|', ...rows].join('\n');
}

function renderCodes(): string {
  const rows = Object.entries(DIAGNOSTIC_CODES).map(([code, { meaning }]) => `| \`${code}\` | ${meaning} |`);
  return ['| code | meaning |', '|---|---|', ...rows].join('\n');
}
