// Who is signed in: a cookie that names an approver and says until when, sealed with a secret of the state file.
import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import type { Person } from '../approvals/answer-approval.ts';
import { digestApproverToken, isApproverToken } from '../approvals/approver-token.ts';
import type { ConsoleParts, Viewer } from './console-parts.ts';

export interface Sessions {
  /** The cookie's value for whoever holds this token or code; null where nobody does. */
  signIn(credential: string): Promise<string | null>;
  /** Null where the cookie is of nobody, over, or of somebody who may approve no more. */
  find(cookie: string | undefined): Promise<Viewer | null>;
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
  const issue = async (id: string): Promise<string> => {
    const body = `${id}.${now() + SESSION_MS}.${randomBytes(12).toString('base64url')}`;
    return `${body}.${await seal(body)}`;
  };
  const personOf = async (id: string): Promise<Person | null> => {
    if (id === OPERATOR) return operator;
    return (await store.listApprovers()).find((approver) => approver.id === id) ?? null;
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
      const [id = '', untilMs = '0'] = body.split('.');
      if (Number(untilMs) <= now()) return null;
      const person = await personOf(id);
      return person === null ? null : { person, csrf: await seal(`csrf ${body}`) };
    },
  };
}

/** In constant time; texts of other lengths differ. */
export function isSame(given: string, expected: string): boolean {
  const [a, b] = [Buffer.from(given), Buffer.from(expected)];
  return a.length === b.length && timingSafeEqual(a, b);
}
