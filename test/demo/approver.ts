// The demo's human: answers from a terminal, with the commands that an operator has.
import { execFile } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { REGENT } from './demo-agent.ts';
import type { Transcript } from './transcript.ts';

const run = promisify(execFile);
const POLL_MS = 100;

/** Waits for a request, and approves it. */
export async function approveFirst(transcript: Transcript, state: string): Promise<void> {
  const regent = async (...words: string[]): Promise<string> =>
    (await run(process.execPath, [REGENT, 'approvals', ...words, '--state', state])).stdout.trimEnd();
  let waiting = '';
  while (waiting === '') {
    await sleep(POLL_MS);
    waiting = await regent('list');
  }
  const [id = ''] = waiting.split(' ');
  transcript.line('  $ regent approvals list');
  transcript.line(`  ${waiting}`);
  transcript.line(`  $ regent approvals approve ${id} --reason "the customer asked for it"`);
  transcript.line(`  ${await regent('approve', id, '--reason', 'the customer asked for it')}`);
}
