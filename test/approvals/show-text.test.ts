// Texts of strangers on a screen: whatever could hide, reorder or fake is named, and what is harmless stays.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { showHidden, showHiddenInLines } from '../../src/approvals/show-text.ts';

describe('what is hidden is named', () => {
  test.each<[string, number[]]>([
    ['controls, line breaks among them', [0x0, 0x7, 0x8, 0x9, 0xa, 0xd, 0x1b, 0x7f, 0x85, 0x9b]],
    ['bidi', [0x61c, 0x200e, 0x200f, 0x202a, 0x202b, 0x202c, 0x202d, 0x202e, 0x2066, 0x2067, 0x2068, 0x2069]],
    ['zero width', [0x200b, 0x200c, 0x200d, 0x2060, 0x2064, 0xfeff, 0x180e]],
    ['soft hyphens and joiners', [0xad, 0x34f]],
    ['fillers', [0x115f, 0x1160, 0x3164, 0xffa0, 0x17b4, 0x17b5]],
    ['the blank of Braille', [0x2800]],
    ['tags, which spell text that nobody sees', [0xe0001, 0xe0020, 0xe0041, 0xe007f]],
    ['variation selectors, which can carry bytes', [0xfe00, 0xfe0e, 0xfe0f, 0xe0100, 0xe01ef, 0x180b]],
    ['line and paragraph separators', [0x2028, 0x2029]],
    ['spaces of other kinds', [0xa0, 0x1680, 0x2000, 0x2003, 0x2009, 0x200a, 0x202f, 0x205f, 0x3000]],
    ['private use', [0xe000, 0xf8ff, 0xf0000, 0x10fffd]],
    ['what is no character', [0xfdd0, 0xffff, 0x10ffff]],
    ['lone surrogates', [0xd800, 0xdbff, 0xdc00, 0xdfff]],
    ['annotations and musical marks', [0xfff9, 0xfffb, 0x1d173]],
  ])('%s', (_name, codes) => {
    for (const code of codes) {
      const hex = code.toString(16).toUpperCase().padStart(4, '0');
      expect(showHidden(`a${String.fromCodePoint(code)}b`)).toBe(`a⟦U+${hex}⟧b`);
    }
  });
});

test.each([
  ['nothing', ''],
  ['plain text', 'Pay 10.00 EUR to "Bob" <b>&amp;</b> \\u202e'],
  ['other scripts', 'Müller Ünïcödé Ελληνικά 日本語 한국어 العربية עברית हिन्दी ไทย'],
  ['accents that stand alone', 'e\u0301'],
  ['emoji, with tones and flags', '😀 👍🏽 🇪🇺 💸'],
  ['signs', '€ ∑ → ½ ￼ �'],
])('%s stays as it is', (_name, text) => {
  expect(showHidden(text)).toBe(text);
});

test('an emoji of several parts shows its parts', () => {
  expect(showHidden('👩‍💻 ❤️')).toBe('👩⟦U+200D⟧💻 ❤⟦U+FE0F⟧');
});

test('nobody can fake a name: brackets of the text itself are doubled', () => {
  expect(showHidden('⟦U+202E⟧')).toBe('⟦⟦U+202E⟧⟧');
  expect(showHidden('⟦\u202e⟧')).toBe('⟦⟦⟦U+202E⟧⟧⟧');
});

test('line breaks and indentation stay where a text was laid out here; other separators do not', () => {
  expect(showHiddenInLines('{\n  "a": "\u202e\r\u2028\t"\n}')).toBe(
    '{\n  "a": "⟦U+202E⟧⟦U+000D⟧⟦U+2028⟧⟦U+0009⟧"\n}',
  );
});

test('every text can be told from its image, which holds nothing hidden', () => {
  const HIDDEN = /[\p{C}\p{Zl}\p{Zp}\p{DI}]|[^\P{Zs} ]/u;
  const readBack = (shown: string): string =>
    shown.replace(/⟦⟦|⟧⟧|⟦U\+([\dA-F]{4,6})⟧/g, (match, hex?: string) =>
      hex === undefined ? (match[0] ?? '') : String.fromCodePoint(Number.parseInt(hex, 16)),
    );
  const piece = fc.oneof(
    fc.constantFrom('⟦', '⟧', 'U+202E', '\u202e', '\u200b', 'a', ' ', '\ufe0f', '\ud800', '\n'),
    fc.string({ unit: 'binary' }),
  );
  fc.assert(
    fc.property(fc.array(piece), (pieces) => {
      const text = pieces.join('');
      const shown = showHidden(text);
      expect(shown).not.toMatch(HIDDEN);
      // From the left, `⟧⟧` after a name is ambiguous only to a reader who does not count: names end with the first `⟧`.
      expect(readBack(shown)).toBe(text);
    }),
    { numRuns: 2000 },
  );
});
