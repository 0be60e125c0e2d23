// Has Regent make a few calls, and gives each relay+write a copy of the state file that they leave behind.
import { copyFileSync } from 'node:fs';
import { join } from 'node:path';
import { startBenchClient } from './bench-client.ts';
import { listShapes, regentTarget, relayStateFile } from './shapes.ts';
import type { Workspace } from './workspace.ts';

export function sampleFile({ folder }: Workspace): string {
  return join(folder, 'sample.db');
}

export async function copySampleState(workspace: Workspace): Promise<void> {
  const sample = sampleFile(workspace);
  const client = await startBenchClient(regentTarget('full', sample, workspace));
  await client.callInTurn('plain', 10);
  await client.callInTurn('counted', 10);
  // The last one to close the file brings the write-ahead log back into it.
  await client.close();
  for (const shape of listShapes(workspace)) {
    if (shape.kind === 'relay+write') copyFileSync(sample, relayStateFile(shape, workspace));
  }
}
