import { mergedLists, mergedWrites } from '../../platform/batching/merged.ts';
import type { Db, Tx } from '../../platform/database.ts';
import type { Redemption, RedemptionAllocation, RedemptionStatus } from './redemption.ts';

interface StoredAllocation {
  lot: string;
  issuer: string;
  points: string;
  expires: string | null;
  redemption: string;
  funded: string;
  reimbursement: string;
}

interface RedemptionRow {
  id: string;
  partner_id: string;
  member_id: string;
  currency_no: number;
  status: RedemptionStatus;
  order_external_id: string;
  channel: string;
  location_id: string | null;
  note: string | null;
  order_minor: bigint | null;
  created_at: Date;
  expires_at: Date;
  captured_at: Date | null;
  needs_approval: boolean;
  approved_at: Date | null;
  held_points: bigint;
  captured_points: bigint;
  released_points: bigint;
  refunded_points: bigint;
  reimbursement_micros: bigint;
  allocations: StoredAllocation[];
}

function toAllocation(stored: StoredAllocation): RedemptionAllocation {
  return {
    lotId: stored.lot,
    issuer: stored.issuer,
    points: BigInt(stored.points),
    expiresAt: stored.expires === null ? undefined : new Date(stored.expires),
    redemptionMicros: BigInt(stored.redemption),
    fundedMicros: BigInt(stored.funded),
    reimbursementMicros: BigInt(stored.reimbursement),
  };
}

/** The stored form of allocations. */
export function fromAllocations(allocations: readonly RedemptionAllocation[]): string {
  const stored: StoredAllocation[] = allocations.map((a) => ({
    lot: a.lotId,
    issuer: a.issuer,
    points: a.points.toString(),
    expires: a.expiresAt?.toISOString() ?? null,
    redemption: a.redemptionMicros.toString(),
    funded: a.fundedMicros.toString(),
    reimbursement: a.reimbursementMicros.toString(),
  }));
  return JSON.stringify(stored);
}

/** Allocations from their stored form. */
export function toAllocations(stored: string): RedemptionAllocation[] {
  return (JSON.parse(stored) as StoredAllocation[]).map(toAllocation);
}

function toRedemption(row: RedemptionRow): Redemption {
  return {
    id: row.id,
    partnerId: row.partner_id,
    memberId: row.member_id,
    currencyNo: row.currency_no,
    status: row.status,
    orderExternalId: row.order_external_id,
    channel: row.channel,
    locationId: row.location_id ?? undefined,
    note: row.note ?? undefined,
    orderMinor: row.order_minor ?? undefined,
    createdAt: row.created_at,
    expiresAt: row.expires_at,
    capturedAt: row.captured_at ?? undefined,
    needsApproval: row.needs_approval,
    approvedAt: row.approved_at ?? undefined,
    heldPoints: row.held_points,
    capturedPoints: row.captured_points,
    releasedPoints: row.released_points,
    refundedPoints: row.refunded_points,
    reimbursementMicros: row.reimbursement_micros,
    allocations: row.allocations.map(toAllocation),
  };
}

/** Redemptions by id, for `load`; undefined where there is none. */
export const readRedemptions = mergedLists('READ', async (db: Db, ids: readonly string[]): Promise<(Redemption | undefined)[]> => {
  const rows = await db.rows<RedemptionRow>('select * from exchange.redemptions where id = any($1::uuid[])', [ids]);
  const byId = new Map(rows.map((row) => [row.id, toRedemption(row)]));
  return ids.map((id) => byId.get(id));
});

/** How many redemptions of one member are shown that await its approval. */
export const MOST_AWAITING = 100;

/** For each member the redemptions that await its approval and have not passed their time, the first to end first, for `load`. */
export async function readAwaiting(db: Db, memberIds: readonly string[]): Promise<Redemption[][]> {
  const rows = await db.rows<RedemptionRow & { n: bigint }>(
    `select m.n, r.*
     from unnest($1::uuid[]) with ordinality as m (id, n)
     cross join lateral (
       select * from exchange.redemptions
       where member_id = m.id and status = 'AWAITING_MEMBER_APPROVAL' and expires_at > platform.now()
       order by expires_at, id limit $2
     ) r
     order by m.n, r.expires_at, r.id`,
    [memberIds, MOST_AWAITING],
  );
  const byMember = Map.groupBy(rows, ({ n }) => Number(n));
  return memberIds.map((_, at) => (byMember.get(at + 1) ?? []).map(toRedemption));
}

/** Whose redemptions are wanted: of one member, of one partner, or all. */
export interface RedemptionsOf {
  readonly memberId?: string | undefined;
  readonly partnerId?: string | undefined;
}

/** The ids of redemptions that await approval and have not passed their time, the first to end first, so many at most. */
export async function readAwaitingIds(db: Db, { memberId, partnerId }: RedemptionsOf, limit: number): Promise<string[]> {
  const rows = await db.rows<{ id: string }>(
    `select id from exchange.redemptions
     where status = 'AWAITING_MEMBER_APPROVAL' and expires_at > platform.now()
       and ($1::uuid is null or member_id = $1) and ($2::uuid is null or partner_id = $2)
     order by expires_at, id limit $3`,
    [memberId ?? null, partnerId ?? null, limit],
  );
  return rows.map(({ id }) => id);
}

