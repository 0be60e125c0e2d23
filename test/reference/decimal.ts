// Exact decimals for the reference evaluator, as whole numbers of tenth powers; shares no code with the compiler.

/** `units` / 10^`scale`. */
export interface Decimal {
  readonly units: bigint;
  readonly scale: number;
}

const UNITS_MAX = 2n ** 53n - 1n;

/** `text` is a JSON number whose exponent is small enough to be written out. */
export function readDecimal(text: string): Decimal {
  const [mantissa = '', exponent = '0'] = text.toLowerCase().split('e');
  const [whole = '', fraction = ''] = mantissa.split('.');
  const units = BigInt(whole + fraction);
  const scale = fraction.length - Number(exponent);
  return scale >= 0 ? { units, scale } : { units: units * 10n ** BigInt(-scale), scale: 0 };
}

/** Negative, 0 or positive, as `a` is less than, equal to or greater than `b`. */
export function compareDecimals(a: string, b: string): number {
  const [left, right] = align(a, b);
  return left < right ? -1 : left > right ? 1 : 0;
}

export function isMultiple(value: string, step: string): boolean {
  const [units, stepUnits] = align(value, step);
  return units % stepUnits === 0n;
}

export function isWhole(text: string): boolean {
  return isMultiple(text, '1');
}

/** Minor units, or null unless they are whole, at least 0 and at most 2^53-1. */
export function minorUnits(text: string, scale: number): bigint | null {
  const decimal = readDecimal(text);
  const shifted = decimal.units * 10n ** BigInt(scale);
  const divisor = 10n ** BigInt(decimal.scale);
  const units = shifted / divisor;
  return shifted % divisor === 0n && units >= 0n && units <= UNITS_MAX ? units : null;
}

function align(a: string, b: string): [bigint, bigint] {
  const left = readDecimal(a);
  const right = readDecimal(b);
  const scale = Math.max(left.scale, right.scale);
  return [raise(left, scale), raise(right, scale)];
}

function raise({ units, scale }: Decimal, to: number): bigint {
  return units * 10n ** BigInt(to - scale);
}
