// Who is signed in: a cookie that names an approver and says until when, sealed with a secret of the state file. It
// outlives restarts of the console; the state file knows the ones that were ended before their time.
import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import type { Person } from '../approvals/answer-approval.ts';
import { digestApproverToken, isApproverToken } from '../approvals/approver-token.ts';
import type { ConsoleParts, Session, Viewer } from './console-parts.ts';

export interface Sessions {
  /** The cookie's value for whoever holds this token or code; null where nobody does. */
  signIn(credential: string): Promise<string | null>;
  /** Null where the cookie is of nobody, over, ended, or of somebody who may approve no more. */
  find(cookie: string | undefined): Promise<Viewer | null>;
  /** Whether the session is still one. */
  isOn(session: Session): Promise<boolean>;
  /** For good, in all consoles on this state file. */
  signOut(session: Session): Promise<void>;
  /** Opens the console once, as the operator of the machine. */
  readonly code: string | null;
}

/** A working day. */
export const SESSION_MS = 12 * 3600 * 1000;
const SECRET = 'console';
/** Approvers' ids are hexadecimal. */
const OPERATOR = 'operator';

/** `operator` is who started the console by hand; null where it runs beside a proxy. */
export function createSessions({ store, now }: ConsoleParts, operator: Person | null): Sessions {
  let key: string | null = null;
  let code = operator === null ? null : randomBytes(24).toString('base64url');
  const seal = async (text: string): Promise<string> => {
    key ??= await store.readSecret(SECRET);
    return createHmac('sha256', key).update(text).digest('base64url');
  };
  const issue = async (holder: string): Promise<string> => {
    const body = `${holder}.${now() + SESSION_MS}.${randomBytes(12).toString('base64url')}`;
    return `${body}.${await seal(body)}`;
  };
  /** Whoever was removed a moment ago is nobody now. */
  const holderOf = async ({ id, holder, untilMs }: Session): Promise<Person | null> => {
    if (untilMs <= now() || (await store.isSessionEnded(id))) return null;
    if (holder === OPERATOR) return operator;
    return (await store.listApprovers()).find((approver) => approver.id === holder) ?? null;
  };
  return {
    get code() {
      return code;
    },
    signIn: async (credential) => {
      if (code !== null && isSame(credential, code)) {
        code = null;
        return issue(OPERATOR);
      }
      if (!isApproverToken(credential)) return null;
      const approver = await store.findApprover(digestApproverToken(credential));
      return approver === null ? null : issue(approver.id);
    },
    find: async (cookie = '') => {
      const at = cookie.lastIndexOf('.');
      const body = cookie.slice(0, Math.max(at, 0));
      if (!isSame(cookie.slice(at + 1), await seal(body))) return null;
      const [holder = '', untilMs = '0', id = ''] = body.split('.');
      const session = { id, holder, untilMs: Number(untilMs) };
      const person = await holderOf(session);
      return person === null ? null : { person, csrf: await seal(`csrf ${body}`), session, atMs: now() };
    },
    isOn: async (session) => (await holderOf(session)) !== null,
    signOut: ({ id, untilMs }) => store.endSession({ id, untilMs, nowMs: now() }),
  };
}

/** In constant time; texts of other lengths differ. */
export function isSame(given: string, expected: string): boolean {
  const [a, b] = [Buffer.from(given), Buffer.from(expected)];
  return a.length === b.length && timingSafeEqual(a, b);
}
