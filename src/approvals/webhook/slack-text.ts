// Makes a text of strangers safe in Slack's mrkdwn, where `<…>` makes links and mentions, and `*`, `_`, `~` and `:` format.
import { showHidden } from '../show-text.ts';
import { cutText } from './cut-text.ts';

/** After escaping, at most five times as long: Slack takes 2000 characters in a field. */
const SHOWN_MAX = 300;
/** The rest of a very long text is not even looked at. */
const LOOKED_AT_MAX = 1000;

/**
 * In a code span, in which nothing is a link, a mention, an emoji or a format. What ends one, a backtick or a line break,
 * is marked as hidden characters are.
 */
export function slackCode(text: string): string {
  const shown = showHidden(cutText(text, LOOKED_AT_MAX)).replaceAll('`', '⟦U+0060⟧').trim();
  return `\`${escapeControls(cutText(shown, SHOWN_MAX)) || '⟦empty⟧'}\``;
}

/** The three characters that Slack asks to escape. */
function escapeControls(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
