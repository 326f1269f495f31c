import type { PageSlice } from '../../kernel/cursor.ts';

/** The rows of one page of a short list, ordered by a number, and one more where there are more: in the order in which `toPage` wants them. */
export function sliceByNumber<Row>(
  rows: readonly Row[],
  numberOf: (row: Row) => number,
  { size, after, before, backwards }: PageSlice,
): Row[] {
  const between = rows
    .filter(
      (row) => (after === undefined || numberOf(row) > Number(after[0])) && (before === undefined || numberOf(row) < Number(before[0])),
    )
    .sort((a, b) => (backwards ? numberOf(b) - numberOf(a) : numberOf(a) - numberOf(b)));
  return between.slice(0, size + 1);
}
