// Answers by HTTP: who may give them, what they need, and that nothing else is one.
import { describe, expect, test } from 'vitest';
import type { Approval } from '../../src/approvals/approval.ts';
import { type HttpConsole, type Received, type SignedIn, startHttpConsole } from './http-console.ts';

interface Asked {
  readonly bench: HttpConsole;
  readonly approval: Approval;
  readonly alice: SignedIn;
}

async function start(): Promise<Asked> {
  const bench = await startHttpConsole();
  return { bench, alice: await bench.signIn('alice'), approval: await bench.ask() };
}

function answer(
  { bench, approval }: Omit<Asked, 'alice'>,
  { cookie, csrf }: SignedIn,
  verdict = 'approve',
  reason = '',
): Promise<Received> {
  return bench.post(`/approvals/${approval.id}/${verdict}`, { csrf, reason }, { headers: { cookie } });
}

async function stored({ bench, approval }: Omit<Asked, 'alice'>): Promise<Approval | undefined> {
  return (await bench.store.readApprovals([approval.id]))[0];
}

describe('an answer', () => {
  test('is journalled with its person and reason, and leads back to the request', async () => {
    const asked = await start();
    const { status, headers } = await answer(asked, asked.alice, 'approve', ' known customer ');
    expect([status, headers.location]).toEqual([303, `/approvals/${asked.approval.id}`]);
    expect(await stored(asked)).toMatchObject({ status: 'approved', approvers: ['alice'] });
    const steps = await asked.bench.store.listSteps({ approvalId: asked.approval.id });
    expect(steps.at(-1)).toMatchObject({ step: 'approved', by: 'alice', reason: 'known customer' });
  });

  test.each([
    ['without a session', { cookie: '' }, 401],
    ['without the secret of the form', { csrf: '' }, 403],
    ["with another session's secret", { csrf: 'of bob' }, 403],
    ['with the secret twice', { csrf: 'twice' }, 403],
    ['as JSON', { type: 'application/json' }, 403],
    ['as text', { type: 'text/plain' }, 403],
    ['from another site', { origin: 'https://evil.example' }, 403],
  ])('%s is none', async (_name, change: Record<string, string>, status) => {
    const { bench, approval, alice } = await start();
    const bob = await bench.signIn('bob');
    const csrf = change.csrf === 'of bob' ? bob.csrf : change.csrf === '' ? '' : alice.csrf;
    const headers = {
      cookie: change.cookie ?? alice.cookie,
      origin: change.origin ?? `http://127.0.0.1:${bench.port}`,
      'content-type': change.type ?? 'application/x-www-form-urlencoded',
    };
    const form = change.csrf === 'twice' ? `csrf=${csrf}&csrf=${csrf}` : `csrf=${csrf}`;
    const body = change.type === 'application/json' ? JSON.stringify({ csrf }) : form;
    const path = `/approvals/${approval.id}/approve`;
    expect((await bench.send({ method: 'POST', path, headers, body })).status).toBe(status);
    expect(await stored({ bench, approval })).toMatchObject({ status: 'pending' });
  });

  test.each([
    ['a link', 'GET', '/approvals/ID/approve'],
    ['a link with everything in it', 'GET', '/approvals/ID?answer=approve&csrf=CSRF&reason=x'],
    ['a preview of a link', 'HEAD', '/approvals/ID/approve'],
    ['a form at the page itself', 'POST', '/approvals/ID'],
    ['another verdict', 'POST', '/approvals/ID/consume'],
  ])('is not given by %s', async (_name, method, path) => {
    const { bench, approval, alice } = await start();
    const filled = path.replace('ID', approval.id).replace('CSRF', alice.csrf);
    const headers = { cookie: alice.cookie };
    await (method === 'POST'
      ? bench.post(filled, { csrf: alice.csrf }, { headers })
      : bench.send({ method, path: filled, headers }));
    expect(await stored({ bench, approval })).toMatchObject({ status: 'pending' });
  });

  test('of whoever owns the agent is refused; the page says so before', async () => {
    const { bench, approval } = await start();
    const owner = await bench.signIn('olga', ['bo*']);
    const page = await bench.send({ path: `/approvals/${approval.id}`, headers: { cookie: owner.cookie } });
    expect(page.body).toContain('olga owns the agent bot: somebody else must approve its calls.');
    expect(page.body).not.toContain('Approve this call');
    const refused = await answer({ bench, approval }, owner);
    expect(refused.status).toBe(409);
    expect(refused.body).toContain('Not taken: olga owns the agent bot');
    expect(await stored({ bench, approval })).toMatchObject({ status: 'pending' });
    expect((await answer({ bench, approval }, owner, 'reject')).status).toBe(303);
  });

  test('of one person counts once', async () => {
    const bench = await startHttpConsole();
    const [alice, bob] = [await bench.signIn('alice'), await bench.signIn('bob')];
    const approval = await bench.ask({ required: 2 });
    const asked = { bench, approval };
    expect((await answer(asked, alice)).status).toBe(303);
    expect((await answer(asked, alice)).status).toBe(409);
    expect(await stored(asked)).toMatchObject({ status: 'pending', approvers: ['alice'] });
    expect((await answer(asked, bob)).status).toBe(303);
    expect(await stored(asked)).toMatchObject({ status: 'approved', approvers: ['alice', 'bob'] });
  });

  test('that comes too late is refused, and says why', async () => {
    const asked = await start();
    asked.bench.advance(61_000);
    const late = await answer(asked, asked.alice);
    expect(late.status).toBe(409);
    expect(late.body).toContain('the request is expired: it cannot be answered any more');
    expect(await stored(asked)).toMatchObject({ status: 'expired' });
  });

  test('of a person who was removed a moment ago is none', async () => {
    const asked = await start();
    await asked.bench.store.removeApprovers('alice');
    expect((await answer(asked, asked.alice)).status).toBe(401);
    expect(await stored(asked)).toMatchObject({ status: 'pending' });
  });

  test('to a request that is not there is 404', async () => {
    const { bench, alice } = await start();
    const { cookie, csrf } = alice;
    const answered = await bench.post('/approvals/apr_0/approve', { csrf }, { headers: { cookie } });
    expect(answered.status).toBe(404);
    expect(answered.body).toContain('Not taken: there is no such request.');
  });
});
