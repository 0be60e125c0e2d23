// What the benchmark compares: the bare server, relays, and Regent with three kinds of tools.
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { fixturePath } from '../test/fixtures/fixture-path.ts';
import type { BenchTarget } from './bench-client.ts';
import type { Workspace } from './workspace.ts';

export type Durability = 'normal' | 'full';
type BenchTool = 'plain' | 'checked' | 'counted';

export interface Shape {
  readonly name: string;
  readonly durability: Durability | null;
  readonly kind: 'direct' | 'relay' | 'relay+write' | 'regent';
  readonly target: BenchTarget;
  readonly tool: BenchTool;
  /** The relay+write that writes what this shape writes. */
  readonly bar: string | null;
}

const TOOLS: readonly BenchTool[] = ['plain', 'checked', 'counted'];
export const SERVER = [fixturePath('echo-server'), '--fast', ...TOOLS.flatMap((tool) => ['--tool', tool])];

const RELAYS = { plain: 'relay+write', counted: 'relay+write, two counters' } as const;
const REGENT = {
  plain: 'Regent, no rules',
  checked: 'Regent, two argument rules',
  counted: 'Regent, two counters',
} as const;

/** In the order of the table. */
export function listShapes(workspace: Workspace): Shape[] {
  const direct = { args: SERVER, env: {} };
  const relay = { args: [program('relay'), process.execPath, ...SERVER], env: {} };
  const rest = { durability: null, tool: 'plain', bar: null } as const;
  return [
    { ...rest, name: 'direct', kind: 'direct', target: direct },
    { ...rest, name: 'relay', kind: 'relay', target: relay },
    ...shapesAt('normal', workspace),
    ...shapesAt('full', workspace),
  ];
}

function shapesAt(durability: Durability, workspace: Workspace): Shape[] {
  const regent = regentTarget(durability, join(workspace.folder, `regent-${durability}.db`), workspace);
  const relays = (['plain', 'counted'] as const).map((tool): Shape => {
    const state = relayStateFile({ durability, tool }, workspace);
    const args = [program('relay-write'), durability, state, tool, process.execPath, ...SERVER];
    return {
      name: RELAYS[tool],
      durability,
      kind: 'relay+write',
      target: { args, env: {} },
      tool,
      bar: null,
    };
  });
  const regents = TOOLS.map((tool): Shape => {
    const bar = RELAYS[tool === 'counted' ? 'counted' : 'plain'];
    return { name: REGENT[tool], durability, kind: 'regent', target: regent, tool, bar };
  });
  return [...relays, ...regents];
}

export function relayStateFile(
  { durability, tool }: Pick<Shape, 'durability' | 'tool'>,
  { folder }: Workspace,
): string {
  return join(folder, `relay-${durability}-${tool}.db`);
}

export function regentTarget(durability: Durability, state: string, workspace: Workspace): BenchTarget {
  const flags = ['-c', workspace.policy, '--state', state, '--durability', durability];
  return { args: [workspace.regent, ...flags, '--', process.execPath, ...SERVER], env: workspace.env };
}

function program(name: string): string {
  return fileURLToPath(new URL(`./${name}.js`, import.meta.url));
}
