// Percentiles and medians.

export interface Percentiles {
  readonly p50: number;
  readonly p95: number;
  readonly p99: number;
}

export function percentilesOf(values: ArrayLike<number>): Percentiles {
  const sorted = Float64Array.from(values).sort();
  return { p50: rank(sorted, 0.5), p95: rank(sorted, 0.95), p99: rank(sorted, 0.99) };
}

export function medianOf(values: ArrayLike<number>): number {
  return rank(Float64Array.from(values).sort(), 0.5);
}

function rank(sorted: Float64Array, part: number): number {
  const index = Math.min(sorted.length - 1, Math.ceil(part * sorted.length) - 1);
  return sorted[Math.max(0, index)] ?? Number.NaN;
}
