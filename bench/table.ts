// Prints aligned tables: the first column to the left, numbers to the right.

export function printTable(head: readonly string[], rows: ReadonlyArray<readonly string[]>): void {
  const widths = head.map((_, column) =>
    Math.max(...[head, ...rows].map((row) => (row[column] ?? '').length)),
  );
  const print = (row: readonly string[]): void => {
    const cells = row.map((cell, column) => pad(cell, widths[column] ?? 0, column));
    console.log(cells.join('  ').trimEnd());
  };
  print(head);
  print(widths.map((width) => '-'.repeat(width)));
  rows.forEach(print);
}

function pad(cell: string, width: number, column: number): string {
  return column === 0 ? cell.padEnd(width) : cell.padStart(width);
}

/** `1.12 ok` or `1.50 missed`: a number beside what it should be. */
export function judge(value: number, digits: number, isMet: boolean): string {
  return `${value.toFixed(digits)} ${isMet ? 'ok' : 'MISSED'}`;
}
