import type { PageSlice } from '../../kernel/cursor.ts';
import { mergedLists } from '../../platform/batching/merged.ts';
import type { Db, Tx } from '../../platform/database.ts';
import type { Reward } from './reward.ts';

interface RewardRow extends Omit<Reward, 'faceValueMinor' | 'entitlementMonths' | 'effectiveUntil'> {
  readonly faceValueMinor: bigint | null;
  readonly entitlementMonths: number | null;
  readonly effectiveUntil: Date | null;
}

const COLUMNS = `r.id, r.code, r.version, r.partner_id as "partnerId", r.name, r.kind, r.currency_no as "currencyNo", r.points,
  r.face_value_minor as "faceValueMinor", r.entitlement_months as "entitlementMonths",
  r.effective_from as "effectiveFrom", r.effective_until as "effectiveUntil"`;

const inForceAt = (instant: string): string =>
  `r.effective_from <= ${instant} and (r.effective_until is null or r.effective_until > ${instant})`;

const toReward = (row: RewardRow): Reward => ({
  ...row,
  faceValueMinor: row.faceValueMinor ?? undefined,
  entitlementMonths: row.entitlementMonths ?? undefined,
  effectiveUntil: row.effectiveUntil ?? undefined,
});

/** Versions of rewards by id, for `load`; undefined where there is none. */
export async function readRewards(db: Db, ids: readonly string[]): Promise<(Reward | undefined)[]> {
  const rows = await db.rows<RewardRow>(`select ${COLUMNS} from exchange.rewards r where r.id = any($1::uuid[])`, [ids]);
  const byId = new Map(rows.map((row) => [row.id, toReward(row)]));
  return ids.map((id) => byId.get(id));
}

/** A page of rewards in force, of one partner or of all. */
export interface RewardPage {
  readonly partnerId: string | undefined;
  readonly at: Date;
  readonly slice: PageSlice;
}

/** For each page the rewards in force, by code and then id, one more than it holds; backwards from the end of the list. */
export async function readRewardPages(db: Db, pages: readonly RewardPage[]): Promise<Reward[][]> {
  const rows = await db.rows<RewardRow & { n: bigint }>(
    `select p.n, r.*
     from unnest($1::uuid[], $2::timestamptz[], $3::integer[], $4::boolean[], $5::text[], $6::uuid[], $7::text[], $8::uuid[]) with ordinality
       as p (partner_id, at, size, backwards, after_code, after_id, before_code, before_id, n)
     cross join lateral (
       select ${COLUMNS} from exchange.rewards r
       where (p.partner_id is null or r.partner_id = p.partner_id) and ${inForceAt('p.at')}
         and (p.after_code is null or (r.code collate "C", r.id) > (p.after_code, p.after_id))
         and (p.before_code is null or (r.code collate "C", r.id) < (p.before_code, p.before_id))
       order by case when p.backwards then null else r.code collate "C" end, case when p.backwards then null else r.id end,
         r.code collate "C" desc, r.id desc
       limit p.size + 1
     ) r
     order by p.n, case when p.backwards then null else r.code collate "C" end, case when p.backwards then null else r.id end,
       r.code collate "C" desc, r.id desc`,
    [
      pages.map(({ partnerId }) => partnerId ?? null),
      pages.map(({ at }) => at),
      pages.map(({ slice }) => slice.size),
      pages.map(({ slice }) => slice.backwards),
      ...[0, 1].map((part) => pages.map(({ slice }) => slice.after?.[part] ?? null)),
      ...[0, 1].map((part) => pages.map(({ slice }) => slice.before?.[part] ?? null)),
    ],
  );
  const byPage = Map.groupBy(rows, ({ n }) => Number(n));
  return pages.map((_, at) => (byPage.get(at + 1) ?? []).map(({ n: _n, ...row }) => toReward(row)));
}

/** How a reward is named: one version of it by its id, or the one in force by partner and code. */
export type RewardKey = { readonly id: string } | { readonly partnerId: string; readonly code: string };

/** The versions of rewards that are in force at an instant. */
export const findRewards = mergedLists(
  'READ',
  async (db: Db, keys: readonly (RewardKey & { readonly at: Date })[]): Promise<(Reward | undefined)[]> => {
    const rows = await db.rows<RewardRow & { n: bigint }>(
      `select k.n, r.* from unnest($1::timestamptz[], $2::uuid[], $3::uuid[], $4::text[]) with ordinality as k (at, id, partner_id, code, n)
       cross join lateral (
         select ${COLUMNS} from exchange.rewards r where r.id = k.id and ${inForceAt('k.at')}
         union all
         select ${COLUMNS} from exchange.rewards r where r.partner_id = k.partner_id and r.code = k.code and ${inForceAt('k.at')}
       ) r`,
      [
        keys.map(({ at }) => at),
        keys.map((key) => ('id' in key ? key.id : null)),
        keys.map((key) => ('id' in key ? null : key.partnerId)),
        keys.map((key) => ('id' in key ? null : key.code)),
      ],
    );
    const found = new Map(rows.map(({ n, ...row }) => [Number(n) - 1, toReward(row)]));
    return keys.map((_, at) => found.get(at));
  },
);

/** How many versions of a code a partner has published. */
export async function countVersions(tx: Tx, partnerId: string, code: string): Promise<number> {
  const [row] = await tx.rows<{ versions: number }>(
    'select count(*)::integer as versions from exchange.rewards where partner_id = $1 and code = $2',
    [partnerId, code],
  );
  return row?.versions ?? 0;
}

/** What was offered under the code at this instant or later no longer is. */
export async function endRewardsBefore(tx: Tx, partnerId: string, code: string, instant: Date): Promise<void> {
  await tx.rows(
    `update exchange.rewards set effective_until = greatest(effective_from, $3)
     where partner_id = $1 and code = $2 and (effective_until is null or effective_until > $3)`,
    [partnerId, code, instant.toISOString()],
  );
}

export async function insertReward(tx: Tx, r: Reward, publishedAt: Date): Promise<void> {
  await tx.rows(
    `insert into exchange.rewards (id, code, version, partner_id, name, kind, currency_no, points, face_value_minor, entitlement_months,
       effective_from, effective_until, published_at)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)`,
    [
      r.id,
      r.code,
      r.version,
      r.partnerId,
      r.name,
      r.kind,
      r.currencyNo,
      r.points,
      r.faceValueMinor ?? null,
      r.entitlementMonths ?? null,
      r.effectiveFrom.toISOString(),
      r.effectiveUntil?.toISOString() ?? null,
      publishedAt.toISOString(),
    ],
  );
}
