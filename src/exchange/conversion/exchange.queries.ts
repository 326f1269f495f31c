import type { Db, Tx } from '../../platform/database.ts';
import type { Exchange, ExchangeQuote } from './exchange.ts';

interface QuoteRow {
  id: string;
  member_id: string;
  partner_id: string | null;
  from_no: number;
  to_no: number;
  debited: bigint;
  credited: bigint;
  rate_numerator: bigint;
  rate_denominator: bigint;
  spread_bps: number;
  fee_points: bigint;
  from_issuer: string;
  from_micros: bigint;
  to_issuer: string;
  to_micros: bigint;
  created_at: Date;
  expires_at: Date;
  executed_at: Date | null;
}

function toQuote(row: QuoteRow): ExchangeQuote {
  return {
    id: row.id,
    memberId: row.member_id,
    partnerId: row.partner_id ?? undefined,
    fromNo: row.from_no,
    toNo: row.to_no,
    debited: row.debited,
    credited: row.credited,
    rate: { numerator: row.rate_numerator, denominator: row.rate_denominator },
    spreadBps: row.spread_bps,
    feePoints: row.fee_points,
    fromIssuer: row.from_issuer,
    fromMicros: row.from_micros,
    toIssuer: row.to_issuer,
    toMicros: row.to_micros,
    createdAt: row.created_at,
    expiresAt: row.expires_at,
    executedAt: row.executed_at ?? undefined,
  };
}

export async function insertQuote(tx: Tx, q: ExchangeQuote): Promise<void> {
  await tx.rows(
    `insert into exchange.quotes (id, member_id, partner_id, from_no, to_no, debited, credited, rate_numerator, rate_denominator, spread_bps, fee_points,
       from_issuer, from_micros, to_issuer, to_micros, created_at, expires_at)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17)`,
    [
      q.id,
      q.memberId,
      q.partnerId ?? null,
      q.fromNo,
      q.toNo,
      q.debited,
      q.credited,
      q.rate.numerator,
      q.rate.denominator,
      q.spreadBps,
      q.feePoints,
      q.fromIssuer,
      q.fromMicros,
      q.toIssuer,
      q.toMicros,
      q.createdAt.toISOString(),
      q.expiresAt.toISOString(),
    ],
  );
}

/** A quote as it was written: its terms and whose it is never change. */
export async function findQuote(db: Db, id: string): Promise<ExchangeQuote | undefined> {
  const [row] = await db.rows<QuoteRow>('select * from exchange.quotes where id = $1', [id]);
  return row && toQuote(row);
}

/** A quote as it is now, until the transaction ends. The wallets are locked before. */
export async function lockQuote(tx: Tx, id: string): Promise<ExchangeQuote | undefined> {
  const [row] = await tx.rows<QuoteRow>('select * from exchange.quotes where id = $1 for update', [id]);
  return row && toQuote(row);
}

export async function markExecuted(tx: Tx, id: string, at: Date): Promise<void> {
  await tx.rows('update exchange.quotes set executed_at = $2 where id = $1', [id, at.toISOString()]);
}

interface ExchangeRow {
  id: string;
  member_id: string;
  partner_id: string | null;
  quote_id: string | null;
  redemption_id: string | null;
  from_no: number;
  to_no: number;
  debited: bigint;
  credited: bigint;
  fee_points: bigint;
  fee_micros: bigint;
  spread_micros: bigint;
  cycle: number;
  recorded_at: Date;
  lot_id: string;
}

function toExchange(row: ExchangeRow): Exchange {
  return {
    id: row.id,
    memberId: row.member_id,
    partnerId: row.partner_id ?? undefined,
    quoteId: row.quote_id ?? undefined,
    redemptionId: row.redemption_id ?? undefined,
    fromNo: row.from_no,
    toNo: row.to_no,
    debited: row.debited,
    credited: row.credited,
    feePoints: row.fee_points,
    feeMicros: row.fee_micros,
    spreadMicros: row.spread_micros,
    cycle: row.cycle,
    recordedAt: row.recorded_at,
    lotId: row.lot_id,
  };
}

