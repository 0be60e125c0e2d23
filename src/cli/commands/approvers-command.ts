// `regent approvers`: people who may answer requests for approval, and the tokens by which they are known.
import { randomBytes } from 'node:crypto';
import type { Approver } from '../../approvals/approval.ts';
import { createApproverToken, digestApproverToken, isApproverName } from '../../approvals/approver-token.ts';
import { openSqliteStore } from '../../state/sqlite-store.ts';
import { CliError } from '../cli-error.ts';
import { defaultStateFile } from '../home.ts';
import { openExistingState } from '../open-existing-state.ts';
import { printOut } from '../print-out.ts';
import { readAgent } from '../settings/read-setting.ts';
import { withStore } from '../with-store.ts';

export interface ApproversFlags {
  readonly state?: string;
  readonly json?: boolean;
  readonly ownerOf?: readonly string[];
}

/** The token is printed once, and kept nowhere. */
export async function addApprover(name: string, flags: ApproversFlags): Promise<void> {
  if (!isApproverName(name)) {
    throw new CliError(
      `${JSON.stringify(name)} cannot be an approver's name: 1 to 64 letters, digits and . _ - @ +, such as alice or alice@example.com`,
    );
  }
  for (const agent of flags.ownerOf ?? []) {
    const read = readAgent(agent);
    if ('problem' in read) throw new CliError(`--owner-of ${JSON.stringify(agent)} ${read.problem}`);
  }
  const file = flags.state ?? defaultStateFile();
  const token = createApproverToken();
  const approver = {
    id: randomBytes(6).toString('hex'),
    name,
    ownerOf: flags.ownerOf ?? [],
    createdMs: Date.now(),
    digest: digestApproverToken(token),
  };
  await withStore(openSqliteStore({ file, durability: 'full' }), (store) => store.addApprover(approver));
  printOut(`${token}\n`);
  process.stderr.write(
    `This token of ${name} is shown once; its digest is in ${file}.\n` +
      'With it they sign in to the console, or run: REGENT_APPROVER_TOKEN=… regent approvals list\n',
  );
}

export async function listApprovers(flags: ApproversFlags): Promise<void> {
  const opening = openExistingState(flags.state ?? defaultStateFile());
  const approvers = await withStore(opening, (store) => store.listApprovers());
  const print =
    flags.json === true ? (approver: Approver) => JSON.stringify(toJson(approver)) : formatApprover;
  for (const approver of approvers) printOut(`${print(approver)}\n`);
}

/** As durable as can be: a token that was taken back must not return with the power. */
export async function removeApprover(name: string, flags: ApproversFlags): Promise<void> {
  const opening = openExistingState(flags.state ?? defaultStateFile(), 'full');
  const removed = await withStore(opening, (store) => store.removeApprovers(name));
  if (removed === 0) {
    throw new CliError(`there is no approver ${JSON.stringify(name)}; regent approvers list shows them`);
  }
  process.stderr.write(`${removed} ${removed === 1 ? 'token' : 'tokens'} of ${name} removed\n`);
}

function toJson({ id, name, ownerOf, createdMs }: Approver): object {
  return { id, name, owner_of: ownerOf, created_at: new Date(createdMs).toISOString() };
}

function formatApprover({ id, name, ownerOf, createdMs }: Approver): string {
  const owned = ownerOf.length === 0 ? '' : `  owner of ${ownerOf.join(', ')}`;
  return `${name}  ${id}  ${new Date(createdMs).toISOString()}${owned}`;
}
