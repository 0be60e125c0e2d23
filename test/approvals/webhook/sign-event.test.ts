// Signatures as the Standard Webhooks specification has them.
import { describe, expect, test } from 'vitest';
import { signedFields, webhookKey } from '../../../src/approvals/webhook/sign-event.ts';

test("gives the signature of the specification's example", () => {
  const key = webhookKey('whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw') ?? Buffer.alloc(0);
  const message = {
    id: 'msg_p5jXN8AQM9LWM0D4loKWxJek',
    atMs: 1_614_265_330_999,
    body: '{"test": 2432232314}',
  };
  expect(signedFields(message, key)).toEqual({
    'webhook-id': 'msg_p5jXN8AQM9LWM0D4loKWxJek',
    'webhook-timestamp': '1614265330',
    'webhook-signature': 'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=',
    'Idempotency-Key': 'msg_p5jXN8AQM9LWM0D4loKWxJek',
  });
});

describe('the key', () => {
  test.each([
    [
      'is what follows whsec_, decoded',
      `whsec_${Buffer.alloc(24, 7).toString('base64')}`,
      Buffer.alloc(24, 7),
    ],
    ['is any other text as it stands', 'a plain text of 24 bytes', Buffer.from('a plain text of 24 bytes')],
    ['counts bytes, not characters', 'éééééééé', Buffer.from('éééééééé')],
    ['is none where it is short', 'fifteen bytes !', null],
    ['is none where it is short once decoded', 'whsec_c2hvcnQ=', null],
    ['is none where whsec_ is not followed by base64', 'whsec_not base64 at all, is it', null],
    ['is none where nothing follows', 'whsec_', null],
  ])('%s', (_name, secret, key) => {
    expect(webhookKey(secret)).toEqual(key);
  });
});
