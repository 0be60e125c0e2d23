// `regent eval`: one decision as JSON, made by the same code as the sidecar's, without a server and without charges.
import { text } from 'node:stream/consumers';
import { parseMoment } from '../../journal/parse-moment.ts';
import type { JsonObject } from '../../policy/arguments/json-node.ts';
import { PolicyError } from '../../policy/policy-error.ts';
import type { ToolCall } from '../../policy/prepare-call.ts';
import { printClaims } from '../../proxy/identity/claims.ts';
import { decideBatch, prepareForBatch } from '../../proxy/judge/decide-batch.ts';
import { readArguments } from '../../proxy/read/read-arguments.ts';
import type { CounterRecord } from '../../state/store.ts';
import { readVerification, requireBundles, type VerificationFlags } from '../bundles/read-verification.ts';
import { CliError } from '../cli-error.ts';
import { openExistingState } from '../open-existing-state.ts';
import { openPolicy } from '../policy/open-policy.ts';
import { printOut } from '../print-out.ts';
import { chooseServer } from '../sidecar/choose-server.ts';

export interface EvalFlags extends VerificationFlags {
  readonly policy: readonly string[];
  readonly tool: string;
  readonly arguments: string;
  readonly session: string;
  readonly server?: string;
  readonly agent?: string;
  readonly claims: string;
  readonly state?: string;
  readonly at?: string;
  readonly opa?: string;
}

export async function evalCall(flags: EvalFlags): Promise<void> {
  const verification = readVerification(flags);
  requireBundles(verification, flags.policy);
  const policy = await openPolicy({
    files: flags.policy,
    server: flags.server ?? null,
    verification,
    opa: flags.opa ?? null,
  });
  const call: ToolCall = {
    server: chooseServer(policy, flags.server ?? null),
    agent: {
      id: flags.agent ?? 'anonymous',
      claims: printClaims(readObject('--claims', flags.claims, '{"team": "treasury"}')),
    },
    session: flags.session,
    tool: flags.tool,
    arguments: readObject(
      '--arguments',
      flags.arguments === '-' ? await text(process.stdin) : flags.arguments,
      '{"amount": 5}',
    ),
  };
  const prepared = prepareForBatch(policy, call);
  const keys = prepared instanceof PolicyError ? [] : prepared.counters.map(({ key }) => key);
  const records = await readCounters(flags.state, keys);
  const nowMs = readTime(flags.at);
  const { verdicts } = decideBatch({
    policy,
    calls: [{ call, digest: '' }],
    prepared: [prepared],
    records,
    approvals: [],
    nowMs,
  });
  printOut(`${JSON.stringify(verdicts[0]?.decision, null, 2)}\n`);
}

function readObject(flag: string, json: string, example: string): JsonObject {
  const reading = readArguments(Buffer.from(json));
  if ('problem' in reading)
    throw new CliError(`${flag}: ${reading.problem}; give a JSON object such as '${example}'`);
  return reading.arguments;
}

function readTime(at: string | undefined): number {
  const nowMs = at === undefined ? Date.now() : parseMoment(at);
  if (nowMs === null)
    throw new CliError(`--at ${JSON.stringify(at)} is not a time; write it as 2026-11-22T15:04:00Z`);
  return nowMs;
}

async function readCounters(file: string | undefined, keys: readonly string[]): Promise<CounterRecord[]> {
  const atZero = keys.map((key) => ({ key, version: 0, windowStartMs: 0, value: 0, buckets: [] }));
  if (file === undefined) return atZero;
  const store = await openExistingState(file);
  const records = await store.read(keys);
  await store.close();
  return records;
}
