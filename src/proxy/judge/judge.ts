// Judges tool calls and makes each decision durable before anybody acts on it.
//
//   calls ──▶ waiting ──▶ batch ──▶ decide on one snapshot ──▶ one write ──▶ verdicts
//                ▲                                               │
//                └── what arrives during the write ◀─────────────┘ overtaken? read again under the lock, decide anew
//
// The write of one batch is the waiting time of the next: a busy sidecar makes few, larger transactions, an idle one
// writes at once. The catch in `decide` is the one place where anything thrown becomes a denial.
import { createTimedId } from '../../approvals/timed-id.ts';
import type { LoadedPolicy } from '../../policy/bundle/load-bundle.ts';
import { PolicyError } from '../../policy/policy-error.ts';
import type { PreparedCall } from '../../policy/prepare-call.ts';
import type { CounterStore } from '../../state/store.ts';
import { createFailureLog } from '../../telemetry/failure-log.ts';
import type { Logger } from '../../telemetry/logger.ts';
import { createCommitter } from './commit-decisions.ts';
import { decideBatch, prepareForBatch } from './decide-batch.ts';
import { failureDenial } from './host-denial.ts';
import { takeBackCharges } from './take-back.ts';
import type { CallToJudge, Verdict } from './verdict.ts';

export interface Judge {
  /** Never rejects: what goes wrong is a denial. */
  judge(call: CallToJudge): Promise<Verdict>;
  /** Gives the charges of an allowed call back: only for calls that provably never reached the server. */
  giveBack(verdict: Verdict): Promise<void>;
}

export interface JudgeParts {
  /** The policy in force now. */
  readonly policy: () => LoadedPolicy;
  readonly store: CounterStore;
  /** Unix milliseconds. */
  readonly now: () => number;
  readonly log: Logger;
}

const BATCH_MAX = 128;
/** Hand-written rules may take some 100 ms for a call: between batches the proxy does its other work, without the lock. */
const BATCH_MS = 50;

interface WaitingCall {
  readonly asked: CallToJudge;
  readonly answer: (verdict: Verdict) => void;
}

export function createJudge(parts: JudgeParts): Judge {
  const committer = createCommitter(parts.store);
  const noteFailure = createFailureLog((facts) =>
    parts.log.error(facts, 'decisions could not be recorded: the calls are denied'),
  );
  let waiting: WaitingCall[] = [];
  let isRunning = false;

  /** Verdicts of the first calls, one at least. */
  const decide = async (calls: readonly CallToJudge[]): Promise<readonly Verdict[]> => {
    try {
      const policy = parts.policy();
      const prepared = calls.map(({ call }) => prepareForBatch(policy, call));
      let verdicts: readonly Verdict[] = [];
      const approvalIds: string[] = [];
      for (const { approvalId } of calls) if (approvalId !== undefined) approvalIds.push(approvalId);
      const needs = { keys: counterKeys(prepared), approvalIds };
      await committer.commit(needs, (records, approvals) => {
        const overMs = performance.now() + BATCH_MS;
        const isOver = (): boolean => performance.now() > overMs;
        const draft = decideBatch({
          policy,
          calls,
          prepared,
          records,
          approvals,
          nowMs: parts.now(),
          isOver,
        });
        verdicts = draft.verdicts;
        return draft.batch;
      });
      return verdicts;
    } catch (error) {
      noteFailure(error);
      return calls.map(() => unjournalled(error));
    }
  };
  const run = async (): Promise<void> => {
    // After the current chunk of messages: calls that arrived together are written together.
    await null;
    while (waiting.length > 0) {
      const batch = waiting.slice(0, BATCH_MAX);
      const verdicts = await decide(batch.map(({ asked }) => asked));
      for (const [index, verdict] of verdicts.entries()) batch[index]?.answer(verdict);
      waiting = waiting.slice(verdicts.length);
    }
    isRunning = false;
  };

  return {
    judge: (asked) =>
      new Promise((answer) => {
        waiting.push({ asked, answer });
        if (isRunning) return;
        isRunning = true;
        void run();
      }),
    giveBack: async ({ charged }) => {
      const keys = charged.map(({ key }) => key);
      if (keys.length === 0) return;
      await committer.commitLocked({ keys, approvalIds: [] }, (records) => takeBackCharges(charged, records));
    },
  };
}

function counterKeys(prepared: ReadonlyArray<PreparedCall | PolicyError>): string[] {
  const keys = new Set<string>();
  for (const call of prepared) {
    if (!(call instanceof PolicyError)) for (const { key } of call.counters) keys.add(key);
  }
  return [...keys];
}

function unjournalled(error: unknown): Verdict {
  return {
    id: createTimedId('dec', Date.now()),
    decision: failureDenial(error),
    limit: null,
    charged: [],
    wouldCharge: [],
    revision: '',
    isJournalled: false,
  };
}
