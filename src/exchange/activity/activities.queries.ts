import type { PostingCode } from '../../ledger/posting.ts';
import type { WalletBalance } from '../../ledger/wallets.ts';
import type { Db } from '../../platform/database.ts';

/** A page of one member's activities. Versions are strings, as a loader compares requests as JSON. */
export interface ActivityRequest {
  readonly memberId: string;
  readonly size: number;
  /** Only what this partner did; everything when left out. */
  readonly partnerId?: string | undefined;
  /** Only versions below these; of a wallet that is not named, none. */
  readonly below?: readonly (readonly [currencyNo: number, version: string])[] | undefined;
  /** Only these versions and higher; of a wallet that is not named, all. */
  readonly from?: readonly (readonly [currencyNo: number, version: string])[] | undefined;
}

/** One posting's change of one wallet. */
export interface Activity extends WalletBalance {
  readonly postingId: bigint;
  readonly currencyNo: number;
  readonly code: PostingCode;
  readonly reference: string;
  readonly partnerId: string | null;
  readonly occurredAt: Date;
  readonly recordedAt: Date;
  readonly availableChange: bigint;
  readonly heldChange: bigint;
  readonly pendingChange: bigint;
}

type Read = (db: Db, requests: readonly ActivityRequest[]) => Promise<Activity[][]>;

const COLUMNS = `e.posting_id as "postingId", a.unit as "currencyNo", e.code, e.reference, e.partner as "partnerId",
  e.occurred_at as "occurredAt", e.recorded_at as "recordedAt", e.version,
  e.available as "availableChange", coalesce((e.aside).held, 0) as "heldChange", coalesce((e.aside).pending, 0) as "pendingChange",
  e.available_after as available, coalesce((e.aside).held_after, 0) as held, coalesce((e.aside).pending_after, 0) as pending`;

type Order = 'asc' | 'desc';

/** The newest or oldest entries of a wallet `a`, read along its primary key; what is asked for in terms of SQL. */
function entriesOf(order: Order, asked: { readonly versions: string; readonly size: string; readonly partnerId: string }): string {
  return `cross join lateral (
      select e.*, p.code, p.reference, p.partner, p.occurred_at, p.recorded_at
      from ledger.entries e join ledger.postings p on p.id = e.posting_id
      where e.account_id = a.id and ${asked.versions} and (${asked.partnerId} is null or p.partner = ${asked.partnerId})
      order by e.version ${order} limit ${asked.size} + 1
    ) e`;
}

const inOrder = (order: Order): string => `e.posting_id ${order}, a.unit ${order === 'desc' ? 'asc' : 'desc'}`;

/** An end of one list. It takes values and no arrays, so that one plan is as good for all: planning took longer than reading. */
const endOf = (order: Order): string => `
    select ${COLUMNS}
    from ledger.accounts a
    ${entriesOf(order, { versions: 'e.version <= a.version', size: '$2::integer', partnerId: '$3::uuid' })}
    where a.kind = 'WALLET' and a.owner = $1::uuid and a.topic is null
    order by ${inOrder(order)}`;

/** Pages of any number of lists, cut anywhere. */
const pagesOf = (order: Order): string => `
    select r.n, ${COLUMNS}
    from unnest($1::uuid[], $2::integer[], $3::uuid[], $4::boolean[]) with ordinality as r (member_id, size, partner_id, cut, n)
    join ledger.accounts a on a.kind = 'WALLET' and a.owner = r.member_id and a.topic is null
    left join unnest($5::integer[], $6::smallint[], $7::bigint[]) as b (n, unit, version) on b.n = r.n and b.unit = a.unit
    left join unnest($8::integer[], $9::smallint[], $10::bigint[]) as f (n, unit, version) on f.n = r.n and f.unit = a.unit
    ${entriesOf(order, {
      versions: `e.version < case when r.cut then coalesce(b.version, 0) else a.version + 1 end and e.version >= coalesce(f.version, 0)`,
      size: 'r.size',
      partnerId: 'r.partner_id',
    })}
    order by r.n, ${inOrder(order)}`;

/** One statement however many requests. */
function readerOf(order: Order): Read {
  const [end, pages] = [endOf(order), pagesOf(order)];
  return async (db, requests) => {
    const [only, ...others] = requests;
    if (only !== undefined && others.length === 0 && only.below === undefined && only.from === undefined)
      return [await db.rows<Activity>(end, [only.memberId, only.size, only.partnerId])];
    const below = requests.flatMap(({ below: cut = [] }, at) => cut.map(([unit, version]) => ({ n: at + 1, unit, version })));
    const from = requests.flatMap(({ from: cut = [] }, at) => cut.map(([unit, version]) => ({ n: at + 1, unit, version })));
    const rows = await db.rows<Activity & { n: bigint }>(pages, [
      requests.map((r) => r.memberId),
      requests.map((r) => r.size),
      requests.map((r) => r.partnerId ?? null),
      requests.map((r) => r.below !== undefined),
      ...[below, from].flatMap((cut) => [cut.map((c) => c.n), cut.map((c) => c.unit), cut.map((c) => c.version)]),
    ]);
    const byRequest = Map.groupBy(rows, (row) => Number(row.n));
    return requests.map((_, at) => byRequest.get(at + 1) ?? []);
  };
}

/** For each request the newest entries of every wallet of the member, one more than the page holds; newest first. */
export const readActivities: Read = readerOf('desc');

/** The same from the other end: the oldest entries, oldest first. */
export const readActivitiesBackwards: Read = readerOf('asc');
