// What is told of a step is what was so after it, whatever has become of the approval since.
import { expect, test } from 'vitest';
import { jsonBody } from '../../../src/approvals/webhook/json-body.ts';
import { eventOf } from '../../../src/approvals/webhook/webhook-event.ts';
import { openBench } from './webhook-bench.ts';

async function toldOf(
  more: object,
  act: (bench: Awaited<ReturnType<typeof openBench>>, id: string) => Promise<void>,
  // biome-ignore lint/suspicious/noExplicitAny: the messages are looked into.
): Promise<any[]> {
  const bench = await openBench();
  const { id } = await bench.request(more);
  await act(bench, id);
  const [approval] = await bench.store.readApprovals([id]);
  const steps = await bench.store.listSteps({ approvalId: id });
  return steps.map(({ sequence }) => {
    const consoleUrl = new URL('http://127.0.0.1:8930/');
    const event = approval === undefined ? null : eventOf(approval, { steps, sequence, consoleUrl });
    return event === null ? null : JSON.parse(jsonBody(event));
  });
}

test('has every fact but the arguments', async () => {
  const [told] = await toldOf({}, async () => {});
  const { id, requested_at: at } = told.data;
  expect(told).toEqual({
    type: 'approval.requested',
    timestamp: at,
    data: {
      event_id: `${id}_1`,
      id,
      status: 'pending',
      server: 'finance',
      agent: 'payments-bot',
      tool: 'create_payment',
      rule: 'create_payment/ask',
      reason: 'A human must agree',
      source: 'finance.yaml:19:9',
      required: 1,
      agreed: 0,
      approvers: [],
      step: {
        sequence: 1,
        step: 'requested',
        time: at,
        by: 'agent:payments-bot',
        reason: 'A human must agree',
        decision_id: 'dec_1',
      },
      requested_at: at,
      decide_by: new Date(Date.parse(at) + 1_800_000).toISOString(),
      use_by: null,
      arguments_digest: '1'.padStart(64, '0'),
      arguments_bytes: 30,
      url: `http://127.0.0.1:8930/approvals/${id}`,
    },
  });
});

test('counts those who had agreed by then', async () => {
  const told = await toldOf({ required: 2 }, async (bench, id) => {
    await bench.approve(id, 'alice');
    await bench.approve(id, 'bob');
    await bench.reject(id, 'no, wait');
  });
  expect(told.map(({ type, data }) => [type, data.status, data.approvers, data.step.by])).toEqual([
    ['approval.requested', 'pending', [], 'agent:payments-bot'],
    ['approval.approved', 'pending', ['alice'], 'alice'],
    ['approval.approved', 'approved', ['alice', 'bob'], 'bob'],
    ['approval.rejected', 'rejected', ['alice', 'bob'], 'alice'],
  ]);
  const [, , approved, rejected] = told;
  expect(Date.parse(approved.data.use_by) - Date.parse(approved.timestamp)).toBe(600_000);
  expect(rejected.data.step.reason).toBe('no, wait');
});

test('cuts what a stranger made too long', async () => {
  const [told] = await toldOf({ tool: 'x'.repeat(1_000_000) }, async () => {});
  expect(told.data.tool).toBe(`${'x'.repeat(1000)}…`);
});