export async function insertExchange(tx: Tx, e: Exchange): Promise<void> {
  await tx.rows(
    `insert into exchange.exchanges (id, member_id, partner_id, quote_id, redemption_id, from_no, to_no, debited, credited, fee_points, fee_micros,
       spread_micros, cycle, recorded_at, lot_id)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)`,
    [
      e.id,
      e.memberId,
      e.partnerId ?? null,
      e.quoteId ?? null,
      e.redemptionId ?? null,
      e.fromNo,
      e.toNo,
      e.debited,
      e.credited,
      e.feePoints,
      e.feeMicros,
      e.spreadMicros,
      e.cycle,
      e.recordedAt.toISOString(),
      e.lotId,
    ],
  );
}

/** Exchanges by id, for `load`; undefined where there is none. */
export async function readExchanges(db: Db, ids: readonly string[]): Promise<(Exchange | undefined)[]> {
  const rows = await db.rows<ExchangeRow>('select * from exchange.exchanges where id = any($1::uuid[])', [ids]);
  const byId = new Map(rows.map((row) => [row.id, toExchange(row)]));
  return ids.map((id) => byId.get(id));
}

/** Points of a wallet that can be given: available and not expired. */
export async function readSpendable(db: Db, memberId: string, currencyNo: number, now: Date): Promise<bigint> {
  const [row] = await db.rows<{ points: bigint }>(
    `select coalesce(sum(l.available), 0)::bigint as points
     from ledger.accounts a
     join ledger.lots l on l.account_id = a.id and l.available > 0 and (l.expires_at is null or l.expires_at > $3)
     where a.kind = 'WALLET' and a.owner = $1 and a.unit = $2 and a.topic is null`,
    [memberId, currencyNo, now.toISOString()],
  );
  return row?.points ?? 0n;
}

/** Points that a member has given of a pair of currencies since each of three instants. */
export async function readGiven(
  db: Db,
  { memberId, fromNo, toNo }: { readonly memberId: string; readonly fromNo: number; readonly toNo: number },
  since: { readonly day: Date; readonly month: Date; readonly year: Date },
): Promise<{ day: bigint; month: bigint; year: bigint }> {
  const [row] = await db.rows<{ day: bigint; month: bigint; year: bigint }>(
    `select coalesce(sum(debited) filter (where recorded_at >= $4), 0)::bigint as day,
       coalesce(sum(debited) filter (where recorded_at >= $5), 0)::bigint as month,
       coalesce(sum(debited), 0)::bigint as year
     from exchange.exchanges
     where member_id = $1 and from_no = $2 and to_no = $3 and recorded_at >= $6`,
    [memberId, fromNo, toNo, since.day.toISOString(), since.month.toISOString(), since.year.toISOString()],
  );
  return row ?? { day: 0n, month: 0n, year: 0n };
}

/** Points of a pair of currencies given by all members in a clearing cycle. */
export interface CycleUsage {
  readonly cycle: number;
  readonly used: bigint;
}

/** What was given of a pair in the open cycle. */
export async function readUsage(db: Db, fromNo: number, toNo: number): Promise<CycleUsage> {
  const [row] = await db.rows<CycleUsage>(
    `select c.no as cycle, coalesce(u.used, 0) as used
     from ledger.cycles c left join exchange.exchange_usage u on u.from_no = $1 and u.to_no = $2 and u.cycle = c.no
     where c.status = 'OPEN'`,
    [fromNo, toNo],
  );
  if (row === undefined) throw new Error('no clearing cycle is open');
  return row;
}

/** The same, and nobody else counts until the transaction ends. The wallets are locked before, so the cycle stays open. */
export async function lockUsage(tx: Tx, fromNo: number, toNo: number): Promise<CycleUsage> {
  const [row] = await tx.rows<CycleUsage>(
    `insert into exchange.exchange_usage as u (from_no, to_no, cycle, used)
     select $1, $2, c.no, 0 from ledger.cycles c where c.status = 'OPEN'
     on conflict (from_no, to_no, cycle) do update set used = u.used
     returning u.cycle, u.used`,
    [fromNo, toNo],
  );
  if (row === undefined) throw new Error('no clearing cycle is open');
  return row;
}

/** Counts an exchange in its cycle. */
export async function addUsage(tx: Tx, { fromNo, toNo, cycle, debited }: Exchange): Promise<void> {
  await tx.rows('update exchange.exchange_usage set used = used + $4 where from_no = $1 and to_no = $2 and cycle = $3', [
    fromNo,
    toNo,
    cycle,
    debited,
  ]);
}
