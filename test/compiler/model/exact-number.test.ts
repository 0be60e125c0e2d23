// Numbers by their digits: the same as exact arithmetic would say, and never costly.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { canonicalNumber, plainDecimal, toMinorUnits } from '../../../compiler/model/exact-number.ts';

/** A number as JSON may spell it: digits with a point anywhere, zeros around, an exponent. */
const spelled = fc
  .record({
    sign: fc.constantFrom('', '-'),
    whole: fc.oneof(fc.constant('0'), fc.nat({ max: 99_999 }).map(String)),
    fraction: fc.option(fc.stringMatching(/^[0-9]{1,6}$/), { nil: null }),
    exponent: fc.option(fc.integer({ min: -8, max: 12 }), { nil: null }),
    mark: fc.constantFrom('e', 'E', 'e+'),
  })
  .map(({ sign, whole, fraction, exponent, mark }) => {
    const tail = exponent === null ? '' : `${exponent < 0 ? 'e' : mark}${exponent}`;
    return `${sign}${whole}${fraction === null ? '' : `.${fraction}`}${tail}`;
  });

/** Units of 10^-20, exact. */
function scaledBy20(text: string): bigint {
  const [mantissa = '', exponent = '0'] = text.toLowerCase().split('e');
  const [whole = '', fraction = ''] = mantissa.split('.');
  return BigInt(whole + fraction) * 10n ** BigInt(20 + Number(exponent) - fraction.length);
}

describe('amounts in minor units', () => {
  test.each<[string, number, number | null]>([
    ['500.01', 2, 50001],
    ['500.010', 2, 50001],
    ['1e2', 2, 10000],
    ['1.5E-1', 2, 15],
    ['0', 2, 0],
    ['-0', 2, 0],
    ['-0.00', 2, 0],
    ['0e99999999999', 2, 0],
    ['90071992547409.91', 2, 9007199254740991],
    ['90071992547409.92', 2, null],
    ['9007199254740991', 0, 9007199254740991],
    ['9007199254740993', 0, null],
    ['0.001', 2, null],
    ['500.011', 2, null],
    ['-0.01', 2, null],
    ['1e400', 2, null],
    ['1e100000000', 2, null],
    ['1e-100000000', 2, null],
    ['1e99999999999999999999', 2, null],
  ])('of %s at scale %i are %s', (text, scale, units) => {
    expect(toMinorUnits(text, scale)).toBe(units);
  });

  test('are exact for any spelling', () => {
    fc.assert(
      fc.property(spelled, fc.integer({ min: 0, max: 6 }), (text, scale) => {
        const exact = scaledBy20(text);
        const unit = 10n ** BigInt(20 - scale);
        const isAmount =
          exact >= 0n && exact % unit === 0n && exact / unit <= BigInt(Number.MAX_SAFE_INTEGER);
        expect(toMinorUnits(text, scale)).toBe(isAmount ? Number(exact / unit) : null);
      }),
    );
  });
});

describe('plain decimals', () => {
  test.each<[string, number, string | null]>([
    ['1e2', 20, '100'],
    ['-1.50', 20, '-1.5'],
    ['1.5e-3', 20, '0.0015'],
    ['-0.0', 20, '0'],
    ['12345', 5, '12345'],
    ['12345', 4, null],
    ['0.12345', 6, '0.12345'],
    ['0.12345', 5, null],
    ['123.45', 5, '123.45'],
    ['1e-4', 5, '0.0001'],
    ['1e4', 5, '10000'],
    ['1e5', 5, null],
    ['1e100000000', 1000, null],
    ['1e-100000000', 1000, null],
  ])('of %s in %i digits are %s', (text, maxDigits, plain) => {
    expect(plainDecimal(text, maxDigits)).toBe(plain);
  });

  test('have the same value, no exponent and no idle zeros', () => {
    fc.assert(
      fc.property(spelled, (text) => {
        const plain = plainDecimal(text, 100) ?? '';
        expect(plain).toMatch(/^(0|-?(0\.\d*[1-9]|[1-9]\d*(\.\d*[1-9])?))$/);
        expect(scaledBy20(plain)).toBe(scaledBy20(text));
      }),
    );
  });
});

describe('canonical numbers', () => {
  test('are equal exactly where the values are', () => {
    fc.assert(
      fc.property(spelled, spelled, (a, b) => {
        expect(canonicalNumber(a) === canonicalNumber(b)).toBe(scaledBy20(a) === scaledBy20(b));
      }),
    );
  });

  test.each([
    ['1', '1.0'],
    ['1', '1e0'],
    ['1', '10e-1'],
    ['120', '1.2E+2'],
    ['0', '-0e5'],
  ])('are equal for %s and %s', (a, b) => {
    expect(canonicalNumber(a)).toBe(canonicalNumber(b));
  });

  test('keep an enormous exponent as it is', () => {
    expect(canonicalNumber('1e100000000')).toBe('1e100000000');
  });
});
