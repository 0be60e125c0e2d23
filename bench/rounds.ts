// Rounds of short bursts, so that a noisy machine disturbs all alike. Calls in turn come first: behind calls that came
// together there is work left, which would be the burden of whoever is measured next.
import { setTimeout as sleep } from 'node:timers/promises';

export interface Bursts {
  inTurn(): Promise<void>;
  together(): Promise<void>;
}

/** Until what came of calls is in the journal. */
const SETTLE_MS = 300;

export async function playRounds(rounds: number, all: readonly Bursts[]): Promise<void> {
  for (let round = 0; round < rounds; round++) {
    // Another order each time, so that none always follows the same one.
    const order = all.map((_, at) => all[(at + round) % all.length] as Bursts);
    for (const one of order) await one.inTurn();
    for (const one of order) await one.together();
    await sleep(SETTLE_MS);
    process.stderr.write(`\rround ${round + 1} of ${rounds} `);
  }
  process.stderr.write('\r                        \r');
}
