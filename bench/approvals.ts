// How long approvals take: from the call to its row on an open page, and from the click to the call's answer.
import type { Page } from 'playwright-core';
import { openBrowser } from '../test/console/open-browser.ts';
import { type SidecarConsole, startSidecarConsole } from '../test/console/sidecar-console.ts';
import { fixturePath } from '../test/fixtures/fixture-path.ts';
import { percentilesOf } from './statistics.ts';
import { judge, printTable } from './table.ts';

const ROUNDS = 40;
const TARGET_MS = 200;
const POLICY = `version: "1"
tools:
  pay:
    rules:
      - action: require_approval
`;

interface Round {
  readonly toRow: number;
  /** To the answer at the client: the call was at the server before. */
  readonly toAnswer: number;
}

/** Both ends are on this machine: one clock. */
export async function benchApprovals(): Promise<void> {
  const sidecar = await startSidecarConsole({
    policyName: 'bench.yaml',
    policy: POLICY,
    server: [process.execPath, fixturePath('echo-server'), '--tool', '{"name":"pay"}'],
  });
  const browser = await openBrowser();
  try {
    const page = await browser.newPage();
    await sidecar.signIn(page, 'alice');
    await runRound(sidecar, page, -1);
    const rounds: Round[] = [];
    for (let index = 0; index < ROUNDS; index += 1) rounds.push(await runRound(sidecar, page, index));
    report(rounds);
  } finally {
    await browser.close();
    await sidecar.close();
  }
}

/** Resolves with the time of the frame that shows the row. */
const ROW_SHOWN = `new Promise((resolve) => {
  const look = () => document.querySelector('.card') === null
    ? requestAnimationFrame(look)
    : requestAnimationFrame(() => resolve(Date.now()));
  look();
})`;

async function runRound({ client, url }: SidecarConsole, page: Page, index: number): Promise<Round> {
  await page.goto(url);
  await page.getByText('Nothing waits for you').waitFor();
  // Rounds begin at different places of the intervals in which the console and the sidecar look.
  await page.waitForTimeout(300 + ((index * 37) % 100));
  const shown = page.evaluate<number>(ROW_SHOWN);
  const calledMs = Date.now();
  const answered = client.callTool('pay', { index }).then(() => Date.now());
  const toRow = (await shown) - calledMs;
  await page.getByRole('link', { name: 'Approve…' }).click();
  await page.getByRole('button', { name: 'Approve this call, once' }).waitFor();
  await page.waitForTimeout(100 + ((index * 53) % 100));
  await page.evaluate(
    "addEventListener('click', () => localStorage.setItem('at', String(Date.now())), true)",
  );
  await page.getByRole('button', { name: 'Approve this call, once' }).click();
  const answeredMs = await answered;
  await page.locator('#state').getByText('consumed').waitFor();
  const clickedMs = Number(await page.evaluate("localStorage.getItem('at')"));
  return { toRow, toAnswer: answeredMs - clickedMs };
}

function report(rounds: readonly Round[]): void {
  const row = (name: string, values: readonly number[]): string[] => {
    const { p50, p95 } = percentilesOf(values);
    const max = Math.max(...values);
    return [name, p50.toFixed(0), judge(p95, 0, p95 < TARGET_MS), max.toFixed(0)];
  };
  printTable(
    [`approvals in ms, ${rounds.length} rounds`, 'p50', 'p95', 'max'],
    [
      row(
        'from the call to its row on the page',
        rounds.map(({ toRow }) => toRow),
      ),
      row(
        'from the click to the answer of the call',
        rounds.map(({ toAnswer }) => toAnswer),
      ),
    ],
  );
  console.log(`Target: p95 under ${TARGET_MS} ms.`);
}
