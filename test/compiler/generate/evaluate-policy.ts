// Compiles policies for real and evaluates them with OPA's own SDK: what tests of decisions stand on.
import { createRequire } from 'node:module';
import { gunzipSync } from 'node:zlib';
import { draftBundle, ENTRYPOINTS } from '../../../compiler/generate/draft-bundle.ts';
import type { Policy } from '../../../compiler/model/policy.ts';
import { buildBundle } from '../../../compiler/opa/opa-operations.ts';

interface SdkPolicy {
  evaluate(input: ArrayBuffer, entrypoint: string): Array<{ result: unknown }>;
}

const sdk = createRequire(import.meta.url)('@open-policy-agent/opa-wasm') as {
  loadPolicy(wasm: Buffer, memory: { initial: number }): Promise<SdkPolicy>;
};

export interface PolicyUnderTest {
  /** `input` is completed with an ordinary call of the bot; `raw` texts keep their digits. */
  decide(input: Partial<CallInput>): DecisionUnderTest;
  isListed(tool: string, agent?: AgentInput): unknown;
  isRegistered(tool: string): unknown;
}

export interface AgentInput {
  readonly id: string;
  readonly claims: object;
}

export interface CallInput {
  readonly server: string;
  readonly agent: AgentInput;
  readonly session: string;
  readonly tool: string;
  /** JSON text where digits matter. */
  readonly arguments: object | string;
  readonly amounts: Readonly<Record<string, unknown>>;
  readonly clock: object;
  readonly counters: Readonly<Record<string, unknown>>;
  readonly approvers: readonly string[] | null;
}

export interface DecisionUnderTest {
  readonly outcome: string;
  readonly rule: string | null;
  readonly reason: string | null;
  readonly source: string | null;
  readonly violations: ReadonlyArray<Readonly<Record<string, unknown>>>;
  readonly shadow?: ReadonlyArray<Readonly<Record<string, unknown>>>;
  readonly charges?: ReadonlyArray<{ readonly counter: string; readonly amount: number }>;
  readonly approval?: unknown;
}

const ORDINARY: CallInput = {
  server: 'main',
  agent: { id: 'bot', claims: {} },
  session: 's-1',
  tool: 'pay',
  arguments: {},
  amounts: {},
  clock: { unix: 1795359600, date: '2026-11-22', weekday: 'sunday', minute_of_day: 904 },
  counters: {},
  approvers: null,
};

export async function compileForTest(policies: readonly Policy[]): Promise<PolicyUnderTest> {
  const { metadata, ...draft } = draftBundle(policies);
  const built = await buildBundle({ ...draft, entrypoints: ENTRYPOINTS, metadata: { regent: metadata } });
  if (!built.ok) throw new Error(JSON.stringify(built.problems));
  return loadForTest(built.bundle);
}

export async function loadForTest(bundle: Buffer): Promise<PolicyUnderTest> {
  const policy = await sdk.loadPolicy(readWasm(bundle), { initial: 64 });
  const evaluate = (input: string, entrypoint: string): unknown => {
    const bytes = new TextEncoder().encode(input);
    return policy.evaluate(bytes.buffer as ArrayBuffer, `regent/gateway/${entrypoint}`)[0]?.result;
  };
  const listedInput = (tool: string, agent: AgentInput): string =>
    JSON.stringify({ version: 1, server: 'main', agent, tool });
  return {
    decide: (input) => evaluate(printCall({ ...ORDINARY, ...input }), 'decision') as DecisionUnderTest,
    isListed: (tool, agent = ORDINARY.agent) => evaluate(listedInput(tool, agent), 'listed'),
    isRegistered: (tool) => evaluate(listedInput(tool, ORDINARY.agent), 'registered'),
  };
}

function printCall({ arguments: args, counters, approvers, ...rest }: CallInput): string {
  const approval = approvers === null ? null : { id: 'a-1', approvers };
  const text = JSON.stringify({ version: 1, method: 'tools/call', ...rest, state: { counters }, approval });
  return `${text.slice(0, -1)},"arguments":${typeof args === 'string' ? args : JSON.stringify(args)}}`;
}

/** The first plain tar entry that is named policy.wasm. */
export function readWasm(bundle: Buffer): Buffer {
  const tar = gunzipSync(bundle);
  for (let at = 0; at < tar.length && tar[at] !== 0; ) {
    const name = tar.toString('utf8', at, at + 100).replace(/\0.*$/s, '');
    const size = Number.parseInt(tar.toString('ascii', at + 124, at + 136), 8);
    if (name.replace(/^\//, '') === 'policy.wasm') return tar.subarray(at + 512, at + 512 + size);
    at += 512 + Math.ceil(size / 512) * 512;
  }
  throw new Error('the bundle has no policy.wasm');
}
