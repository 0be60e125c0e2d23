// The policies in force and their Rego, to read.
import type { PolicyRecord } from '../../state/store.ts';
import type { Viewer } from '../console-parts.ts';
import { type Html, html } from '../html.ts';
import { layOut } from './layout.ts';
import { stranger, time } from './show-values.ts';

export function policyPage(policies: readonly PolicyRecord[], viewer: Viewer): string {
  const content =
    policies.length === 0
      ? html`<p class="empty">No policy has been in force on this state file yet.</p>`
      : html`${policies.map(printPolicy)}`;
  return layOut({ title: 'Policy', content, menu: '/policy' }, viewer);
}

function printPolicy({ server, revision, atMs, sources, rego }: PolicyRecord): Html {
  const yaml = sources.map((source) => html`<h3>${stranger(source.name)}</h3>${printCode(source)}`);
  const modules = rego.map(
    (module) =>
      html`<details><summary><code>${stranger(module.name)}</code></summary>${printCode(module)}</details>`,
  );
  return html`<section><h2>${stranger(server)}</h2>
<p class="hint">In force since ${time(atMs)}, revision <code>${revision}</code></p>
${yaml.length === 0 ? html`<p>It came as a bundle, without YAML.</p>` : yaml}
<h3>Rego</h3>${modules}</section>`;
}

function printCode({ name, text }: { name: string; text: string }): Html {
  const lines = text
    .replace(/\n$/, '')
    .split('\n')
    .map((line, index) => html`${String(index + 1).padStart(5)}  ${stranger(line)}\n`);
  return html`<pre class="policy" tabindex="0" role="region" aria-label="${name}">${lines}</pre>`;
}
