// Makes text from outside safe to show on a terminal: tool names and reasons may carry what an agent chose.

/** Controls (C0, C1, DEL), invisible and bidirectional formatting, line separators, lone surrogates. */
const UNSAFE = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu;

/** As `UNSAFE`, without C0: in JSON it stands between values only, as white space. */
const UNSAFE_IN_JSON = /[\u007f-\u009f\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu;

/** Escapes stand for themselves alone, since a backslash is escaped too. */
export function escapeText(text: string): string {
  return text
    .replaceAll('\\', '\\\\')
    .replace(UNSAFE, (character) => `\\u{${character.codePointAt(0)?.toString(16)}}`);
}

/** As `escapeText`, in quotes. */
export function quoteText(text: string): string {
  return `"${escapeText(text).replaceAll('"', '\\"')}"`;
}

/** In quotes only where a space or a quote could be taken for the next column. */
export function columnText(text: string): string {
  return text === '' || /[\s"]/u.test(text) ? quoteText(text) : escapeText(text);
}

/** JSON text that means the same: what a terminal would act on, or a reader of lines take for an end, is escaped. */
export function escapeJson(json: string): string {
  return json.replace(UNSAFE_IN_JSON, (character) => {
    const units = character.split('').map((unit) => unit.charCodeAt(0).toString(16).padStart(4, '0'));
    return units.map((unit) => `\\u${unit}`).join('');
  });
}
