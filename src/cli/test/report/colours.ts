// Colours of a report; none where nobody sees them.

export interface Colours {
  good(text: string): string;
  bad(text: string): string;
  strong(text: string): string;
  faint(text: string): string;
}

const ESCAPE = '\u001b[';

function paint(code: number): (text: string) => string {
  return (text) => `${ESCAPE}${code}m${text}${ESCAPE}0m`;
}

const PLAIN = (text: string): string => text;

export function createColours(hasColours: boolean): Colours {
  if (!hasColours) return { good: PLAIN, bad: PLAIN, strong: PLAIN, faint: PLAIN };
  return { good: paint(32), bad: paint(31), strong: paint(1), faint: paint(2) };
}

/** On a terminal, unless the user wants none (no-color.org). */
export function wantsColours(): boolean {
  return process.stdout.isTTY === true && (process.env.NO_COLOR ?? '') === '';
}
