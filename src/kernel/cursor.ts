/** The page a client asks for: `first` rows after a cursor, or the `last` rows before one. */
export interface PageRequest {
  readonly first?: number | null | undefined;
  readonly after?: string | null | undefined;
  readonly last?: number | null | undefined;
  readonly before?: string | null | undefined;
}

/** Where a row stands in the order of its list. */
export type Keyset = readonly (string | number)[];

/** The rows to read: `size` of those behind `after` and ahead of `before`, from the end of the list when `backwards`. */
export interface PageSlice {
  readonly size: number;
  readonly after: (string | number)[] | undefined;
  readonly before: (string | number)[] | undefined;
  readonly backwards: boolean;
}

/** Rows of one page, in the order of the list, with what Relay's PageInfo needs. */
export interface Page<T> {
  readonly rows: readonly T[];
  readonly hasNextPage: boolean;
  readonly hasPreviousPage?: boolean;
}

/** At most this many rows a page; to ask for more is an error: see `pageSize`. */
export const MAX_PAGE = 100;
const DEFAULT_PAGE = 20;

/** The number of rows to read, or undefined when the request is out of range or asks for both ends. */
export function pageSize({ first, last }: PageRequest): number | undefined {
  if (isGiven(first) && isGiven(last)) return undefined;
  const size = last ?? first ?? DEFAULT_PAGE;
  return Number.isInteger(size) && size >= 0 && size <= MAX_PAGE ? size : undefined;
}

function isGiven(value: number | null | undefined): boolean {
  return value !== undefined && value !== null;
}

/** A keyset position as an opaque, stable cursor. */
export function encodeCursor(key: Keyset): string {
  return Buffer.from(JSON.stringify(key)).toString('base64url');
}

/** The keyset position behind a cursor, or undefined when it is not one of ours. */
export function decodeCursor(cursor: string): (string | number)[] | undefined {
  try {
    const key: unknown = JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8'));
    return Array.isArray(key) && key.every((part) => typeof part === 'string' || typeof part === 'number') ? key : undefined;
  } catch {
    return undefined;
  }
}

/**
 * Cuts the one row that was read too many off a page. Rows read backwards come last first and are turned round; what
 * lies beyond the other end is known only from the cursor the client came with.
 */
export function toPage<T>(
  rows: readonly T[],
  size: number,
  slice: Partial<Pick<PageSlice, 'after' | 'before' | 'backwards'>> = {},
): Page<T> {
  const page = rows.slice(0, size);
  const hasMore = rows.length > size;
  const beforeIt = slice.after !== undefined;
  const behindIt = slice.before !== undefined;
  if (slice.backwards === true) return { rows: page.reverse(), hasPreviousPage: hasMore || beforeIt, hasNextPage: behindIt };
  return { rows: page, hasNextPage: hasMore || behindIt, hasPreviousPage: beforeIt };
}
