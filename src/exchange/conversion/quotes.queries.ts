import { mergedLists, mergedWrites } from '../../platform/batching/merged.ts';
import type { Db, Tx } from '../../platform/database.ts';
import type { ExchangeQuote } from './exchange.ts';

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

/** Stores new quotes. */
export const insertQuotes = mergedWrites('STORE', (tx: Tx, quotes: readonly ExchangeQuote[]): void => {
  tx.later(
    `insert into exchange.quotes (id, member_id, partner_id, from_no, to_no, debited, credited, rate_numerator, rate_denominator, spread_bps, fee_points,
       from_issuer, from_micros, to_issuer, to_micros, created_at, expires_at)
     select * from unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::smallint[], $5::smallint[], $6::bigint[], $7::bigint[], $8::bigint[], $9::bigint[],
       $10::integer[], $11::bigint[], $12::uuid[], $13::bigint[], $14::uuid[], $15::bigint[], $16::timestamptz[], $17::timestamptz[])`,
    [
      quotes.map((q) => q.id),
      quotes.map((q) => q.memberId),
      quotes.map((q) => q.partnerId ?? null),
      quotes.map((q) => q.fromNo),
      quotes.map((q) => q.toNo),
      quotes.map((q) => q.debited),
      quotes.map((q) => q.credited),
      quotes.map((q) => q.rate.numerator),
      quotes.map((q) => q.rate.denominator),
      quotes.map((q) => q.spreadBps),
      quotes.map((q) => q.feePoints),
      quotes.map((q) => q.fromIssuer),
      quotes.map((q) => q.fromMicros),
      quotes.map((q) => q.toIssuer),
      quotes.map((q) => q.toMicros),
      quotes.map((q) => q.createdAt),
      quotes.map((q) => q.expiresAt),
    ],
  );
});

/** Quotes as they were written: their terms and whose they are never change. Undefined where there is none. */
export const findQuotes = mergedLists('READ', (db: Db, ids: readonly string[]) =>
  readQuotes(db, 'select * from exchange.quotes where id = any($1::uuid[])', ids),
);

/** Quotes as they are now, until the transaction ends. The wallets are locked before, so nobody else executes them. */
export const lockQuotes = mergedLists('QUOTES', (tx: Tx, ids: readonly string[]) =>
  readQuotes(tx, 'select * from exchange.quotes where id = any($1::uuid[]) order by id for update', ids),
);

async function readQuotes(db: Db, statement: string, ids: readonly string[]): Promise<(ExchangeQuote | undefined)[]> {
  const rows = await db.rows<QuoteRow>(statement, [ids]);
  const byId = new Map(rows.map((row) => [row.id, toQuote(row)]));
  return ids.map((id) => byId.get(id));
}

/** Notes that quotes were executed. */
export const markExecuted = mergedWrites('STORE', (tx: Tx, executed: readonly { readonly quoteId: string; readonly at: Date }[]): void => {
  tx.later(`update exchange.quotes q set executed_at = e.at from unnest($1::uuid[], $2::timestamptz[]) as e (id, at) where q.id = e.id`, [
    executed.map(({ quoteId }) => quoteId),
    executed.map(({ at }) => at),
  ]);
});
