// Makes a text of strangers safe in Slack's mrkdwn, where `<…>` makes links and mentions, and `*`, `_`, `~` and `:` format.
import { showHidden } from '../show-text.ts';
import { cutText } from './cut-text.ts';

/** Escaping makes them five times as long at most, and Slack takes 2000 in a field. */
const SHOWN_MAX = 300;
/** The rest of a very long text is not even looked at. */
const LOOKED_AT_MAX = 1000;

/**
 * In a code span, in which nothing is a link, a mention, an emoji or a format. What ends one, a backtick or a line break,
 * is marked as hidden characters are.
 */
export function slackCode(text: string, max = SHOWN_MAX): string {
  const shown = showHidden(cutText(text, LOOKED_AT_MAX)).replaceAll('`', '⟦U+0060⟧').trim();
  return `\`${escapeControls(cutText(shown, max)) || '⟦empty⟧'}\``;
}

/** The three characters that Slack asks to escape. */
function escapeControls(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
