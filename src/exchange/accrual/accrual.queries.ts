import { mergedLists } from '../../platform/batching/merged.ts';
import type { Db } from '../../platform/database.ts';
import type { Attempt } from '../../platform/idempotency.ts';
import type { Accrual, AccrualStatus } from './accrual.ts';
import type { Contribution, RuleUsage } from './earn.rules.ts';

interface AccrualRow {
  id: string;
  partner_id: string;
  external_id: string;
  request_hash: Buffer;
  member_id: string;
  currency_no: number;
  status: AccrualStatus;
  occurred_at: Date;
  recorded_at: Date;
  channel: string;
  location_id: string | null;
  promotion: string | null;
  amount_minor: bigint | null;
  points: bigint;
  reversed_points: bigint;
  returned_minor: bigint;
  pending_until: Date | null;
  redemption_micros: bigint;
  service_micros: bigint;
  funded_micros: bigint;
  charge: Accrual['charge'];
  lot_id: string | null;
  breakdown: {
    rule: string;
    version: number;
    points: string;
    reason?: Contribution['reason'];
    capped?: string;
    counted?: string;
    usage?: string;
  }[];
  /** Only of accruals that took from blocks. */
  blocks: { block: string; points: string; returned: string; redemption: string; service: string; lot: string | null }[] | null;
}

// Others than prepaid accruals have no blocks to look for.
const COLUMNS = `a.*, case when a.charge = 'PREPAID' then (
    select jsonb_agg(jsonb_build_object('block', t.block_id, 'points', t.points::text, 'returned', t.returned::text,
      'redemption', b.redemption_micros::text, 'service', b.service_micros::text, 'lot', t.lot_id) order by t.place)
    from exchange.accrual_blocks t join exchange.point_blocks b on b.id = t.block_id where t.accrual_id = a.id
  ) end as blocks`;

function toAccrual(row: AccrualRow): Accrual {
  return {
    id: row.id,
    partnerId: row.partner_id,
    externalId: row.external_id,
    memberId: row.member_id,
    currencyNo: row.currency_no,
    status: row.status,
    occurredAt: row.occurred_at,
    recordedAt: row.recorded_at,
    channel: row.channel,
    locationId: row.location_id ?? undefined,
    promotion: row.promotion ?? undefined,
    amountMinor: row.amount_minor ?? undefined,
    points: row.points,
    reversedPoints: row.reversed_points,
    returnedMinor: row.returned_minor,
    pendingUntil: row.pending_until ?? undefined,
    redemptionMicros: row.redemption_micros,
    serviceMicros: row.service_micros,
    fundedMicros: row.funded_micros,
    charge: row.charge,
    lotId: row.lot_id ?? undefined,
    blocks: (row.blocks ?? []).map((part) => ({
      blockId: part.block,
      points: BigInt(part.points),
      returned: BigInt(part.returned),
      redemptionMicros: BigInt(part.redemption),
      serviceMicros: BigInt(part.service),
      lotId: part.lot ?? undefined,
    })),
    contributions: row.breakdown.map((line) => ({
      rule: line.rule,
      ruleVersion: line.version,
      points: BigInt(line.points),
      reason: line.reason,
      cappedMinor: line.capped === undefined ? undefined : BigInt(line.capped),
      counted: line.counted === undefined || line.usage === undefined ? undefined : { usageKey: line.usage, minor: BigInt(line.counted) },
    })),
  };
}

/** The stored form of a breakdown. */
export function toBreakdown(contributions: readonly Contribution[]): string {
  return JSON.stringify(
    contributions.map((c) => ({
      rule: c.rule,
      version: c.ruleVersion,
      points: c.points.toString(),
      ...(c.reason === undefined ? {} : { reason: c.reason }),
      ...(c.cappedMinor === undefined ? {} : { capped: c.cappedMinor.toString() }),
      ...(c.counted === undefined ? {} : { counted: c.counted.minor.toString(), usage: c.counted.usageKey }),
    })),
  );
}

