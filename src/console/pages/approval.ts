// One request: exactly what will happen, why it is asked, and the answer.
import type { Approval, ListedStep } from '../../approvals/approval.ts';
import { layOutJson } from '../../approvals/layout-json.ts';
import type { Viewer } from '../console-parts.ts';
import { type Html, html } from '../html.ts';
import { printAnswer, stateOfAnswer } from './answer-form.ts';
import { printEffects, type ShownEffect } from './effects.ts';
import { layOut } from './layout.ts';
import { badge, stranger, strangerLines, time } from './show-values.ts';

export interface ApprovalView {
  readonly approval: Approval;
  readonly arguments: string;
  readonly steps: readonly ListedStep[];
  readonly effects: readonly ShownEffect[];
  /** Lines of the policy around the rule; empty where the policy is not known any more. */
  readonly policyLines: readonly PolicyLine[];
  /** Which answer was clicked. */
  readonly answer: 'approve' | 'reject' | null;
  /** For a page that is open: what never changes is left out. */
  readonly isLive: boolean;
  /** Why the last answer was not taken. */
  readonly problem: string | null;
}

export interface PolicyLine {
  readonly number: number;
  readonly text: string;
  readonly isRule: boolean;
}

export function approvalPage(view: ApprovalView, viewer: Viewer): string {
  const { approval, answer, effects, isLive, problem } = view;
  const content = html`
${problem === null ? null : html`<p class="problem" role="alert">${problem}</p>`}
<div id="state" data-live="approvals">${printState(approval)}</div>
<div class="request">
${isLive ? null : printArguments(view.arguments)}
<div id="effects" data-live="approvals decisions">${printEffects(effects, approval.status)}</div>
<div id="answer" data-live="approvals" data-state="${stateOfAnswer(approval, viewer)}">${printAnswer(approval, answer, viewer)}</div>
${isLive ? null : printPolicy(view)}
<div id="steps" data-live="approvals">${printSteps(view.steps)}</div>
</div>`;
  const page = { title: `Request ${approval.id}`, content, path: `/approvals/${approval.id}` };
  return layOut({ ...page, heading: stranger(approval.tool) }, viewer);
}

function printState(approval: Approval): Html {
  const { id, status, server, agent, session, requestedMs, decideByMs, useByMs } = approval;
  const { approvers, required, rule, reason } = approval;
  const facts: ReadonlyArray<readonly [string, Html]> = [
    ['State', html`${badge(status)} ${approvers.length} of ${required} agreed`],
    ['Agent', stranger(agent)],
    ['Server', stranger(server)],
    ['Asked', time(requestedMs)],
    useByMs === null ? ['Decide by', time(decideByMs)] : ['Use by', time(useByMs)],
    ['Session', html`<code>${stranger(session)}</code>`],
    ['Request', html`<code>${id}</code>`],
  ];
  const announced = status === 'pending' ? `${approvers.length} of ${required} agreed` : `It is ${status}`;
  return html`<p class="reason">${stranger(reason ?? 'needs a human')}${rule === null ? null : html` <code>${stranger(rule)}</code>`}</p>
<dl class="facts" data-key="state" data-announce="${announced}">${facts.map(([name, value]) => html`<div><dt>${name}</dt><dd>${value}</dd></div>`)}</dl>`;
}

function printArguments(json: string): Html {
  return html`<section><h2 id="arguments-title">Arguments</h2>
<pre class="arguments" tabindex="0" role="region" aria-labelledby="arguments-title">${strangerLines(layOutJson(json))}</pre></section>`;
}

function printPolicy({ approval, policyLines }: ApprovalView): Html | null {
  const { source } = approval;
  if (source === null) return null;
  const lines = policyLines.map(({ number, text, isRule }) => {
    const line = html`${String(number).padStart(5)}  ${stranger(text)}\n`;
    return isRule ? html`<mark>${line}</mark>` : line;
  });
  const code = html`<pre class="policy" tabindex="0" role="region" aria-labelledby="rule-title">${lines}</pre>`;
  return html`<section><h2 id="rule-title">The rule</h2><p class="hint">${stranger(source)}</p>
${lines.length === 0 ? null : code}</section>`;
}

function printSteps(steps: readonly ListedStep[]): Html {
  const items = steps.map(
    ({ atMs, step, by, reason, decisionId }) =>
      html`<li>${step} by ${stranger(by)}${reason === null ? null : html`: ${stranger(reason)}`}
<span class="hint">${time(atMs)}${decisionId === null ? null : html`, decision <code>${decisionId}</code>`}</span></li>`,
  );
  return html`<h2>What happened</h2><ol class="steps">${items}</ol>`;
}