/** Holds whose time has passed, oldest first. */
export async function findDueHolds(db: Db, asOf: Date, limit: number): Promise<string[]> {
  const rows = await db.rows<{ id: string }>(
    "select id from exchange.redemptions where status in ('HELD', 'AWAITING_MEMBER_APPROVAL') and expires_at <= $1 order by expires_at limit $2",
    [asOf.toISOString(), limit],
  );
  return rows.map((row) => row.id);
}

/** What counts toward a limit of the day: what a member redeems at a partner in these currencies. */
export interface DaySum {
  readonly memberId: string;
  readonly partnerId: string;
  readonly currencyNos: readonly number[];
  readonly since: Date;
  readonly now: Date;
}

/**
 * Points that members have redeemed at partners since an instant, in these currencies: held or captured, less refunds.
 * Until the transaction ends nobody else counts the same: the limit is over all currencies, and each has a wallet of its own to lock.
 */
export const redeemedSince = mergedLists('ALLOWANCES', async (tx: Tx, sums: readonly DaySum[]): Promise<bigint[]> => {
  await tx.rows('select pg_advisory_xact_lock(hashtextextended(name, 0)) from unnest($1::text[]) as n (name)', [
    [...new Set(sums.map(({ memberId, partnerId }) => `exchange.redeemed ${memberId} ${partnerId}`))].sort(),
  ]);
  const rows = await tx.rows<{ points: bigint }>(
    `select (
       select coalesce(sum(case when status in ('HELD', 'AWAITING_MEMBER_APPROVAL') then case when expires_at > s.now then held_points else 0 end else captured_points - refunded_points end), 0)::bigint
       from exchange.redemptions
       where member_id = s.member_id and created_at >= s.since and partner_id = s.partner_id and currency_no = any(s.currency_nos::smallint[])
     ) as points
     from unnest($1::uuid[], $2::uuid[], $3::text[], $4::timestamptz[], $5::timestamptz[]) with ordinality
       as s (member_id, partner_id, currency_nos, since, now, n)
     order by s.n`,
    [
      sums.map(({ memberId }) => memberId),
      sums.map(({ partnerId }) => partnerId),
      sums.map(({ currencyNos }) => `{${currencyNos.join()}}`),
      sums.map(({ since }) => since),
      sums.map(({ now }) => now),
    ],
  );
  return rows.map(({ points }) => points);
});

/** Stores new redemptions, held or captured at once. */
export const insertRedemptions = mergedWrites('STORE', (tx: Tx, redemptions: readonly Redemption[]): void => {
  tx.later(
    `insert into exchange.redemptions (id, partner_id, member_id, currency_no, status, order_external_id, channel, location_id, note, order_minor,
       created_at, expires_at, captured_at, held_points, captured_points, reimbursement_micros, allocations, needs_approval)
     select * from unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::smallint[], $5::text[], $6::text[], $7::text[], $8::text[], $9::text[], $10::bigint[],
       $11::timestamptz[], $12::timestamptz[], $13::timestamptz[], $14::bigint[], $15::bigint[], $16::bigint[], $17::jsonb[], $18::boolean[])`,
    [
      redemptions.map((r) => r.id),
      redemptions.map((r) => r.partnerId),
      redemptions.map((r) => r.memberId),
      redemptions.map((r) => r.currencyNo),
      redemptions.map((r) => r.status),
      redemptions.map((r) => r.orderExternalId),
      redemptions.map((r) => r.channel),
      redemptions.map((r) => r.locationId ?? null),
      redemptions.map((r) => r.note ?? null),
      redemptions.map((r) => r.orderMinor ?? null),
      redemptions.map((r) => r.createdAt),
      redemptions.map((r) => r.expiresAt),
      redemptions.map((r) => r.capturedAt ?? null),
      redemptions.map((r) => r.heldPoints),
      redemptions.map((r) => r.capturedPoints),
      redemptions.map((r) => r.reimbursementMicros),
      redemptions.map((r) => fromAllocations(r.allocations)),
      redemptions.map((r) => r.needsApproval ?? false),
    ],
  );
});

/** Stores what changed of redemptions. */
export const updateRedemptions = mergedWrites('STORE', (tx: Tx, redemptions: readonly Redemption[]): void => {
  tx.later(
    `update exchange.redemptions r
     set status = n.status, captured_at = n.captured_at, captured_points = n.captured, released_points = n.released, refunded_points = n.refunded,
       reimbursement_micros = n.reimbursement, allocations = n.allocations, approved_at = n.approved_at
     from unnest($1::uuid[], $2::text[], $3::timestamptz[], $4::bigint[], $5::bigint[], $6::bigint[], $7::bigint[], $8::jsonb[], $9::timestamptz[])
       as n (id, status, captured_at, captured, released, refunded, reimbursement, allocations, approved_at)
     where r.id = n.id`,
    [
      redemptions.map((r) => r.id),
      redemptions.map((r) => r.status),
      redemptions.map((r) => r.capturedAt ?? null),
      redemptions.map((r) => r.capturedPoints),
      redemptions.map((r) => r.releasedPoints),
      redemptions.map((r) => r.refundedPoints),
      redemptions.map((r) => r.reimbursementMicros),
      redemptions.map((r) => fromAllocations(r.allocations)),
      redemptions.map((r) => r.approvedAt ?? null),
    ],
  );
});
