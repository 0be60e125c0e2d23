// Measures every shape in rounds of short bursts.
import { type BenchClient, startBenchClient } from './bench-client.ts';
import { type Bursts, playRounds } from './rounds.ts';
import type { Shape } from './shapes.ts';
import { medianOf, type Percentiles, percentilesOf } from './statistics.ts';

export interface LatencyPlan {
  readonly rounds: number;
  readonly callsInTurn: number;
  readonly callsTogether: number;
  readonly warmUpCalls: number;
}

export interface Measured extends Percentiles {
  readonly shape: Shape;
  readonly callsPerSecond: number;
}

const CONCURRENCY = 32;

/** Medians over the rounds. Shapes with the same target share its processes. */
export async function measureLatency(shapes: readonly Shape[], plan: LatencyPlan): Promise<Measured[]> {
  const clients = new Map<Shape['target'], BenchClient>();
  for (const { target } of shapes) {
    if (!clients.has(target)) clients.set(target, await startBenchClient(target));
  }
  const runs = shapes.map((shape) => createRun(shape, plan, clients.get(shape.target) as BenchClient));
  try {
    for (const run of runs) await run.warmUp();
    await playRounds(plan.rounds, runs);
  } finally {
    for (const client of clients.values()) await client.close();
  }
  return runs.map((run) => run.summarise());
}

interface Run extends Bursts {
  warmUp(): Promise<void>;
  summarise(): Measured;
}

function createRun(shape: Shape, plan: LatencyPlan, client: BenchClient): Run {
  const inTurn: Percentiles[] = [];
  const perSecond: number[] = [];
  return {
    warmUp: async () => {
      await client.callTogether(shape.tool, plan.warmUpCalls, CONCURRENCY);
      await client.callInTurn(shape.tool, Math.ceil(plan.warmUpCalls / 2));
    },
    inTurn: async () => {
      // The first calls of a burst find cold caches, whoever ran before.
      await client.callInTurn(shape.tool, 10);
      inTurn.push(percentilesOf(await client.callInTurn(shape.tool, plan.callsInTurn)));
    },
    together: async () => {
      perSecond.push(await client.callTogether(shape.tool, plan.callsTogether, CONCURRENCY));
    },
    summarise: () => ({
      shape,
      p50: medianOf(inTurn.map(({ p50 }) => p50)),
      p95: medianOf(inTurn.map(({ p95 }) => p95)),
      p99: medianOf(inTurn.map(({ p99 }) => p99)),
      callsPerSecond: medianOf(perSecond),
    }),
  };
}
