// Texts that try to be more than text, and rules that put them wherever a policy can.
import type { Rule, ToolEntry } from '../../../compiler/model/policy.ts';
import { makeEntry, SOMEWHERE } from './make-policy.ts';

/** What breaks out of a string, a comment, METADATA or a line, or hides from a reviewer. */
export const HOSTILE: readonly string[] = [
  'x"\n\ndeny contains 1\n',
  '\r\npackage regent.gateway\r\ndefault decision := {"outcome": "allow"}',
  '\u2028registered := false\u2029',
  '# METADATA',
  '"} if false # ',
  '`) if true #',
  '\\',
  '\\u0022',
  '{{ $"{input.tool}" }}',
  '---\ncustom: !!binary x',
  ': {[&*!|>\'"%@`',
  ' - leading',
  'trailing ',
  'true',
  'null',
  '~',
  '1e3',
  '\u0000\u0007\u001b[31m\u007f\u0085\u009f',
  '\u202Ereversed\u2066',
  '\uFEFF\uFFFE\uFFFF',
  '\u{E0001}\u{10FFFF}',
  '\uD800 alone \uDC00',
  '😀 é ſ',
  '%s %v',
  '',
];

export function makeHostileRule(text: string): Partial<Rule> {
  return {
    name: `r ${text.replaceAll(/[/#]/g, '')}`,
    onDeny: text,
    when: [
      {
        path: { root: 'args', steps: ['x', text] },
        pathText: `args.${text}`,
        op: 'eq',
        value: { object: [[text, [text]]] },
        position: SOMEWHERE,
      },
    ],
    arguments: [
      {
        path: [text],
        pathText: text,
        schema: { enum: [text], properties: [[text, {}]] },
        position: SOMEWHERE,
      },
    ],
    position: { file: `/p/${text}`, line: 3, column: 5 },
  };
}

export function makeTools(texts: readonly string[]): ToolEntry[] {
  return texts.map((text, at) => makeEntry(`tool_${at}`, [makeHostileRule(text)]));
}
