import { isLotOf } from '../../ledger/lots-of-account.ts';
import type { Db } from '../../platform/database.ts';
import type { LotChain, LotChange, LotEdge, LotRoot, StoredLot } from './lot.ts';

/** A chain is followed so far, and no further. */
const MOST_GENERATIONS = 50;
export const MOST_LOTS = 1_000;

interface LotRow extends Omit<StoredLot, 'expiresAt'> {
  readonly expiresAt: Date | null;
}

const COLUMNS = `l.id, a.owner as "memberId", a.unit as "currencyNo", l.issuer, l.origin, l.initial as points, l.available, l.held,
  l.earned_at as "earnedAt", l.expires_at as "expiresAt", l.redemption_micros as "redemptionMicros"`;

const toLot = (row: LotRow): StoredLot => ({ ...row, expiresAt: row.expiresAt ?? undefined });

/** Lots by id, for `load`; undefined where there is none. */
export async function readLots(db: Db, ids: readonly string[]): Promise<(StoredLot | undefined)[]> {
  const rows = await db.rows<LotRow>(
    `select ${COLUMNS} from ledger.lots l join ledger.accounts a on a.id = l.account_id where l.id = any($1::uuid[])`,
    [ids],
  );
  const byId = new Map(rows.map((row) => [row.id, toLot(row)]));
  return ids.map((id) => byId.get(id));
}

/** A page of a member's lots. */
export interface LotPage {
  readonly memberId: string;
  readonly currencyNo: number | undefined;
  readonly onlyOpen: boolean;
  /** Only what this partner issued; everything when left out. */
  readonly issuer: string | undefined;
  readonly size: number;
  readonly after: string | undefined;
  readonly before: string | undefined;
  readonly backwards: boolean;
}

/** For each page the lots, newest first, one more than it holds; backwards the oldest first. */
export async function readLotPages(db: Db, pages: readonly LotPage[]): Promise<StoredLot[][]> {
  const rows = await db.rows<LotRow & { n: bigint }>(
    `select p.n, l.*
     from unnest($1::uuid[], $2::smallint[], $3::boolean[], $4::uuid[], $5::integer[], $6::uuid[], $7::uuid[], $8::boolean[]) with ordinality
       as p (member_id, unit, only_open, issuer, size, after, before, backwards, n)
     cross join lateral (
       select ${COLUMNS} from ledger.accounts a cross join lateral (select * from ledger.lots o where ${isLotOf('o', 'a.id')} offset 0) l
       where a.kind = 'WALLET' and a.owner = p.member_id and a.topic is null and (p.unit is null or a.unit = p.unit)
         and (not p.only_open or l.available + l.held > 0) and (p.issuer is null or l.issuer = p.issuer)
         and (p.after is null or l.id < p.after) and (p.before is null or l.id > p.before)
       order by case when p.backwards then l.id end, l.id desc
       limit p.size + 1
     ) l
     order by p.n, case when p.backwards then l.id end, l.id desc`,
    [
      pages.map(({ memberId }) => memberId),
      pages.map(({ currencyNo }) => currencyNo ?? null),
      pages.map(({ onlyOpen }) => onlyOpen),
      pages.map(({ issuer }) => issuer ?? null),
      pages.map(({ size }) => size),
      pages.map(({ after }) => after ?? null),
      pages.map(({ before }) => before ?? null),
      pages.map(({ backwards }) => backwards),
    ],
  );
  const byPage = Map.groupBy(rows, ({ n }) => Number(n));
  return pages.map((_, at) => (byPage.get(at + 1) ?? []).map(({ n: _n, ...row }) => toLot(row)));
}

/**
 * The lots right above one: its parent, where it names one; else those of other currencies of its member that the posting used which
 * opened it. Points of a parent that was used before, as of a late refund, are those that came back.
 */
const above = (one: string): string => `
  select c.parent, c.id as child, coalesce(-(u.available + u.held), c.initial) as points
  from ledger.lots c left join ledger.lot_uses u on u.lot_id = c.parent and u.posting_id = c.posting_id
  where c.id = ${one} and c.parent is not null
  union all
  select u.lot_id, c.id, -(u.available + u.held)
  from ledger.lots c join ledger.lot_uses u on u.posting_id = c.posting_id and u.lot_id <> c.id
  join ledger.lots p on p.id = u.lot_id join ledger.accounts pa on pa.id = p.account_id join ledger.accounts ca on ca.id = c.account_id
  where c.id = ${one} and c.parent is null and c.origin in ('EXCHANGE', 'CONVERSION') and pa.owner = ca.owner and pa.unit <> ca.unit`;

/** The lots right below one, by the same rule. */
const below = (one: string): string => `
  select c.parent, c.id as child, coalesce(-(u.available + u.held), c.initial) as points
  from ledger.lots c left join ledger.lot_uses u on u.lot_id = c.parent and u.posting_id = c.posting_id
  where c.parent = ${one}
  union all
  select p.id, c.id, -(u.available + u.held)
  from ledger.lots p join ledger.lot_uses u on u.lot_id = p.id
  join ledger.lots c on c.posting_id = u.posting_id and c.id <> p.id and c.origin <> 'ACCRUAL'
  join ledger.accounts pa on pa.id = p.account_id join ledger.accounts ca on ca.id = c.account_id
  where p.id = ${one} and c.parent is null and c.origin in ('EXCHANGE', 'CONVERSION') and pa.owner = ca.owner and pa.unit <> ca.unit`;

