import { merged } from '../platform/batching/merged.ts';
import type { Db } from '../platform/database.ts';

/** What remains of a lot. */
export interface Lot {
  readonly id: string;
  readonly accountId: bigint;
  readonly issuer: string;
  readonly earnedAt: Date;
  readonly expiresAt: Date | undefined;
  readonly available: bigint;
  readonly redemptionMicros: bigint;
  readonly fundedMicros: bigint;
}

interface LotRow {
  id: string;
  account_id: bigint;
  issuer: string;
  earned_at: Date;
  expires_at: Date | null;
  available: bigint;
  redemption_micros: bigint;
  funded_micros: bigint;
}

const COLUMNS = 'l.id, l.account_id, l.issuer, l.earned_at, l.expires_at, l.available, l.redemption_micros, l.funded_micros';

function toLot(row: LotRow): Lot {
  return {
    id: row.id,
    accountId: row.account_id,
    issuer: row.issuer,
    earnedAt: row.earned_at,
    expiresAt: row.expires_at ?? undefined,
    available: row.available,
    redemptionMicros: row.redemption_micros,
    fundedMicros: row.funded_micros,
  };
}

/** Lots of wallets with points left that have not expired, in the order of consumption: earliest expiry, then earned first, then id. */
export function readSpendableLots(db: Db, accountIds: readonly bigint[], now: Date): Promise<Lot[]> {
  return readSpendable(db, { accountIds, now });
}

interface WantedLots {
  readonly accountIds: readonly bigint[];
  readonly now: Date;
}

const readSpendable = merged('LOTS', async (db: Db, wanted: readonly WantedLots[]): Promise<Lot[][]> => {
  const rows = await db.rows<LotRow>(
    `select ${COLUMNS} from ledger.lots l
     where l.account_id = any($1::bigint[]) and l.available > 0 and (l.expires_at is null or l.expires_at > $2)
     order by l.account_id, l.expires_at nulls last, l.earned_at, l.id`,
    [wanted.flatMap(({ accountIds }) => accountIds), earliest(wanted).toISOString()],
  );
  const byWallet = Map.groupBy(rows.map(toLot), ({ accountId }) => accountId);
  return wanted.map(({ accountIds, now }) => accountIds.flatMap((id) => (byWallet.get(id) ?? []).filter((lot) => isRunning(lot, now))));
});

const earliest = (wanted: readonly { readonly now: Date }[]): Date => new Date(Math.min(...wanted.map(({ now }) => now.getTime())));

const isRunning = ({ expiresAt }: Pick<Lot, 'expiresAt'>, now: Date): boolean => expiresAt === undefined || expiresAt > now;

/** Lots of wallets with points left whose time has passed. */
export async function readExpiredLots(db: Db, accountIds: readonly bigint[], asOf: Date): Promise<Lot[]> {
  const rows = await db.rows<LotRow>(
    `select ${COLUMNS} from ledger.lots l where l.account_id = any($1::bigint[]) and l.available > 0 and l.expires_at <= $2 order by l.expires_at, l.id`,
    [accountIds, asOf.toISOString()],
  );
  return rows.map(toLot);
}

/** Which of these lots have not expired. */
export function findRunningLots(db: Db, lotIds: readonly string[], now: Date): Promise<ReadonlySet<string>> {
  return findRunning(db, { lotIds, now });
}

const findRunning = merged(
  'LOTS',
  async (db: Db, wanted: readonly { readonly lotIds: readonly string[]; readonly now: Date }[]): Promise<ReadonlySet<string>[]> => {
    const rows = await db.rows<{ id: string; expires_at: Date | null }>(
      'select id, expires_at from ledger.lots where id = any($1::uuid[]) and (expires_at is null or expires_at > $2)',
      [wanted.flatMap(({ lotIds }) => lotIds), earliest(wanted).toISOString()],
    );
    const ends = new Map(rows.map((row) => [row.id, row.expires_at ?? undefined]));
    const isOne = (id: string, now: Date) => ends.has(id) && isRunning({ expiresAt: ends.get(id) }, now);
    return wanted.map(({ lotIds, now }) => new Set(lotIds.filter((id) => isOne(id, now))));
  },
);
