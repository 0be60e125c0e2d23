// What is known of a caller.
import type { Agent } from '../../policy/decision.ts';

export type Identified =
  /** `none`: the credential, if there is one, is the server's. */
  | { readonly kind: 'agent'; readonly agent: Agent; readonly credential: 'none' | 'token' | 'jwt' }
  | {
      readonly kind: 'refused';
      readonly reason: 'no-credential' | 'bad-credential';
      /** For people; never holds the credential. */
      readonly detail: string;
    }
  /** Nobody can be told at the moment. */
  | { readonly kind: 'unavailable'; readonly detail: string };
