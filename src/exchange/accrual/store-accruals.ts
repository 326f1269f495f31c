import type { Outcome } from '../../kernel/refusal.ts';
import type { WalletBalance } from '../../ledger/wallets.ts';
import type { Db, Tx } from '../../platform/database.ts';
import { insertKeys, keyColumns, type Recorded } from '../../platform/idempotency.ts';
import { storeTakings } from '../funding/point-blocks.queries.ts';
import { keepBalance, restoreBalance } from '../wallets/kept-balance.ts';
import { readAccruals, toBreakdown } from './accrual.queries.ts';
import type { Accrual } from './accrual.ts';
import type { Plan } from './plan-accrual.ts';

/** An accrual that was posted, now or before, with the balance right after it. */
export interface Accrued {
  readonly accrual: Accrual;
  readonly balance: WalletBalance;
  /** The partner's money right after it, pending accruals included, in micros: - it owes. */
  readonly partnerMicros: bigint;
  readonly replayed: boolean;
}

/**
 * Keeps accruals that were posted, their use of daily caps, and their idempotency keys, at the latest with the commit. Until that is through,
 * all who post wait for the accounts that this transaction holds.
 */
export function storeAccruals(tx: Tx, plans: readonly Plan[], results: readonly Outcome<Accrued>[]): void {
  if (plans.length === 0) return;
  const all = plans.map((p) => p.accrual);
  const recorded = plans.flatMap((p) => {
    const result = results[p.at];
    return p.attempt !== undefined && result !== undefined && 'done' in result ? [{ ...p.attempt, outcome: toRecord(result.done) }] : [];
  });
  tx.later(
    `with stored as (
     insert into exchange.accruals (id, partner_id, external_id, request_hash, member_id, currency_no, status, occurred_at, recorded_at, channel,
       location_id, promotion, amount_minor, points, pending_until, redemption_micros, service_micros, funded_micros, lot_id, breakdown, charge)
     select * from unnest($1::uuid[], $2::uuid[], $3::text[], $4::bytea[], $5::uuid[], $6::smallint[], $7::text[], $8::timestamptz[], $9::timestamptz[], $10::text[],
       $11::text[], $12::text[], $13::bigint[], $14::bigint[], $15::timestamptz[], $16::bigint[], $17::bigint[], $18::bigint[], $19::uuid[], $20::jsonb[], $21::text[])
     on conflict do nothing returning true as stored
     ), kept as (${insertKeys(22)})
     select platform.all_kept((select count(*) from stored), $27, 'an external id'), platform.all_kept((select count(*) from kept), $28, 'an idempotency key')`,
    [
      all.map((a) => a.id),
      all.map((a) => a.partnerId),
      all.map((a) => a.externalId),
      plans.map((p) => `\\x${p.receipt.toString('hex')}`),
      all.map((a) => a.memberId),
      all.map((a) => a.currencyNo),
      all.map((a) => a.status),
      all.map((a) => a.occurredAt),
      all.map((a) => a.recordedAt),
      all.map((a) => a.channel),
      all.map((a) => a.locationId ?? null),
      all.map((a) => a.promotion ?? null),
      all.map((a) => a.amountMinor ?? null),
      all.map((a) => a.points),
      all.map((a) => a.pendingUntil ?? null),
      all.map((a) => a.redemptionMicros),
      all.map((a) => a.serviceMicros),
      all.map((a) => a.fundedMicros),
      all.map((a) => a.lotId ?? null),
      all.map((a) => toBreakdown(a.contributions)),
      all.map((a) => a.charge),
      ...keyColumns(recorded),
      plans.length,
      recorded.length,
    ],
  );
  storeTakings(
    tx,
    all.map((a) => ({ accrualId: a.id, parts: a.blocks })),
  );
  const used = plans.flatMap((p) => p.usage);
  if (used.length > 0) {
    tx.later(
      `insert into exchange.rule_usage as u (member_id, rule, day, spend_minor, times)
       select member_id, rule, day, sum(spend_minor), sum(times)
       from unnest($1::uuid[], $2::text[], $3::date[], $4::bigint[], $5::integer[]) as n (member_id, rule, day, spend_minor, times)
       group by member_id, rule, day
       on conflict (member_id, rule, day) do update set spend_minor = u.spend_minor + excluded.spend_minor, times = u.times + excluded.times`,
      [
        used.map((u) => u.memberId),
        used.map((u) => u.rule),
        used.map((u) => u.day),
        used.map((u) => u.spendMinor),
        used.map((u) => u.times),
      ],
    );
  }
}

/** What is kept to answer a repetition with the first result. */
export function toRecord({ accrual, balance, partnerMicros }: Omit<Accrued, 'replayed'>): Recorded {
  return {
    accrual: accrual.id,
    status: accrual.status,
    reversed: accrual.reversedPoints.toString(),
    returned: accrual.returnedMinor.toString(),
    balance: keepBalance(balance),
    money: partnerMicros.toString(),
  };
}

/** Accruals as they were when the recorded outcomes were first answered. */
export async function fromRecords(db: Db, records: readonly Recorded[]): Promise<Accrued[]> {
  const accruals = await readAccruals(
    db,
    records.map((r) => String(r.accrual)),
  );
  return records.map((r, at) => {
    const accrual = accruals[at];
    if (accrual === undefined) throw new Error(`accrual ${String(r.accrual)} was recorded but is not stored`);
    return {
      accrual: {
        ...accrual,
        status: r.status as Accrual['status'],
        reversedPoints: BigInt(String(r.reversed)),
        returnedMinor: BigInt(String(r.returned)),
      },
      balance: restoreBalance(r.balance),
      partnerMicros: BigInt(String(r.money)),
      replayed: true,
    };
  });
}
