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
export async function readSpendableLots(db: Db, accountIds: readonly bigint[], now: Date): Promise<Lot[]> {
  const rows = await db.rows<LotRow>(
    `select ${COLUMNS} from ledger.lots l
     where l.account_id = any($1::bigint[]) and l.available > 0 and (l.expires_at is null or l.expires_at > $2)
     order by l.account_id, l.expires_at nulls last, l.earned_at, l.id`,
    [accountIds, now.toISOString()],
  );
  return rows.map(toLot);
}

/** Lots of wallets with points left whose time has passed. */
export async function readExpiredLots(db: Db, accountIds: readonly bigint[], asOf: Date): Promise<Lot[]> {
  const rows = await db.rows<LotRow>(
    `select ${COLUMNS} from ledger.lots l where l.account_id = any($1::bigint[]) and l.available > 0 and l.expires_at <= $2 order by l.expires_at, l.id`,
    [accountIds, asOf.toISOString()],
  );
  return rows.map(toLot);
}

/** Which of these lots have not expired. */
export async function findRunningLots(db: Db, lotIds: readonly string[], now: Date): Promise<ReadonlySet<string>> {
  const rows = await db.rows<{ id: string }>(
    'select id from ledger.lots where id = any($1::uuid[]) and (expires_at is null or expires_at > $2)',
    [lotIds, now.toISOString()],
  );
  return new Set(rows.map((row) => row.id));
}
