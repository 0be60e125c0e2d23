// What Slack shows: strangers' texts as they are, and nothing of theirs that acts.
import { describe, expect, test } from 'vitest';
import type { Approval, ListedStep } from '../../../src/approvals/approval.ts';
import { slackBody } from '../../../src/approvals/webhook/slack-body.ts';
import { slackCode } from '../../../src/approvals/webhook/slack-text.ts';
import { eventOf } from '../../../src/approvals/webhook/webhook-event.ts';

describe("a stranger's text", () => {
  test.each([
    ['plain', 'create_payment', '`create_payment`'],
    [
      'a mention of all',
      '<!channel> <!here> @here @channel',
      '`&lt;!channel&gt; &lt;!here&gt; @here @channel`',
    ],
    ['a mention of one', '<@U012AB3CD>', '`&lt;@U012AB3CD&gt;`'],
    ['a link', '<https://evil.example.com|the console>', '`&lt;https://evil.example.com|the console&gt;`'],
    ['an escape of its own', '&lt;!here&gt;', '`&amp;lt;!here&amp;gt;`'],
    ['formats', '*bold* _it_ ~no~ :tada:', '`*bold* _it_ ~no~ :tada:`'],
    ['the end of the code span', '` <!here> `', '`⟦U+0060⟧ &lt;!here&gt; ⟦U+0060⟧`'],
    ['the end of a block', '```', '`⟦U+0060⟧⟦U+0060⟧⟦U+0060⟧`'],
    ['a new line', 'a\n> quoted\r\nb', '`a⟦U+000A⟧&gt; quoted⟦U+000D⟧⟦U+000A⟧b`'],
    ['bidi', 'pay \u202etxe.99', '`pay ⟦U+202E⟧txe.99`'],
    ['invisible', 'a\u200bb\u00a0c\ufeff', '`a⟦U+200B⟧b⟦U+00A0⟧c⟦U+FEFF⟧`'],
    ['a marker of its own', '⟦U+202E⟧', '`⟦⟦U+202E⟧⟧`'],
    ['nothing', '', '`⟦empty⟧`'],
    ['spaces', '   ', '`⟦empty⟧`'],
    ['emoji', '👍🏽', '`👍🏽`'],
    ['long', '😀'.repeat(400), `\`${'😀'.repeat(300)}…\``],
    ['a lone surrogate', '\ud800', '`⟦U+D800⟧`'],
  ])('that is %s', (_name, text, expected) => {
    expect(slackCode(text)).toBe(expected);
  });

  test.each([['&'.repeat(100_000)], ['\u202e'.repeat(100_000)], ['`'.repeat(100_000)]])(
    'fits a field of Slack, however long it is',
    (text) => expect(slackCode(text).length).toBeLessThan(2000),
  );
});

const STEP: ListedStep = {
  sequence: 7,
  approvalId: 'apr_1',
  atMs: 1_795_359_600_000,
  step: 'requested',
  by: 'agent:bot',
  reason: 'A human must agree',
  decisionId: 'd1',
};

const APPROVAL: Approval = {
  id: 'apr_1',
  status: 'pending',
  server: 'finance',
  agent: 'bot',
  tool: 'pay',
  argumentsDigest: 'a'.repeat(64),
  argumentsBytes: 13,
  revision: 'r1',
  session: 's',
  rule: 'pay/ask',
  reason: 'A human must agree',
  source: 'finance.yaml:19:9',
  decisionId: 'd1',
  required: 2,
  approvers: [],
  rejection: null,
  requestedMs: STEP.atMs,
  decideByMs: STEP.atMs + 1_800_000,
  useWithinMs: 600_000,
  useByMs: null,
  effects: [],
};

// biome-ignore lint/suspicious/noExplicitAny: the message is looked into.
function messageOf(approval: Approval, steps: readonly ListedStep[], consoleUrl: URL | null): any {
  const event = eventOf(approval, { steps, sequence: steps.at(-1)?.sequence ?? 0, consoleUrl });
  return event === null ? null : JSON.parse(slackBody(event));
}

const CONSOLE = new URL('https://console.example.com/');

test('a request is told with its rule, its deadline, and a button that leads to the console', () => {
  const { text, blocks } = messageOf(APPROVAL, [STEP], CONSOLE);
  expect(text).toBe('Approval requested: `bot` calls `pay` of `finance`');
  expect(blocks[0].text).toEqual({ type: 'plain_text', text: 'Approval requested', emoji: false });
  expect(blocks[1].text).toEqual({
    type: 'mrkdwn',
    text: '`bot` calls `pay` of `finance`',
    verbatim: true,
  });
  expect(blocks[1].fields.map((field: { text: string }) => field.text)).toEqual([
    '*Request*\n`apr_1`',
    '*Rule*\n`pay/ask`',
    '*Why*\n`A human must agree`',
    '*By*\n`agent:bot`',
    '*Agreed*\n0 of 2',
    `*Decide by*\n<!date^${APPROVAL.decideByMs / 1000}^{date_num} {time_secs}|2026-11-22T15:30:00.000Z>`,
  ]);
  expect(blocks[2].elements).toEqual([
    {
      type: 'button',
      text: { type: 'plain_text', text: 'Review in the console', emoji: false },
      url: 'https://console.example.com/approvals/apr_1',
    },
  ]);
});

test('a rejection says who, and what they said', () => {
  const rejected: ListedStep = { ...STEP, sequence: 9, step: 'rejected', by: 'alice', reason: '<!here> no' };
  const { text, blocks } = messageOf({ ...APPROVAL, status: 'rejected' }, [STEP, rejected], CONSOLE);
  expect(text).toContain('Rejected: ');
  const shown = JSON.stringify(blocks);
  expect(shown).toContain('*By*\\n`alice`');
  expect(shown).toContain('*They said*\\n`&lt;!here&gt; no`');
  expect(shown).toContain('See it in the console');
  expect(shown).not.toContain('Decide by');
});

test('where no console is known there is no button', () => {
  expect(messageOf(APPROVAL, [STEP], null).blocks).toHaveLength(2);
});

test('nothing of a hostile agent acts: the only controls of Slack in the message are its own', () => {
  const evil = '<!channel> <https://evil.example.com|Approve> `*x*';
  const approval = { ...APPROVAL, tool: evil, agent: evil, server: evil, rule: evil, reason: evil };
  const shown = JSON.stringify(messageOf(approval, [{ ...STEP, by: evil, reason: evil }], CONSOLE));
  expect(shown.match(/<[^>]*>/g)).toEqual([
    expect.stringMatching(/^<!date\^\d+\^\{date_num\} \{time_secs\}\|2026-[\d:T.-]+Z>$/),
  ]);
});

test.each(['&', '`', '\u202e', '😀', '⟦'])(
  'Slack takes the message, however many %j there are',
  (character) => {
    const long = character.repeat(50_000);
    const approval = { ...APPROVAL, tool: long, agent: long, server: long, rule: long, reason: long };
    const rejected: ListedStep = { ...STEP, sequence: 9, step: 'rejected', by: long, reason: long };
    const [, section] = messageOf(approval, [STEP, rejected], CONSOLE).blocks;
    expect(section.text.text.length).toBeLessThanOrEqual(3000);
    expect(section.fields.length).toBeLessThanOrEqual(10);
    for (const { text } of section.fields) expect(text.length).toBeLessThanOrEqual(2000);
  },
);
