// The keys of a cases file as tables: which stand where, and what they mean. docs/testing.md shows them.
import type { KeyPlaces, KeyTable } from '../../../../compiler/schema/grammar.ts';

export const FILE_KEYS = {
  policy: {
    form: 'file or list of files',
    meaning:
      'What is tested, from the folder of this file. Without it: `NAME.yaml` beside `NAME.cases.yaml`, else all policies of the folder together.',
  },
  server: { form: 'name', meaning: 'The MCP server that is called; needed where the policies name several.' },
  agents: { form: 'name -> agent', meaning: 'Agents that cases name.' },
  calls: { form: 'name -> call', meaning: 'Calls that cases start from.' },
  cases: { form: 'list of cases', meaning: 'Required. A file may also be this list alone.' },
} as const satisfies KeyTable;

export const AGENT_KEYS = {
  id: {
    form: 'text',
    meaning: 'The name that policies see; by default the one that it has under `agents`.',
  },
  claims: { form: 'mapping', meaning: 'What `agent.claims` is; nothing by default.' },
} as const satisfies KeyTable;

export const CALL_KEYS = {
  tool: { form: 'text', meaning: 'The tool that is called. Required.' },
  arguments: {
    form: 'mapping',
    meaning:
      'Its arguments, numbers by their digits; none by default. `{$repeat: ab, times: 500}` is a text of 1000 characters.',
  },
  arguments_json: {
    form: 'text',
    meaning: 'In place of `arguments`: their JSON as a client would send it, such as `{"amount": 1e2}`.',
  },
} as const satisfies KeyTable;

/** Also in a case without `steps`, which is one step. */
export const STEP_KEYS = {
  call: { form: 'name', meaning: 'A call under `calls`. This or `tool` is required.' },
  with: { form: 'mapping', meaning: 'Arguments that are added to those of `call`, or replace them.' },
  without: { form: 'list of names', meaning: 'Arguments of `call` that are left out.' },
  tool: { form: 'text', meaning: 'The tool that is called, where no `call` is named.' },
  arguments: { form: 'mapping', meaning: 'Its arguments; none by default.' },
  arguments_json: { form: 'text', meaning: 'The same as JSON.' },
  agent: {
    form: 'name or agent',
    meaning:
      'Who calls: a name under `agents`, or (in files without `agents`) what policies see; `anonymous` by default.',
  },
  session: { form: 'text', meaning: 'The session of the call; `test` by default.' },
  at: {
    form: 'time',
    meaning:
      'When, in UTC. In a case: when it begins, `2026-01-05T12:00:00Z` (a Monday) by default. In a step: the clock is set to it.',
  },
  after: { form: 'duration', meaning: 'So long after the step before, such as `61s` or `24h`.' },
  repeat: { form: 'whole number', meaning: 'The same call so often, each with the expected outcome.' },
  approved_by: {
    form: 'list of names',
    meaning: 'The call is held, these people approve it, and it comes again.',
  },
  outcome: { form: 'allow, deny or require_approval', meaning: 'Required.' },
  rule: { form: 'text', meaning: 'The rule that decides.' },
  reason: { form: 'text', meaning: 'The reason that is given, exactly.' },
  violations: { form: 'list of rules', meaning: 'All rules that fail, in any order.' },
  shadow: {
    form: 'list of rules',
    meaning: 'All rules in `mode: shadow` that would have denied or held the call; `[]`: none.',
  },
  charges: {
    form: 'counter -> whole number',
    meaning: 'All that the call adds to counters, in calls or smallest units.',
  },
} as const satisfies KeyTable;

export const CASE_KEYS = {
  name: { form: 'text', meaning: 'A sentence that says what the policy does. Required.' },
  server: { form: 'name', meaning: 'As in the file, for this case.' },
  counters: {
    form: 'counter -> whole number',
    meaning: 'What earlier calls have added up to when the case begins.',
  },
  steps: {
    form: 'list of steps',
    meaning: 'Calls one after another; `agent`, `session` and `at` beside it hold for all of them.',
  },
} as const satisfies KeyTable;

/** Where each table's keys stand, as messages say it. */
export const CASE_TABLES: KeyPlaces = [
  ['the top level of the file', FILE_KEYS],
  ['an agent under agents', AGENT_KEYS],
  ['a call under calls', CALL_KEYS],
  ['a case', CASE_KEYS],
  ['a step', STEP_KEYS],
];
