// The scanner against JSON.parse: what it accepts means the same there, and what it calls no JSON is none there.
import { isUtf8 } from 'node:buffer';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createScanner, expectEnd, skipSpace } from '../../../src/proxy/read/json-scanner.ts';
import { readNode } from '../../../src/proxy/read/parse-node.ts';
import { Rejection } from '../../../src/proxy/read/rejection.ts';
import { scanValue } from '../../../src/proxy/read/scan-value.ts';
import { toPlain } from './reading.ts';

type Outcome = { readonly value: unknown } | { readonly rejected: string };

function rejectedWith(error: unknown): Outcome {
  if (error instanceof Rejection) return { rejected: error.code };
  throw error;
}

function parse(text: string): Outcome {
  try {
    const scanner = createScanner(Buffer.from(text), 1000);
    skipSpace(scanner);
    const node = readNode(scanner);
    expectEnd(scanner);
    return { value: toPlain(node) };
  } catch (error) {
    return rejectedWith(error);
  }
}

/** The same without building anything: it must not differ in what it accepts. */
function scan(text: string): Outcome {
  try {
    const scanner = createScanner(Buffer.from(text), 1000);
    skipSpace(scanner);
    scanValue(scanner);
    expectEnd(scanner);
    return { value: undefined };
  } catch (error) {
    return rejectedWith(error);
  }
}

function parseLikeOthers(text: string): Outcome {
  try {
    return { value: JSON.parse(text) };
  } catch {
    return { rejected: 'not-json' };
  }
}

const document = fc.jsonValue({ maxDepth: 5 }).map((value) => JSON.stringify(value));
const fragment = fc.constantFrom(
  ...'{}[]:,"\\ue0159-+.EtfnxéA \t',
  '\\u',
  '\\ud83d',
  '\\ude00',
  'true',
  'null',
  '1e5',
  '"a":1',
  '😀',
);
const edit = fc.record({
  at: fc.nat(),
  remove: fc.nat({ max: 2 }),
  insert: fc.oneof(fc.constant(''), fragment),
});
const broken = fc.tuple(document, fc.array(edit, { maxLength: 4 })).map(([text, edits]) =>
  edits.reduce((broken, { at, remove, insert }) => {
    const place = at % (broken.length + 1);
    return broken.slice(0, place) + insert + broken.slice(place + remove);
  }, text),
);
/** Half of a character is no text that bytes could hold. */
const hostile = fc
  .oneof(
    broken,
    fc.array(fragment).map((parts) => parts.join('')),
  )
  .filter((text) => isUtf8(Buffer.from(text)) && Buffer.from(text).toString() === text);

describe('the grammar', () => {
  test('gives any JSON value as JSON.parse does', () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 6 }), fc.nat({ max: 3 }), (value, indent) => {
        const text = JSON.stringify(value, null, indent);
        expect(parse(text)).toEqual({ value: JSON.parse(text) });
      }),
    );
  });

  test('differs from JSON.parse only where it is stricter on purpose', () => {
    fc.assert(
      fc.property(hostile, (text) => {
        const ours = parse(text);
        const theirs = parseLikeOthers(text);
        if ('value' in ours || ours.rejected === 'not-json') expect(ours).toEqual(theirs);
        else expect(['duplicate-key', 'lone-surrogate', 'ambiguous-key']).toContain(ours.rejected);
      }),
      { numRuns: 5000 },
    );
  });

  // Of two faults either may be found first: a duplicate key is seen before its value is built, and after it is passed.
  test('refuses the same texts where values are only passed as where they are built', () => {
    fc.assert(
      fc.property(hostile, (text) => {
        expect('value' in scan(text)).toBe('value' in parse(text));
      }),
      { numRuns: 5000 },
    );
  });
});
