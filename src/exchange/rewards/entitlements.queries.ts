import { mergedWrites } from '../../platform/batching/merged.ts';
import type { Db, Tx } from '../../platform/database.ts';
import type { Entitlement } from './entitlement.ts';

interface EntitlementRow extends Omit<Entitlement, 'validUntil' | 'revokedAt'> {
  readonly validUntil: Date | null;
  readonly revokedAt: Date | null;
}

const COLUMNS = `e.id, e.code, e.reward_id as "rewardId", e.redemption_id as "redemptionId", e.member_id as "memberId", e.partner_id as "partnerId",
  e.valid_from as "validFrom", e.valid_until as "validUntil", e.revoked_at as "revokedAt"`;

const toEntitlement = (row: EntitlementRow): Entitlement => ({
  ...row,
  validUntil: row.validUntil ?? undefined,
  revokedAt: row.revokedAt ?? undefined,
});

/** Entitlements by id, for `load`; undefined where there is none. */
export async function readEntitlements(db: Db, ids: readonly string[]): Promise<(Entitlement | undefined)[]> {
  const rows = await db.rows<EntitlementRow>(`select ${COLUMNS} from exchange.entitlements e where e.id = any($1::uuid[])`, [ids]);
  const byId = new Map(rows.map((row) => [row.id, toEntitlement(row)]));
  return ids.map((id) => byId.get(id));
}

/** What each redemption has given; undefined where it was for no reward. */
export async function readEntitlementsOf(db: Db, redemptionIds: readonly string[]): Promise<(Entitlement | undefined)[]> {
  const rows = await db.rows<EntitlementRow>(`select ${COLUMNS} from exchange.entitlements e where e.redemption_id = any($1::uuid[])`, [
    redemptionIds,
  ]);
  const byRedemption = new Map(rows.map((row) => [row.redemptionId, toEntitlement(row)]));
  return redemptionIds.map((id) => byRedemption.get(id));
}

/** A page of a member's entitlements; only those of one partner where one is named. */
export interface EntitlementPage {
  readonly memberId: string;
  readonly partnerId: string | undefined;
  readonly size: number;
  readonly after: string | undefined;
  readonly before: string | undefined;
  readonly backwards: boolean;
}

/** For each page the entitlements, newest first, one more than it holds; backwards the oldest first. */
export async function readEntitlementPages(db: Db, pages: readonly EntitlementPage[]): Promise<Entitlement[][]> {
  const rows = await db.rows<EntitlementRow & { n: bigint }>(
    `select p.n, e.*
     from unnest($1::uuid[], $2::uuid[], $3::integer[], $4::uuid[], $5::uuid[], $6::boolean[]) with ordinality
       as p (member_id, partner_id, size, after, before, backwards, n)
     cross join lateral (
       select ${COLUMNS} from exchange.entitlements e
       where e.member_id = p.member_id and (p.partner_id is null or e.partner_id = p.partner_id)
         and (p.after is null or e.id < p.after) and (p.before is null or e.id > p.before)
       order by case when p.backwards then e.id end, e.id desc
       limit p.size + 1
     ) e
     order by p.n, case when p.backwards then e.id end, e.id desc`,
    [
      pages.map(({ memberId }) => memberId),
      pages.map(({ partnerId }) => partnerId ?? null),
      pages.map(({ size }) => size),
      pages.map(({ after }) => after ?? null),
      pages.map(({ before }) => before ?? null),
      pages.map(({ backwards }) => backwards),
    ],
  );
  const byPage = Map.groupBy(rows, ({ n }) => Number(n));
  return pages.map((_, at) => (byPage.get(at + 1) ?? []).map(({ n: _n, ...row }) => toEntitlement(row)));
}

export const insertEntitlements = mergedWrites('STORE', (tx: Tx, entitlements: readonly Entitlement[]): void => {
  tx.later(
    `insert into exchange.entitlements (id, code, reward_id, redemption_id, member_id, partner_id, valid_from, valid_until)
     select * from unnest($1::uuid[], $2::text[], $3::uuid[], $4::uuid[], $5::uuid[], $6::uuid[], $7::timestamptz[], $8::timestamptz[])`,
    [
      entitlements.map((e) => e.id),
      entitlements.map((e) => e.code),
      entitlements.map((e) => e.rewardId),
      entitlements.map((e) => e.redemptionId),
      entitlements.map((e) => e.memberId),
      entitlements.map((e) => e.partnerId),
      entitlements.map((e) => e.validFrom),
      entitlements.map((e) => e.validUntil ?? null),
    ],
  );
});

/** What a redemption has given is taken back; nothing happens where it gave nothing. */
export const revokeEntitlementsOf = mergedWrites(
  'STORE',
  (tx: Tx, refunded: readonly { readonly redemptionId: string; readonly at: Date }[]): void => {
    tx.later(
      `update exchange.entitlements e set revoked_at = r.at from unnest($1::uuid[], $2::timestamptz[]) as r (redemption_id, at)
       where e.redemption_id = r.redemption_id and e.revoked_at is null`,
      [refunded.map(({ redemptionId }) => redemptionId), refunded.map(({ at }) => at)],
    );
  },
);
