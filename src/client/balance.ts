/** What one point currency holds for a member. Points are whole numbers. */
export interface Balance {
  /** Code of the point currency, such as `APT`. */
  readonly currency: string;
  /** Number of the last change: 1, 2, 3 ... of each currency, without gap or repeat; 0 before the first. */
  readonly version: bigint;
  /** Can be spent now. */
  readonly available: number;
  /** Promised, not earned yet. */
  readonly pending: number;
  /** Set aside for orders that are not paid yet; not in `available`. */
  readonly held: number;
}

/** What changed a balance. */
export interface BalanceChange {
  /** What happened, such as CONFIRMED, HELD, CAPTURED or EXPIRED; kinds that are new one day come through as they are. */
  readonly type: string;
  /** By how much the available points changed. */
  readonly points: number;
  /** Code of the partner where it happened; of points that expired, the one that issued them. */
  readonly partner: string | undefined;
  /** When it happened. */
  readonly at: Date;
  /** When the points that were earned expire. */
  readonly lotExpiresAt: Date | undefined;
}

/** How a balance came to be told. */
export interface BalanceNews {
  /** What changed it; undefined in a snapshot, and where the viewer may not know. */
  readonly change: BalanceChange | undefined;
  /** Whether this is a snapshot: take it as the balance, whatever came before. */
  readonly resync: boolean;
}

/** The last version of a currency that somebody has. */
export interface BalanceCursor {
  /** Code of the point currency. */
  readonly currency: string;
  /** The version. */
  readonly version: bigint;
}

/** What the subscription sends. */
export interface BalanceMessage {
  readonly currency: { readonly code: string };
  readonly version: string;
  readonly available: number;
  readonly pending: number;
  readonly held: number;
  readonly change: {
    readonly type: string;
    readonly points: number;
    readonly partner: { readonly code: string } | null;
    readonly at: string;
    readonly lotExpiresAt: string | null;
  } | null;
  readonly resync: boolean;
}

export const BALANCE_CHANGED = `subscription BalanceChanged($memberId: ID, $after: [BalanceCursorInput!]) {
  balanceChanged(memberId: $memberId, after: $after) {
    currency { code }
    version
    available
    pending
    held
    change { type points partner { code } at lotExpiresAt }
    resync
  }
}
`;

export function toBalance({ currency, version, available, pending, held }: BalanceMessage): Balance {
  return { currency: currency.code, version: BigInt(version), available, pending, held };
}

export function toNews({ change, resync }: BalanceMessage): BalanceNews {
  if (change === null) return { change: undefined, resync };
  const { type, points, partner, at, lotExpiresAt } = change;
  const told = {
    type,
    points,
    partner: partner?.code,
    at: new Date(at),
    lotExpiresAt: lotExpiresAt === null ? undefined : new Date(lotExpiresAt),
  };
  return { change: told, resync };
}
