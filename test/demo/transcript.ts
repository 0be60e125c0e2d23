// Prints the demo's transcript, a line a step, and remembers what did not come as announced.

export interface Step {
  /** What is done, such as `create_payment 500.01 USD`. */
  readonly action: string;
  /** What should come of it and what came, in a word or two: `allow`, `deny create_payment/per-call-cap`. */
  readonly expected: string;
  readonly actual: string;
  /** What the agent is told. */
  readonly told: string;
}

export interface Transcript {
  title(text: string): void;
  section(text: string): void;
  step(step: Step): void;
  /** A condition that must hold, said in words. */
  check(claim: string, isTrue: boolean): void;
  line(text: string): void;
  /** Wrapped and indented. */
  paragraph(text: string): void;
  readonly failures: readonly string[];
}

const ACTION_WIDTH = 44;
const OUTCOME_WIDTH = 36;
/** Longest answer that stands beside its call. */
const SHORT = 40;
const WIDTH = 100;
const CODES = { bold: 1, red: 31, green: 32, yellow: 33, dim: 2 } as const;

export function createTranscript(write: (text: string) => void, hasColours: boolean): Transcript {
  const failures: string[] = [];
  const paint = (text: string, ...styles: Array<keyof typeof CODES>): string =>
    hasColours ? styles.reduce((inner, style) => `\u001b[${CODES[style]}m${inner}\u001b[0m`, text) : text;
  const line = (text: string): void => write(`${text.trimEnd()}\n`);
  const mark = (isRight: boolean, claim: string): string => {
    if (isRight) return paint('ok', 'green');
    failures.push(claim);
    return paint('WRONG', 'red', 'bold');
  };

  return {
    failures,
    line,
    title: (text) => line(`\n${paint(text, 'bold')}\n${'='.repeat(text.length)}`),
    section: (text) => line(`\n${paint(text, 'bold')}`),
    step: ({ action, expected, actual, told }) => {
      const colour = actual.startsWith('allow') ? 'green' : actual.startsWith('hold') ? 'yellow' : 'red';
      const isRight = actual === expected;
      const claim = `${action}: expected ${expected}, got ${actual}`;
      const outcome = paint(actual.padEnd(OUTCOME_WIDTH), colour);
      // What an allowed call brought is short and stands beside it; a reason is a sentence and needs its own lines.
      const isShort = isRight && actual === 'allow' && told.length <= SHORT;
      const aside = isShort ? paint(told.trimEnd(), 'dim') : '';
      line(`  ${action.padEnd(ACTION_WIDTH)}  ${outcome}  ${mark(isRight, claim)}  ${aside}`);
      if (!isRight) line(`      expected ${expected}`);
      if (!isShort) for (const part of wrap(told, WIDTH)) line(paint(`      ${part}`, 'dim'));
    },
    paragraph: (text) => {
      for (const part of wrap(text, WIDTH)) line(`  ${part}`);
    },
    check: (claim, isTrue) =>
      line(`  ${claim.padEnd(ACTION_WIDTH + OUTCOME_WIDTH + 2)}  ${mark(isTrue, claim)}`),
  };
}

function wrap(text: string, width: number): string[] {
  const lines = [''];
  for (const word of text.split(/\s+/)) {
    const last = lines.at(-1) ?? '';
    if (last !== '' && last.length + 1 + word.length > width) lines.push(word);
    else lines[lines.length - 1] = last === '' ? word : `${last} ${word}`;
  }
  return lines;
}
