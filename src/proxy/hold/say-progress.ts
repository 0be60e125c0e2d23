// Tells a client that gave a progress token that its call waits for humans, so that it does not give up.
import type { Approval } from '../../approvals/approval.ts';
import type { GatedCall } from './held-call.ts';

/** Clients wait for 60 s as a rule. */
const EVERY_MS = 5000;

/** Nothing without a token. The function it gives ends it. */
export function startProgress(
  { progressTokenText }: GatedCall,
  { id }: Approval,
  say: (line: Buffer) => void,
): () => void {
  if (progressTokenText === null) return () => {};
  let progress = 0;
  const sayNext = (): void => {
    progress += 1;
    const message = JSON.stringify(`Waiting for a human to approve this call (${id})`);
    const params = `{"progressToken":${progressTokenText},"progress":${progress},"message":${message}}`;
    say(Buffer.from(`{"jsonrpc":"2.0","method":"notifications/progress","params":${params}}`));
  };
  sayNext();
  const timer = setInterval(sayNext, EVERY_MS);
  return () => clearInterval(timer);
}
