// `make demo`: real MCP servers behind Regent, driven by a real MCP client. Ends with 1 if anything differs from what it says.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { playFilesystemScenario } from './filesystem-scenario.ts';
import { playFinanceScenario } from './finance-scenario.ts';
import { printJournal } from './print-journal.ts';
import { createTranscript } from './transcript.ts';

const DAY_MS = 86_400_000;
const LONGEST_RUN_MS = 30_000;
/** get_balance, 13 payments, 11 refunds, close_account (twice, and again with its approval), delete_all_records. */
const FINANCE_DECISIONS = 29;

const transcript = createTranscript((text) => process.stdout.write(text), process.stdout.isTTY);
const folder = mkdtempSync(join(tmpdir(), 'regent-demo-'));
try {
  await waitForAWholeDay();
  await playFinanceScenario(transcript, folder);
  printJournal(transcript, join(folder, 'finance.db'), FINANCE_DECISIONS);
  await playFilesystemScenario(transcript, folder);
} finally {
  rmSync(folder, { recursive: true, force: true });
}
const { failures } = transcript;
transcript.line(
  failures.length === 0 ? '\nEverything came as announced.' : `\n${failures.length} steps went wrong:`,
);
for (const failure of failures) transcript.line(`  ${failure}`);
process.exitCode = failures.length === 0 ? 0 : 1;

/** Daily limits start anew at midnight UTC: a run across it would see them do so. */
async function waitForAWholeDay(): Promise<void> {
  const leftMs = DAY_MS - (Date.now() % DAY_MS);
  if (leftMs > LONGEST_RUN_MS) return;
  transcript.line(
    `Waiting ${Math.ceil(leftMs / 1000)} s for the new day (UTC), so that the daily limits stay the same day's.`,
  );
  await sleep(leftMs + 100);
}