/** How much is wanted about one lot. */
export interface PartOfLot {
  readonly lotId: string;
  readonly most: number;
}

const columnsOf = (wanted: readonly PartOfLot[]) => [wanted.map(({ lotId }) => lotId), wanted.map(({ most }) => most)];

function readEdges(edges: (one: string) => string): (db: Db, wanted: readonly PartOfLot[]) => Promise<LotEdge[][]> {
  return async (db, wanted) => {
    const rows = await db.rows<LotEdge & { n: bigint }>(
      `select o.n, e.parent as "parentId", e.child as "childId", e.points
       from unnest($1::uuid[], $2::integer[]) with ordinality as o (id, most, n)
       cross join lateral (select * from (${edges('o.id')}) e order by e.parent, e.child limit o.most) e
       order by o.n, e.parent, e.child`,
      columnsOf(wanted),
    );
    const byLot = Map.groupBy(rows, ({ n }) => Number(n));
    return wanted.map((_, at) => (byLot.get(at + 1) ?? []).map(({ parentId, childId, points }) => ({ parentId, childId, points })));
  };
}

/** For each lot, the lots that its points came from. */
export const readParents = readEdges(above);

/** For each lot, the lots that points of it went into. */
export const readChildren = readEdges(below);

/** All lots in one direction from `o.id`, itself the first, each with how many steps it is away. */
const walk = (edges: (one: string) => string, end: 'parent' | 'child'): string => `
  with recursive chain (id, generation) as (
    select o.id, 0
    union
    select e.${end}, g.generation + 1
    from chain g cross join lateral (${edges('g.id')}) e
    where g.generation < ${MOST_GENERATIONS}
  )
  select id, generation from chain limit ${MOST_LOTS}`;

/** Whose points and wallets each lot hangs together with. */
export async function readChains(db: Db, ids: readonly string[]): Promise<LotChain[]> {
  const rows = await db.rows<{ n: bigint } & LotChain>(
    `select o.n, array_agg(distinct l.issuer) as issuers,
       coalesce(array_agg(distinct a.owner) filter (where w.generation >= 0), '{}') as "holdersBelow",
       coalesce(array_agg(distinct a.owner) filter (where w.generation = -1), '{}') as "holdersAbove"
     from unnest($1::uuid[]) with ordinality as o (id, n)
     cross join lateral (
       select u.id, -u.generation as generation from (${walk(above, 'parent')}) u where u.generation > 0
       union all
       select d.id, d.generation from (${walk(below, 'child')}) d
     ) w
     join ledger.lots l on l.id = w.id
     join ledger.accounts a on a.id = l.account_id
     group by o.n`,
    [ids],
  );
  const byLot = new Map(rows.map(({ n, ...chain }) => [Number(n), chain]));
  return ids.map((_, at) => byLot.get(at + 1) ?? { issuers: [], holdersBelow: [], holdersAbove: [] });
}

/**
 * For each lot, the lots at the beginning of its chain: how many points of each went on, and the accrual behind it. A lot without parents is
 * its own. The chain is walked once; roots and what passed from lot to lot are found in what was walked.
 */
export async function readRoots(db: Db, ids: readonly string[]): Promise<LotRoot[][]> {
  const rows = await db.rows<{ n: bigint; lotId: string; points: bigint; accrualId: string | null }>(
    `with walked as materialized (
       select distinct o.n, w.id
       from unnest($1::uuid[]) with ordinality as o (id, n) cross join lateral (${walk(above, 'parent')}) w
     ), edges as materialized (
       select w.n, e.parent, e.child, e.points from walked w cross join lateral (${above('w.id')}) e
     ), passed as materialized (
       select n, parent, sum(points)::bigint as points from edges group by n, parent
     ), roots as materialized (
       select n, id from walked except select n, child from edges
     )
     select r.n, l.id as "lotId", coalesce(s.points, l.initial) as points, p.reference as "accrualId"
     from roots r
     join ledger.lots l on l.id = r.id
     left join passed s on s.n = r.n and s.parent = r.id
     left join ledger.postings p on p.id = l.posting_id and l.origin = 'ACCRUAL'
     order by r.n, l.id`,
    [ids],
  );
  const byLot = Map.groupBy(rows, ({ n }) => Number(n));
  return ids.map((_, at) =>
    (byLot.get(at + 1) ?? []).map(({ lotId, points, accrualId }) => ({ lotId, points, accrualId: accrualId ?? undefined })),
  );
}

/** For each lot what was done to it last, oldest first: how it came, and every use. */
export async function readHistories(db: Db, wanted: readonly PartOfLot[]): Promise<LotChange[][]> {
  const rows = await db.rows<LotChange & { n: bigint }>(
    `select o.n, h.*
     from unnest($1::uuid[], $2::integer[]) with ordinality as o (id, most, n)
     cross join lateral (
       select p.id, c.step, p.code, p.occurred_at as at, c.available, c.held, p.partner as "partnerId", p.reference
       from (
         select l.posting_id, 0 as step, l.initial as available, 0::bigint as held from ledger.lots l where l.id = o.id
         union all
         select u.posting_id, 1, u.available, u.held from ledger.lot_uses u where u.lot_id = o.id
       ) c
       join ledger.postings p on p.id = c.posting_id
       order by p.id desc, c.step desc limit o.most
     ) h
     order by o.n, h.id, h.step`,
    columnsOf(wanted),
  );
  const byLot = Map.groupBy(rows, ({ n }) => Number(n));
  return wanted.map((_, at) => byLot.get(at + 1) ?? []);
}
