// Texts of a policy inside a message: short, on one line, and unable to steer a terminal.

const LENGTH_MAX = 60;
/** Control characters, those that reorder what is shown, and halves of a character. */
const UNSHOWABLE = /[\p{Cc}\p{Cs}\p{Zl}\p{Zp}\p{Bidi_Control}]/gu;

/** In double quotes. */
export function quoteText(text: string): string {
  return escapeText(JSON.stringify(shortenText(text)));
}

export function escapeText(text: string): string {
  return text.replace(
    UNSHOWABLE,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

export function shortenText(text: string): string {
  return text.length <= LENGTH_MAX ? text : `${text.slice(0, LENGTH_MAX - 1)}…`;
}
