// A page that says why there is no other.
import type { Response } from 'express';
import type { Viewer } from '../console-parts.ts';
import { html } from '../html.ts';
import { layOut } from './layout.ts';

const TITLES: Readonly<Record<number, string>> = { 401: 'Signed out', 404: 'Not found' };

export function sendMessage(response: Response, status: number, told: string): void {
  const viewer = (response.locals.viewer as Viewer | undefined) ?? null;
  const content = html`<p class="problem" role="alert">${told}</p><p><a href="/">What waits for approval</a></p>`;
  response.status(status).send(layOut({ title: TITLES[status] ?? 'It did not work', content }, viewer));
}
