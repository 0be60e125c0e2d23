// One request: exactly what will happen, why it is asked, and the answer.
import type { Approval, CounterEffect, ListedStep } from '../../approvals/approval.ts';
import { layOutJson } from '../../approvals/layout-json.ts';
import { printUnits } from '../../policy/print-units.ts';
import type { Viewer } from '../console-parts.ts';
import { type Html, html } from '../html.ts';
import { layOut } from './layout.ts';
import { badge, meter, stranger, strangerLines, time } from './show-values.ts';

export interface ApprovalView {
  readonly approval: Approval;
  readonly arguments: string;
  readonly steps: readonly ListedStep[];
  readonly effects: ReadonlyArray<{ readonly effect: CounterEffect; readonly now: number }>;
  /** Lines of the policy around the rule; empty where the policy is not known any more. */
  readonly policyLines: readonly PolicyLine[];
  /** Which answer was clicked. */
  readonly answer: 'approve' | 'reject' | null;
  /** Why the last answer was not taken. */
  readonly problem: string | null;
}

export interface PolicyLine {
  readonly number: number;
  readonly text: string;
  readonly isRule: boolean;
}

export function approvalPage(view: ApprovalView, viewer: Viewer): string {
  const { approval, problem } = view;
  const content = html`
${problem === null ? null : html`<p class="problem" role="alert">${problem}</p>`}
<div id="state" data-live aria-live="polite">${printState(approval)}</div>
<h2 id="arguments-title">Arguments</h2>
<pre class="arguments" tabindex="0" role="region" aria-labelledby="arguments-title">${strangerLines(layOutJson(view.arguments))}</pre>
${printPolicy(view)}
<div id="effects" data-live>${printEffects(view)}</div>
<div id="answer" data-live data-state="${approval.status}">${printAnswer(view, viewer)}</div>
<div id="steps" data-live>${printSteps(view.steps)}</div>`;
  return layOut({ title: `Request ${approval.id}`, content, path: `/approvals/${approval.id}` }, viewer);
}

function printState(approval: Approval): Html {
  const { status, tool, server, agent, session, requestedMs, decideByMs, useByMs, approvers, required } =
    approval;
  const used = useByMs === null ? null : html`<dt>Use by</dt><dd>${time(useByMs)}</dd>`;
  return html`<dl>
<dt>State</dt><dd>${badge(status)} ${approvers.length} of ${required} agreed</dd>
<dt>Tool</dt><dd>${stranger(tool)}</dd>
<dt>Server</dt><dd>${stranger(server)}</dd>
<dt>Agent</dt><dd>${stranger(agent)}</dd>
<dt>Session</dt><dd>${stranger(session)}</dd>
<dt>Asked</dt><dd>${time(requestedMs)}</dd>
<dt>Decide by</dt><dd>${time(decideByMs)}</dd>
${used}</dl>`;
}

function printPolicy({ approval, policyLines }: ApprovalView): Html {
  const { rule, reason, source } = approval;
  const lines = policyLines.map(({ number, text, isRule }) => {
    const line = html`${String(number).padStart(5)}  ${stranger(text)}\n`;
    return isRule ? html`<mark>${line}</mark>` : line;
  });
  return html`<h2>Why it is asked</h2>
<p>${stranger(reason ?? 'needs a human')} ${rule === null ? null : html`(rule <code>${stranger(rule)}</code>)`}</p>
${source === null ? null : html`<p class="hint">${stranger(source)}</p>`}
${lines.length === 0 ? null : html`<pre class="policy">${lines}</pre>`}`;
}

function printEffects({ effects }: ApprovalView): Html | null {
  if (effects.length === 0) return null;
  const rows = effects.map(({ effect, now }) => {
    const after = now + effect.amount;
    const { limit } = effect;
    const label = `${printUnits(after, effect)} of ${limit === null ? 'no limit' : printUnits(limit, effect)}`;
    return html`<tr><th scope="row">${stranger(effect.key)}</th><td>${printUnits(now, effect)}</td>
<td>${printUnits(after, effect)}</td><td>${limit === null ? 'none' : html`${printUnits(limit, effect)} ${meter({ value: after, limit, label })}`}</td></tr>`;
  });
  return html`<h2>Counters, were it run</h2><div class="scroll"><table>
<thead><tr><th scope="col">Counter</th><th scope="col">Now</th><th scope="col">After</th><th scope="col">Limit</th></tr></thead>
<tbody>${rows}</tbody></table></div>`;
}

function printAnswer({ approval, answer }: ApprovalView, { csrf, person }: Viewer): Html | null {
  const { status, id } = approval;
  if (status !== 'pending' && status !== 'approved') return null;
  const form = (verdict: 'approve' | 'reject', title: string, told: string): Html => html`
<form method="post" action="/approvals/${id}/${verdict}" class="card ${verdict}">
<h3>${title}</h3>
<input type="hidden" name="csrf" value="${csrf}">
<p><label for="${verdict}-reason">Reason <span class="hint">(${told})</span></label>
<input id="${verdict}-reason" name="reason" maxlength="500" autocomplete="off"${answer === verdict ? html` autofocus` : null}></p>
<p><button type="submit" class="${verdict === 'approve' ? 'yes' : 'no'}">${title}</button></p>
</form>`;
  const approve = status === 'pending' ? form('approve', 'Approve this call, once', 'for the journal') : null;
  const reject = form('reject', 'Reject this call', 'the agent is told');
  return html`<h2>Your answer</h2><p class="hint">You answer as ${person.name}.</p>
<div class="answers">${answer === 'reject' ? [reject, approve] : [approve, reject]}</div>`;
}

function printSteps(steps: readonly ListedStep[]): Html {
  const items = steps.map(
    ({ atMs, step, by, reason, decisionId }) =>
      html`<li>${time(atMs)}: ${step} by ${stranger(by)}${
        reason === null ? null : html`: ${stranger(reason)}`
      }${decisionId === null ? null : html` <code>${decisionId}</code>`}</li>`,
  );
  return html`<h2>What happened</h2><ol>${items}</ol>`;
}
