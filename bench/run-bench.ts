// `make bench`: all parts but `approvals`, which needs a browser; or those that are named, as in `run-bench.js approvals`.
import { benchApprovals } from './approvals.ts';
import { benchCompile } from './compile.ts';
import { benchEvaluator } from './evaluator.ts';
import { benchHttp } from './http.ts';
import { measureLatency } from './latency.ts';
import { reportLatency } from './latency-report.ts';
import { copySampleState } from './sample-state.ts';
import { listShapes } from './shapes.ts';
import { benchSoak } from './soak.ts';
import { benchStart } from './start.ts';
import { createWorkspace, type Workspace } from './workspace.ts';

const PARTS: Readonly<Record<string, (workspace: Workspace) => Promise<void>>> = {
  latency: async (workspace) => {
    await copySampleState(workspace);
    const plan = { rounds: 30, callsInTurn: 150, callsTogether: 1000, warmUpCalls: 3000 };
    reportLatency(await measureLatency(listShapes(workspace), plan));
  },
  evaluator: benchEvaluator,
  start: benchStart,
  soak: benchSoak,
  http: benchHttp,
  compile: benchCompile,
  approvals: benchApprovals,
};

const ALL = Object.keys(PARTS).filter((name) => name !== 'approvals');

const named = process.argv.slice(2);
const unknown = named.filter((name) => !Object.hasOwn(PARTS, name));
if (unknown.length > 0) {
  console.error(`There is no part ${unknown.join(', ')}; the parts are ${Object.keys(PARTS).join(', ')}.`);
  process.exit(2);
}

const workspace = createWorkspace();
try {
  for (const name of named.length === 0 ? ALL : named) {
    await PARTS[name]?.(workspace);
    console.log('');
  }
} finally {
  workspace.remove();
}
