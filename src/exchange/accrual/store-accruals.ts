import type { Outcome } from '../../kernel/refusal.ts';
import { POST, POST_PARAMETERS, type Posted, type PostedRow, toPosted } from '../../ledger/post.ts';
import type { WalletBalance } from '../../ledger/wallets.ts';
import type { Db, Tx } from '../../platform/database.ts';
import { insertKeys, KEY_PARAMETERS, keyArrays, keyColumns, type Recorded } from '../../platform/idempotency.ts';
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

const COLUMN_TYPES = {
  id: 'uuid',
  partner_id: 'uuid',
  external_id: 'text',
  request_hash: 'bytea',
  member_id: 'uuid',
  currency_no: 'smallint',
  status: 'text',
  occurred_at: 'timestamptz',
  recorded_at: 'timestamptz',
  channel: 'text',
  location_id: 'text',
  promotion: 'text',
  amount_minor: 'bigint',
  points: 'bigint',
  pending_until: 'timestamptz',
  redemption_micros: 'bigint',
  service_micros: 'bigint',
  funded_micros: 'bigint',
  lot_id: 'uuid',
  breakdown: 'jsonb',
  charge: 'text',
};
const COLUMNS = Object.keys(COLUMN_TYPES);
const TYPES = Object.values(COLUMN_TYPES);

/**
 * Keeps accruals and their idempotency keys as far as they were posted, and makes the transaction start over where somebody else was first. `posted`
 * is a query for the number of each accrual, from 1, why it was not posted, and the money of its partner right after it; its parameters come before
 * those of `storeParameters`. What it answers is `checked`, one row, for a query that follows.
 */
const storing = (posted: string, first: number): string => {
  const [keys, more] = [first + TYPES.length, first + TYPES.length + KEY_PARAMETERS];
  return `with posted as materialized (${posted}), stored as (
    insert into exchange.accruals (${COLUMNS.join(', ')})
    select ${COLUMNS.map((name) => `a.${name}`).join(', ')} from unnest(${TYPES.map((type, at) => `$${first + at}::${type}[]`).join(', ')}) with ordinality as a (${COLUMNS.join(', ')}, n)
    join posted using (n) where refusal is null
  ), kept as (
    ${insertKeys(`select id, request_hash, outcome || jsonb_build_object('money', watched::text)
    from unnest(${keyArrays(keys)}, $${more}::integer[]) as k (id, request_hash, outcome, n)
    join posted using (n) where refusal is null
    order by id`)}
  ), checked as materialized (
    select platform.all_kept((select count(*) from posted where refusal is null), $${more + 1}, 'what a balance was counted from')
  )`;
};

const STORE = `${storing('select n, null::text as refusal, watched from unnest($1::bigint[]) with ordinality as posted (watched, n)', 2)} select from checked`;
const POST_AND_STORE = `${storing(POST, POST_PARAMETERS + 1)} select posted.* from posted, checked`;

/** The parameters of `storing`; so many must have been posted, or everything starts over. */
function storeParameters(plans: readonly Plan[], results: readonly Outcome<Accrued>[], mustPost: number): unknown[] {
  const all = plans.map((p) => p.accrual);
  const recorded = plans.flatMap((p, n) => {
    const result = results[p.at];
    return p.attempt !== undefined && result !== undefined && 'done' in result
      ? [{ ...p.attempt, n: n + 1, outcome: withoutMoney(result.done) }]
      : [];
  });
  return [
    all.map((a) => a.id),
    all.map((a) => a.partnerId),
    all.map((a) => a.externalId),
    plans.map((p) => p.receipt),
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
    recorded.map(({ n }) => n),
    mustPost,
  ];
}

/**
 * Posts, keeps what was posted as `storeAccruals` does, and ends the transaction, all in one flight: the accounts that everybody's purchases move are
 * held no longer than PostgreSQL needs. `posting` are the parameters of the postings, one for each plan; `results` are as if all of them were posted.
 */
export async function postAndStore(
  tx: Tx,
  posting: readonly unknown[],
  plans: readonly Plan[],
  results: readonly Outcome<Accrued>[],
): Promise<Posted[]> {
  // Where a wallet comes twice, what is recorded of the second holds only if the first was posted.
  const wallets = new Set(plans.map(({ wallet }) => wallet.accountId));
  const mustPost = wallets.size < plans.length ? plans.length : 0;
  const rows = await tx.last<PostedRow>(POST_AND_STORE, [...posting, ...storeParameters(plans, results, mustPost)]);
  return rows.toSorted((a, b) => a.n - b.n).map(toPosted);
}

/**
 * Keeps accruals that were posted, their use of daily caps, and their idempotency keys, at the latest with the commit. Until that is through,
 * all who post wait for the accounts that this transaction holds.
 */
export function storeAccruals(tx: Tx, plans: readonly Plan[], results: readonly Outcome<Accrued>[]): void {
  if (plans.length === 0) return;
  const money = plans.map(({ at }) => {
    const result = results[at];
    return result !== undefined && 'done' in result ? result.done.partnerMicros : null;
  });
  tx.later(STORE, [money, ...storeParameters(plans, results, 0)]);
  storeTakings(
    tx,
    plans.map(({ accrual }) => ({ accrualId: accrual.id, parts: accrual.blocks })),
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
export function toRecord(accrued: Omit<Accrued, 'replayed'>): Recorded {
  return { ...withoutMoney(accrued), money: accrued.partnerMicros.toString() };
}

const withoutMoney = ({ accrual, balance }: Pick<Accrued, 'accrual' | 'balance'>): Recorded => ({
  accrual: accrual.id,
  status: accrual.status,
  reversed: accrual.reversedPoints.toString(),
  returned: accrual.returnedMinor.toString(),
  balance: keepBalance(balance),
});

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
