// Runs one case through the sidecar's own judge, state and approvals; only the clock is the case's.
import { answerApproval } from '../../../approvals/answer-approval.ts';
import { createApprovalRegistry } from '../../../approvals/approval-registry.ts';
import { explainAnswer } from '../../../approvals/explain-answer.ts';
import type { LoadedPolicy } from '../../../policy/bundle/load-bundle.ts';
import { type Judging, judgeCall } from '../../../proxy/hold/hold-call.ts';
import { NO_RESUMPTION } from '../../../proxy/hold/read-resumption.ts';
import { createJudge, type Judge } from '../../../proxy/judge/judge.ts';
import type { Verdict } from '../../../proxy/judge/verdict.ts';
import type { ResultRecorder } from '../../../proxy/result-recorder.ts';
import type { StateStore } from '../../../state/store.ts';
import type { Logger } from '../../../telemetry/logger.ts';
import { CliError } from '../../cli-error.ts';
import { DEFAULT_APPROVALS } from '../../settings/sidecar-options.ts';
import type { TestStep } from '../cases/test-case.ts';
import type { FittedCase } from './check-case.ts';
import { expireApprovals, resetCounters, seedCounters } from './test-state.ts';

export interface CaseParts {
  readonly policy: LoadedPolicy;
  readonly store: StateStore;
  readonly results: ResultRecorder;
  readonly log: Logger;
}

/** What came of one call of a step. */
export interface MadeCall {
  readonly step: TestStep;
  readonly verdict: Verdict;
  /** Ids of all decisions that it took. */
  readonly decisionIds: readonly string[];
  /** Why the people of `approved_by` could not approve it. */
  readonly approvalProblem: string | null;
}

/** Throws where the state cannot be written: nothing that follows would say anything of the policy. */
export async function runCase(fitted: FittedCase, parts: CaseParts): Promise<readonly MadeCall[]> {
  const { testCase } = fitted;
  const clock = { nowMs: testCase.atMs };
  const stepParts = { ...parts, ...openJudging(parts, clock), clock };
  const made: MadeCall[] = [];
  await seedCounters(parts.store, fitted);
  for (const step of testCase.steps) {
    const { time } = step;
    if (time !== null) clock.nowMs = 'atMs' in time ? time.atMs : clock.nowMs + time.afterMs;
    made.push(...(await runStep(step, fitted, stepParts)));
  }
  const charged = made.flatMap(({ verdict }) => verdict.charged.map(({ key }) => key));
  const keys = [...charged, ...fitted.counters.map(({ key }) => key)];
  const hasHeld = made.some(({ step, verdict }) => step.approvedBy.length > 0 || verdict.decision.approval);
  await resetCounters(parts.store, [...new Set(keys)]);
  if (hasHeld) await expireApprovals(parts.store);
  return made;
}

interface TestClock {
  nowMs: number;
}

function openJudging(
  { policy, store, log }: CaseParts,
  clock: TestClock,
): Pick<Judging, 'judge' | 'approvals'> {
  const now = (): number => clock.nowMs;
  return {
    judge: createJudge({ policy: () => policy, store, now, log }),
    approvals: createApprovalRegistry({ store, limits: DEFAULT_APPROVALS, now, log }),
  };
}

interface StepParts extends CaseParts, Pick<Judging, 'judge' | 'approvals'> {
  readonly clock: TestClock;
}

/** Calls that nobody must approve in between arrive together, as a busy agent's do. */
async function runStep(step: TestStep, { server }: FittedCase, parts: StepParts): Promise<MadeCall[]> {
  const once = (): Promise<MadeCall> => makeCall(step, server, parts);
  if (step.approvedBy.length === 0) return Promise.all(Array.from({ length: step.repeat }, once));
  const made: MadeCall[] = [];
  for (let index = 0; index < step.repeat; index += 1) made.push(await once());
  return made;
}

async function makeCall(step: TestStep, server: string, parts: StepParts): Promise<MadeCall> {
  const { agent, session, tool, arguments: args } = step.call;
  const decisionIds: string[] = [];
  const judging = {
    ...parts,
    identity: { server, agent, session },
    judge: noteDecisions(parts.judge, decisionIds),
  };
  const call = { toolCall: { name: tool, arguments: args } };
  const first = await judgeCall(judging, call, NO_RESUMPTION);
  if (step.approvedBy.length === 0)
    return { step, verdict: first.verdict, decisionIds, approvalProblem: null };
  const approvalProblem = await approve(first.held?.approval?.id ?? null, step.approvedBy, parts);
  const { verdict } = approvalProblem === null ? await judgeCall(judging, call, NO_RESUMPTION) : first;
  return { step, verdict, decisionIds, approvalProblem };
}

/** A decision that the journal does not hold says nothing of the policy. */
function noteDecisions(judge: Judge, ids: string[]): Judge {
  return {
    ...judge,
    judge: async (call) => {
      const verdict = await judge.judge(call);
      if (!verdict.isJournalled)
        throw new CliError(`the temporary state cannot be written: ${verdict.decision.reason}`);
      ids.push(verdict.id);
      return verdict;
    },
  };
}

/** null where all of them could. */
async function approve(
  id: string | null,
  people: readonly string[],
  { store, clock }: StepParts,
): Promise<string | null> {
  if (id === null) return 'the call was not held, so nobody could approve it';
  for (const name of people) {
    const person = { name, ownerOf: [] };
    const answered = await answerApproval(
      store,
      { id, verdict: 'approve', person, reason: null },
      clock.nowMs,
    );
    if (!answered.ok) return explainAnswer(answered, person);
  }
  return null;
}
