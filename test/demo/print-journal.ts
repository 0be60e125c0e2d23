// Shows the last rows of the journal, as `regent journal` prints them.
import { execFileSync } from 'node:child_process';
import { REGENT } from './demo-agent.ts';
import type { Transcript } from './transcript.ts';

/** `expectedRows` is how many decisions the journal must hold. */
export function printJournal(transcript: Transcript, state: string, expectedRows: number): void {
  const journal = (...flags: string[]): string[] => {
    const args = [REGENT, 'journal', '--state', state, ...flags];
    return execFileSync(process.execPath, args, { encoding: 'utf8' }).trimEnd().split('\n');
  };
  transcript.section('The journal: the end of what regent journal prints');
  for (const line of journal().slice(-8)) transcript.line(`  ${line}`);
  const rows = journal('--json');
  transcript.check(`the journal holds ${expectedRows} decisions`, rows.length === expectedRows);
}