/** Accruals by id, for `load`; undefined where there is none. */
export const readAccruals = mergedLists('READ', async (db: Db, ids: readonly string[]): Promise<(Accrual | undefined)[]> => {
  const rows = await db.rows<AccrualRow>(`select ${COLUMNS} from exchange.accruals a where a.id = any($1::uuid[])`, [ids]);
  const byId = new Map(rows.map((row) => [row.id, toAccrual(row)]));
  return ids.map((id) => byId.get(id));
});

/** What a partner calls a purchase. */
export interface ReceiptName {
  readonly partnerId: string;
  readonly externalId: string;
}

export const receiptName = ({ partnerId, externalId }: ReceiptName): string => `${partnerId} ${externalId}`;

/** Accruals that partners have reported before under these external ids, by `receiptName`, with the hash of each receipt. */
export async function findByExternalId(
  db: Db,
  names: readonly ReceiptName[],
): Promise<ReadonlyMap<string, { readonly accrual: Accrual; readonly receipt: Buffer }>> {
  const rows = await db.rows<AccrualRow>(
    `select ${COLUMNS} from unnest($1::uuid[], $2::text[]) as n (partner_id, external_id) join exchange.accruals a using (partner_id, external_id)`,
    [names.map(({ partnerId }) => partnerId), names.map(({ externalId }) => externalId)],
  );
  return new Map(
    rows.map((row) => {
      const accrual = toAccrual(row);
      return [receiptName(accrual), { accrual, receipt: row.request_hash }];
    }),
  );
}

/**
 * Whether any of these keys or receipts was there before. Of most commands none was, and then nothing more is read. How many there are is
 * hidden from the planner: one plan fits all.
 */
export async function isAnySeen(db: Db, attempts: readonly Attempt[], names: readonly ReceiptName[]): Promise<boolean> {
  const [row] = await db.rows<{ seen: boolean }>(
    `select exists (
         select from unnest((select $1::uuid[])) as n (id)
         where exists (select from platform.idempotency_keys k where k.id = n.id offset 0)
       ) or exists (
         select from unnest((select $2::uuid[]), $3::text[]) as n (partner_id, external_id)
         where exists (select from exchange.accruals a where a.partner_id = n.partner_id and a.external_id = n.external_id offset 0)
       ) as seen`,
    [attempts.map(({ id }) => id), names.map(({ partnerId }) => partnerId), names.map(({ externalId }) => externalId)],
  );
  return row?.seen ?? true;
}

/** Pending accruals whose time has come, oldest first. */
export async function findDuePending(db: Db, asOf: Date, limit: number): Promise<Accrual[]> {
  const rows = await db.rows<AccrualRow>(
    `select ${COLUMNS} from exchange.accruals a where a.status = 'PENDING' and a.pending_until <= $1 order by a.pending_until limit $2`,
    [asOf.toISOString(), limit],
  );
  return rows.map(toAccrual);
}

/** A member's use of a rule's caps on one day. */
export interface UsageKey {
  readonly memberId: string;
  readonly rule: string;
  readonly day: string;
}

export const usageName = (key: UsageKey): string => `${key.memberId} ${key.day} ${key.rule}`;

/** How much of capped rules members have used, by `usageName`. */
export async function readUsage(db: Db, keys: readonly UsageKey[]): Promise<Map<string, RuleUsage>> {
  if (keys.length === 0) return new Map();
  const rows = await db.rows<{ member_id: string; rule: string; day: string; spend_minor: bigint; times: number }>(
    `select u.* from exchange.rule_usage u
     join unnest($1::uuid[], $2::text[], $3::date[]) as k (member_id, rule, day) using (member_id, rule, day)`,
    [keys.map((k) => k.memberId), keys.map((k) => k.rule), keys.map((k) => k.day)],
  );
  return new Map(
    rows.map((row) => [
      usageName({ memberId: row.member_id, rule: row.rule, day: row.day }),
      { spendMinor: row.spend_minor, times: row.times },
    ]),
  );
}
