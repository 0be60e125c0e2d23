// The frame of every page.
import type { Viewer } from '../console-parts.ts';
import { type Html, html } from '../html.ts';

export interface Page {
  readonly title: string;
  /** Where it is not the title. */
  readonly heading?: Html;
  readonly content: Html;
  /** Which entry of the menu it is under. */
  readonly menu?: string;
  /** Where the page is found, where it may also be the answer to a form. */
  readonly path?: string;
}

const MENU = [
  ['/', 'Waiting'],
  ['/decisions', 'Decisions'],
  ['/limits', 'Limits'],
  ['/activity', 'Activity'],
  ['/policy', 'Policy'],
  ['/deliveries', 'Webhook'],
] as const;

/** In this order: where two rules weigh the same, the later one counts. */
const STYLES = ['base', 'frame', 'content', 'forms', 'figures'] as const;

/** The whole document; without a menu where nobody is signed in. */
export function layOut({ title, heading, content, menu, path }: Page, viewer: Viewer | null): string {
  const page = html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<title>${title} – Regent</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
${path === undefined ? null : html`<link rel="canonical" href="${path}">`}
<link rel="icon" href="/assets/icon.svg">
${STYLES.map((name) => html`<link rel="stylesheet" href="/assets/${name}.css">\n`)}
<script src="/assets/console.js" defer></script>
</head>
<body${viewer === null ? null : html` data-now="${viewer.atMs}"`}>
<a class="skip" href="#main">Skip to the content</a>
<header>
<p class="brand"><img src="/assets/icon.svg" alt="" width="24" height="24"> Regent</p>
${viewer === null ? null : menuOf(menu ?? '', viewer)}
</header>
<main id="main" tabindex="-1">
<h1>${heading ?? title}</h1>
${content}
</main>
<p id="status" role="status" class="status"></p>
<p id="news" role="status" class="unseen"></p>
</body>
</html>
`;
  return page.text;
}

function menuOf(current: string, { person, csrf }: Viewer): Html {
  const entries = MENU.map(
    ([path, name]) =>
      html`<li><a href="${path}"${path === current ? html` aria-current="page"` : null}>${name}</a></li>`,
  );
  return html`<nav aria-label="Console"><ul>${entries}</ul></nav>
<form class="who" method="post" action="/sign-out"><input type="hidden" name="csrf" value="${csrf}">
<span>${person.name}</span> <button type="submit" class="plain">Sign out</button></form>`;
}
