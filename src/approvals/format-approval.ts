// An approval as text for a terminal.
import { printUnits } from '../policy/arguments/print-units.ts';
import { valueAt } from '../state/counter-window.ts';
import type { Approval, CounterEffect } from './approval.ts';
import type { ApprovalDetails } from './approval-to-json.ts';
import { layOutJson } from './layout-json.ts';
import { showHidden, showHiddenInLines } from './show-text.ts';

/** `apr_…  pending  payments-bot  finance/close_account  close_account/#1  "needs a human's approval"  until …`. */
export function formatApprovalLine(approval: Approval): string {
  const { id, status, agent, server, tool, rule, reason, approvers, required } = approval;
  const agreed = required > 1 ? `${approvers.length} of ${required} agreed` : null;
  const columns = [
    id,
    status.padEnd('cancelled'.length),
    columnText(agent),
    columnText(`${server}/${tool}`),
    rule === null ? null : columnText(rule),
    reason === null ? null : JSON.stringify(showHidden(reason)),
    agreed,
    deadlineOf(approval),
  ];
  return columns.filter((column) => column !== null).join('  ');
}

/** In quotes where a space or a quote could be taken for the next column. */
function columnText(text: string): string {
  const shown = showHidden(text);
  return /[ "]/.test(shown) ? JSON.stringify(shown) : shown;
}

function deadlineOf({ status, decideByMs, useByMs }: Approval): string | null {
  if (status === 'pending') return `decide by ${isoTime(decideByMs)}`;
  return status === 'approved' && useByMs !== null ? `use by ${isoTime(useByMs)}` : null;
}

/** Everything that a person needs to decide. */
export function formatApproval(approval: Approval, details: ApprovalDetails, nowMs: number): string {
  const { source, session, effects } = approval;
  const counters = effects.map((effect) => {
    const record = details.counters.find(({ key }) => key === effect.key);
    const now = record === undefined ? 0 : valueAt(record, effect, nowMs);
    return `  ${showHidden(effect.key)}: ${describeEffect(effect, now)}`;
  });
  const steps = details.steps.map(({ atMs, step, by, reason }) => {
    const why = reason === null ? '' : `: ${showHidden(reason)}`;
    return `  ${isoTime(atMs)}  ${step} by ${showHidden(by)}${why}`;
  });
  return [
    formatApprovalLine(approval),
    ...(source === null ? [] : [`policy:    ${showHidden(source)}`]),
    `session:   ${showHidden(session)}`,
    'arguments:',
    showHiddenInLines(layOutJson(details.arguments)).replace(/^/gm, '  '),
    ...(counters.length === 0 ? [] : ['counters, were it run:', ...counters]),
    'steps:',
    ...steps,
  ].join('\n');
}

/** `4990.00 + 20.00 = 5010.00 of 5000.00 a day`. */
export function describeEffect(effect: CounterEffect, now: number): string {
  const { amount, limit, window, sliding } = effect;
  const units = (value: number): string => printUnits(value, effect);
  const of = limit === null ? '' : ` of ${units(limit)}`;
  const per = sliding ? `a sliding ${window}` : `${window === 'hour' ? 'an' : 'a'} ${window}`;
  return `${units(now)} + ${units(amount)} = ${units(now + amount)}${of} ${per}`;
}

function isoTime(atMs: number): string {
  return new Date(atMs).toISOString();
}
