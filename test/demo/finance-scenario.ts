// The finance policy at work: every limit is met exactly, and passed by one cent or one call.
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fixturePath } from '../fixtures/fixture-path.ts';
import { approveFirst } from './approver.ts';
import { type Answer, type DemoAgent, PROJECT, startDemoAgent } from './demo-agent.ts';
import type { Transcript } from './transcript.ts';

const TIMEOUT_MS = 5000;

/** The finance policy, but that humans have seconds instead of half an hour. */
function shortenedPolicy(folder: string): string {
  const policy = readFileSync(join(PROJECT, 'policies/finance/policy.yaml'), 'utf8');
  const file = join(folder, 'policy.yaml');
  writeFileSync(file, policy.replace('approval_timeout: "30m"', `approval_timeout: "${TIMEOUT_MS / 1000}s"`));
  return file;
}

/** `folder` takes the state file and the server's own log. */
export async function playFinanceScenario(transcript: Transcript, folder: string): Promise<void> {
  const log = join(folder, 'executed.jsonl');
  const state = join(folder, 'finance.db');
  transcript.title('policies/finance/policy.yaml in front of a finance MCP server');
  const agent = await startDemoAgent({
    flags: ['-c', shortenedPolicy(folder), '--state', state],
    server: [fixturePath('finance-server')],
    env: { FINANCE_LOG: log, REGENT_AGENT: 'payments-bot' },
  });
  try {
    await showTools(transcript, agent);
    await pay(transcript, agent);
    await refund(transcript, agent);
    await closeAccount(transcript, agent);
    await closeApproved(transcript, agent, state);
    await callUnlisted(transcript, agent);
  } finally {
    await agent.close();
  }
  checkExecuted(transcript, log);
}

async function showTools(transcript: Transcript, agent: DemoAgent): Promise<void> {
  transcript.section('What the agent sees: the server has 7 tools, the policy lists 5');
  const tools = await agent.listTools();
  transcript.paragraph(tools.join(', '));
  transcript.check('delete_all_records is not in the list', !tools.includes('delete_all_records'));
  transcript.check('5 tools are in the list', tools.length === 5);

  transcript.section('Reading: 60 balances a minute');
  report(transcript, 'get_balance', 'allow', await agent.call('get_balance', { account_id: 'acc-1' }));
}

async function pay(transcript: Transcript, agent: DemoAgent): Promise<void> {
  let paid = 0;
  const payment = async (amount: number, currency: string, expected: string): Promise<void> => {
    const answer = await agent.call('create_payment', { amount, currency, to: 'bob' });
    if (answer.outcome === 'allow') paid += amount;
    const total = `(today: ${paid.toFixed(2)})`;
    report(transcript, `create_payment ${amount.toFixed(2)} ${currency} ${total}`, expected, answer);
  };
  transcript.section('Paying: 500.00 a call, 5000.00 a day, in GBP, USD or EUR');
  await payment(500.01, 'USD', 'deny create_payment/per-call-cap');
  await payment(100, 'JPY', 'deny create_payment/validate-currency');
  for (let count = 1; count <= 10; count++) await payment(500, 'USD', 'allow');
  await payment(0.01, 'USD', 'deny create_payment/per-call-cap');
}

async function refund(transcript: Transcript, agent: DemoAgent): Promise<void> {
  transcript.section('Refunding: 10 a day');
  for (let count = 1; count <= 11; count++) {
    const answer = await agent.call('create_refund', { amount: 5, payment_id: 'payment-1' });
    const expected = count <= 10 ? 'allow' : 'deny create_refund/refund-limits';
    report(transcript, `create_refund 5.00 (number ${count})`, expected, answer);
  }
}

async function closeAccount(transcript: Transcript, agent: DemoAgent): Promise<void> {
  const seconds = TIMEOUT_MS / 1000;
  transcript.section(
    `Closing an account: held for a human, here for ${seconds} s instead of 30 m; nobody answers`,
  );
  const answer = await agent.call('close_account', { account_id: 'acc-1' });
  report(transcript, 'close_account', 'deny close_account/require-human', answer);
  transcript.check(
    `it was held for its time before it was denied (${(answer.tookMs / 1000).toFixed(1)} s)`,
    answer.tookMs >= TIMEOUT_MS - 50,
  );
}

async function closeApproved(transcript: Transcript, agent: DemoAgent, state: string): Promise<void> {
  transcript.section('Closing another account: a human approves it from a terminal');
  const [answer] = await Promise.all([
    agent.call('close_account', { account_id: 'acc-2' }),
    approveFirst(transcript, state),
  ]);
  report(transcript, 'close_account', 'allow', answer);
}

async function callUnlisted(transcript: Transcript, agent: DemoAgent): Promise<void> {
  transcript.section('Calling what is not in the list');
  report(transcript, 'delete_all_records', 'deny default-deny', await agent.call('delete_all_records'));
}

/** Asks the server, not Regent, what really happened. */
function checkExecuted(transcript: Transcript, log: string): void {
  const lines = existsSync(log) ? readFileSync(log, 'utf8').trim().split('\n') : [];
  const counts = new Map<string, number>();
  for (const line of lines) {
    const { tool } = JSON.parse(line) as { tool: string };
    counts.set(tool, (counts.get(tool) ?? 0) + 1);
  }
  const ran = [...counts].map(([tool, count]) => `${count} ${tool}`).join(', ');
  transcript.section("What the server's own log says that it carried out");
  transcript.check(ran, ran === '1 get_balance, 10 create_payment, 10 create_refund, 1 close_account');
}

function report(transcript: Transcript, action: string, expected: string, answer: Answer): void {
  transcript.step({ action, expected, actual: answer.outcome, told: answer.text });
}
