// `make bench`: all parts, or those that are named: latency, evaluator, start, soak, http, compile.
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
};

const named = process.argv.slice(2);
const unknown = named.filter((name) => !Object.hasOwn(PARTS, name));
if (unknown.length > 0) {
  console.error(`There is no part ${unknown.join(', ')}; the parts are ${Object.keys(PARTS).join(', ')}.`);
  process.exit(2);
}

const workspace = createWorkspace();
try {
  for (const name of named.length === 0 ? Object.keys(PARTS) : named) {
    await PARTS[name]?.(workspace);
    console.log('');
  }
} finally {
  workspace.remove();
}
