// Numbers as their digits say them: amounts and comparisons never pass through a double.

/** `digits` x 10^`exponent`; no zeros at either end of `digits`, which is empty for zero. */
interface Decimal {
  readonly isNegative: boolean;
  readonly digits: string;
  readonly exponent: number;
}

const NUMBER = /^(-?)(\d+)(?:\.(\d+))?(?:[eE]([+-]?\d+))?$/;
const SAFE_DIGITS = 16;

/** `text` is a JSON number. */
function parseDecimal(text: string): Decimal {
  const [, sign = '', whole = '', fraction = '', exponent = '0'] = NUMBER.exec(text) ?? [];
  const all = whole + fraction;
  let start = 0;
  let end = all.length;
  while (start < end && all[start] === '0') start += 1;
  while (end > start && all[end - 1] === '0') end -= 1;
  const digits = all.slice(start, end);
  if (digits === '') return { isNegative: false, digits, exponent: 0 };
  return {
    isNegative: sign === '-',
    digits,
    exponent: Number(exponent) - fraction.length + (all.length - end),
  };
}

/**
 * The amount as a whole number of minor units: `500.01` at scale 2 is 50001. Null unless it is at least 0, has no more
 * than `scale` decimals (trailing zeros do not count) and is at most 2^53-1 units.
 */
export function toMinorUnits(text: string, scale: number): number | null {
  const { isNegative, digits, exponent } = parseDecimal(text);
  if (digits === '') return 0;
  const zeros = exponent + scale;
  if (isNegative || zeros < 0 || digits.length + zeros > SAFE_DIGITS) return null;
  const units = Number(digits + '0'.repeat(zeros));
  return Number.isSafeInteger(units) ? units : null;
}

/** The same value without exponent or idle zeros (`1e2` is `100`), or null where that takes over `maxDigits` digits. */
export function plainDecimal(text: string, maxDigits: number): string | null {
  const { isNegative, digits, exponent } = parseDecimal(text);
  if (digits === '') return '0';
  const written = exponent < 0 ? Math.max(digits.length, 1 - exponent) : digits.length + exponent;
  if (written > maxDigits) return null;
  return (isNegative ? '-' : '') + placePoint(digits, exponent);
}

function placePoint(digits: string, exponent: number): string {
  if (exponent >= 0) return digits + '0'.repeat(exponent);
  const point = digits.length + exponent;
  if (point > 0) return `${digits.slice(0, point)}.${digits.slice(point)}`;
  return `0.${'0'.repeat(-point)}${digits}`;
}

/** One text for each value, whatever its size: `1`, `1.0` and `1e0` are all `1e0`. For digests, not for people. */
export function canonicalNumber(text: string): string {
  const { isNegative, digits, exponent } = parseDecimal(text);
  return digits === '' ? '0' : `${isNegative ? '-' : ''}${digits}e${exponent}`;
}

/** Negative, 0 or positive, as `a` is less than, equal to or greater than `b`; both are plain decimals. */
export function compareNumbers(a: string, b: string): number {
  const scale = Math.max(decimalsOf(a), decimalsOf(b));
  const difference = scaled(a, scale) - scaled(b, scale);
  return difference < 0n ? -1 : difference > 0n ? 1 : 0;
}

function decimalsOf(text: string): number {
  const point = text.indexOf('.');
  return point < 0 ? 0 : text.length - point - 1;
}

function scaled(text: string, scale: number): bigint {
  return BigInt(text.replace('.', '') + '0'.repeat(scale - decimalsOf(text)));
}
