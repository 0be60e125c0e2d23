// All operations of a store by name, so that what stands around a store can wrap each of them alike.
import type { StateStore } from './store.ts';

export type Operations = Omit<StateStore, 'close'>;
export type OperationName = keyof Operations;

const NAMES: Readonly<Record<OperationName, true>> = {
  read: true,
  listCounters: true,
  commit: true,
  commitLocked: true,
  settle: true,
  list: true,
  latestSequence: true,
  countOutcomes: true,
  addAgentToken: true,
  findAgent: true,
  listAgentTokens: true,
  removeAgentTokens: true,
  readApprovals: true,
  changeApprovals: true,
  listApprovals: true,
  readApprovalArguments: true,
  listSteps: true,
  latestStep: true,
  addApprover: true,
  findApprover: true,
  listApprovers: true,
  removeApprovers: true,
  keepPolicy: true,
  readPolicy: true,
  newestPolicies: true,
  readSecret: true,
  endSession: true,
  isSessionEnded: true,
  claimDeliveries: true,
  settleDelivery: true,
  listDeliveries: true,
  claimUpload: true,
  advanceUpload: true,
  releaseUpload: true,
};

type AnyOperation = (...parameters: readonly unknown[]) => Promise<unknown>;

/** Operations that each do what `run` does with the operation of that name. */
export function wrapOperations(
  run: (operate: (operations: Operations) => Promise<unknown>) => Promise<unknown>,
): Operations {
  const wrapped = Object.keys(NAMES).map((name) => [
    name,
    (...parameters: readonly unknown[]) =>
      run((operations) => (operations[name as OperationName] as AnyOperation)(...parameters)),
  ]);
  return Object.fromEntries(wrapped) as Operations;
}
