// Amounts for people, from the digits: no double in between.

/** What is counted, and with how many decimals. */
export interface Units {
  readonly unit: 'calls' | 'amount';
  readonly scale: number;
}

/** 50000 at scale 2 is `500.00`: text for people and a JSON number alike. */
export function printUnits(value: number, { unit, scale }: Units): string {
  if (unit === 'calls' || scale === 0) return String(value);
  const digits = String(value).padStart(scale + 1, '0');
  return `${digits.slice(0, -scale)}.${digits.slice(-scale)}`;
}
