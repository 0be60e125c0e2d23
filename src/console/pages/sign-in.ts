// Signing in, by a token or by the code that `regent console` printed.
import { html } from '../html.ts';
import { layOut } from './layout.ts';

export interface SignIn {
  /** Where to go then; a path of the console. */
  readonly next: string;
  readonly problem: string | null;
}

export function signInPage({ next, problem }: SignIn): string {
  const content = html`
${problem === null ? null : html`<p class="problem" role="alert">${problem}</p>`}
<form method="post" action="/sign-in" id="sign-in" class="card">
<input type="hidden" name="next" value="${next}">
<p><label for="credential">Your approver's token</label>
<input id="credential" name="credential" type="password" autocomplete="current-password" required autofocus
 aria-describedby="hint"></p>
<p id="hint" class="hint">It begins with rga_. An operator makes one with <code>regent approvers add NAME</code>.</p>
<p><button type="submit">Sign in</button></p>
</form>`;
  return layOut({ title: 'Sign in', content }, null);
}
