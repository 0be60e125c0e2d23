// A step as a message for Slack's incoming webhooks. Its button opens the console's page: nothing is answered in Slack.
import { slackCode } from './slack-text.ts';
import type { WebhookEvent, WebhookEventType } from './webhook-event.ts';

/** Three of them stand in one text, of which Slack takes 3000 characters. */
const NAME_MAX = 190;

const TITLES: Readonly<Record<WebhookEventType, string>> = {
  'approval.requested': 'Approval requested',
  'approval.approved': 'Approved',
  'approval.rejected': 'Rejected',
  'approval.expired': 'Expired',
  'approval.consumed': 'Approved call was sent',
  'approval.cancelled': 'Cancelled',
};

/** JSON text of `{text, blocks}`; `text` is what notifications show. */
export function slackBody(event: WebhookEvent): string {
  const { agent, tool, server } = event.approval;
  const [who, what, where] = [agent, tool, server].map((name) => slackCode(name, NAME_MAX));
  const call = `${who} calls ${what} of ${where}`;
  const title = TITLES[event.type];
  const blocks = [
    { type: 'header', text: { type: 'plain_text', text: title, emoji: false } },
    { type: 'section', text: mrkdwn(call), fields: factsOf(event).map(mrkdwn) },
    ...(event.url === null ? [] : [linkTo(event.url, event.approval.status)]),
  ];
  return JSON.stringify({ text: `${title}: ${call}`, blocks });
}

function factsOf({ approval, step }: WebhookEvent): string[] {
  const { id, status, rule, reason, required, approvers, decideByMs, useByMs } = approval;
  const said = step.step === 'requested' ? null : step.reason;
  const facts: ReadonlyArray<readonly [label: string, value: string | null]> = [
    ['Request', slackCode(id)],
    ['Rule', rule === null ? null : slackCode(rule)],
    ['Why', reason === null ? null : slackCode(reason)],
    ['By', slackCode(step.by)],
    ['They said', said === null ? null : slackCode(said)],
    ['Agreed', `${approvers.length} of ${required}`],
    ['Decide by', status === 'pending' ? slackTime(decideByMs) : null],
    ['Use by', status === 'approved' && useByMs !== null ? slackTime(useByMs) : null],
  ];
  return facts.flatMap(([label, value]) => (value === null ? [] : [`*${label}*\n${value}`]));
}

/** `verbatim`: Slack makes no link or mention of what only looks like one. */
function mrkdwn(text: string): object {
  return { type: 'mrkdwn', text, verbatim: true };
}

function linkTo(url: string, status: string): object {
  const text = status === 'pending' ? 'Review in the console' : 'See it in the console';
  return {
    type: 'actions',
    elements: [{ type: 'button', text: { type: 'plain_text', text, emoji: false }, url }],
  };
}

/** In the reader's own time zone; UTC where a client cannot show that. */
function slackTime(atMs: number): string {
  const iso = new Date(atMs).toISOString();
  return `<!date^${Math.floor(atMs / 1000)}^{date_num} {time_secs}|${iso}>`;
}
