// Grows a coalition to a size in little time: set operations of its database's owner leave the rows, in the order and with the indexes, that
// as many accruals would have left one by one. What comes out is a book that the verification finds intact.

import type { Client } from 'pg';

/** How many postings are made at a time: what one statement sorts stays in memory. */
const CHUNK = 250_000;
/** How many of them would have shared a transaction. */
const SHARED = 32;

/** Nothing of a book that is being made up would be missed after a crash. */
const HURRY = ['fsync', 'synchronous_commit', 'full_page_writes', 'autovacuum'];

export interface Size {
  readonly postings: number;
  readonly members: number;
}

/** Adds members and postings until there are as many as wanted, and leaves the database as its own upkeep would within the hour; answers how many there are. */
export async function growTo(owner: Client, { postings, members }: Size, heard: (postings: number) => void): Promise<number> {
  for (const setting of HURRY) await owner.query(`alter system set ${setting} = off`);
  await owner.query('select pg_reload_conf()');
  // Foreign keys and sums are not looked at row by row: the verification does so in the end.
  await owner.query("set work_mem = '512MB'; set maintenance_work_mem = '512MB'; set jit = off; set session_replication_role = replica");
  await addMembers(owner, members - (await count(owner, 'members.members')));
  await owner.query(PEOPLE);
  let have = await count(owner, 'ledger.postings');
  while (have < postings) {
    const some = Math.min(CHUNK, postings - have);
    await owner.query('begin');
    for (const statement of CHUNK_STATEMENTS) await owner.query(statement.replaceAll(':some', String(some)));
    await owner.query('commit');
    have += some;
    heard(have);
    // A hot account's row was changed once for a whole chunk: nothing else is left to clean.
    await owner.query('vacuum (analyze) ledger.accounts');
  }
  await owner.query('vacuum (analyze)');
  for (const setting of HURRY) await owner.query(`alter system reset ${setting}`);
  await owner.query('select pg_reload_conf()');
  await owner.query('checkpoint');
  return have;
}

async function count(owner: Client, table: string): Promise<number> {
  const { rows } = await owner.query<{ count: number }>(`select count(*)::integer from ${table}`);
  return rows[0]?.count ?? 0;
}

async function addMembers(owner: Client, missing: number): Promise<void> {
  if (missing <= 0) return;
  await owner.query(
    `with enrolled as (
       insert into members.members (id, card_number, display_name, enrolled_at)
       select uuidv7(), '7' || lpad((g + (select count(*) from members.members))::text, 15, '0'), 'Bench', date_trunc('milliseconds', clock_timestamp())
       from generate_series(1, $1::integer) as g
       returning id, enrolled_at
     )
     insert into members.consents (member_id, purpose, granted, version, recorded_at)
     select id, 'SERVICE', true, '1', enrolled_at from enrolled`,
    [missing],
  );
  await owner.query('vacuum (analyze) members.members, members.consents');
}

/** Everybody by a number, to be drawn by chance. */
const PEOPLE = `
  create temporary table if not exists people (n integer primary key, id uuid not null);
  truncate people;
  insert into people select row_number() over (), id from members.members;
  analyze people;
  create temporary table if not exists brands as
  select i.issuer as partner, i.no as unit, row_number() over (order by i.no)::integer as n
  from partners.point_currencies i join partners.partners p on p.id = i.issuer;
  insert into ledger.accounts (kind, owner, unit, topic)
  select 'ISSUANCE'::ledger.account_kind, partner, unit, null::smallint from brands
  union all select 'PARTNER', partner, 0, null from brands
  union all select 'POOL', null, 0, unit from brands
  union all select 'OPERATOR', null, 0, null
  on conflict do nothing`;

/** The five accounts of an accrual, and what each gets for a point. */
const LEGS = `
  select c.n, c.wallet as account, c.points as amount from placed c
  union all select c.n, a.id, -c.points from placed c join ledger.accounts a on a.kind = 'ISSUANCE' and a.owner = c.partner
  union all select c.n, a.id, -c.points * 12000 from placed c join ledger.accounts a on a.kind = 'PARTNER' and a.owner = c.partner
  union all select c.n, a.id, c.points * 10000 from placed c join ledger.accounts a on a.kind = 'POOL' and a.topic = c.unit
  union all select c.n, a.id, c.points * 2000 from placed c join ledger.accounts a on a.kind = 'OPERATOR' and a.topic is null`;

/** Receipts count upwards at each of a thousand tills of a brand, as theirs do; keys are random, as those of clients are. */
const CHUNK_STATEMENTS = [
  `create temporary table drawn on commit drop as
   select g.n, 1 + floor(random() * (select count(*) from people))::integer as person, 1 + floor(random() * (select count(*) from brands))::integer as brand,
     1 + floor(random() * 500)::bigint as points, uuidv7() as accrual, uuidv7() as lot,
     't' || lpad(floor(random() * 1000)::text, 3, '0') || '-' || lpad(g.n::text, 10, '0') as receipt
   from (select nextval('ledger.posting_ids') as n from generate_series(1, :some)) as g`,
  `create temporary table met on commit drop as
   select d.*, p.id as member, b.partner, b.unit from drawn d join people p on p.n = d.person join brands b on b.n = d.brand`,
  'analyze met',
  `insert into ledger.accounts (kind, owner, unit)
   select 'WALLET', w.member, w.unit
   from (select m.member, m.unit, min(m.n) as first from met m group by m.member, m.unit) as w
   where not exists (select from ledger.accounts a where a.kind = 'WALLET' and a.owner = w.member and a.unit = w.unit)
   order by w.first`,
  `create temporary table placed on commit drop as
   select m.*, a.id as wallet, date_trunc('milliseconds', now()) as at
   from met m join ledger.accounts a on a.kind = 'WALLET' and a.owner = m.member and a.unit = m.unit order by m.n`,
  'analyze placed',
  `insert into ledger.postings (id, code, cycle, occurred_at, recorded_at, reference, partner, xid)
   select c.n, 'accrual.confirmed', (select no from ledger.cycles where status = 'OPEN'), c.at, c.at, c.accrual, c.partner, c.n / ${SHARED} - 1000000000000
   from placed c order by c.n`,
  `create temporary table moved on commit drop as
   select l.n, l.account, l.amount, row_number() over w as version, sum(l.amount) over w as total
   from (${LEGS}) as l window w as (partition by l.account order by l.n)`,
  'analyze moved',
  `insert into ledger.entries (account_id, version, posting_id, available, available_after)
   select m.account, a.version + m.version, m.n, m.amount, a.available + m.total
   from moved m join ledger.accounts a on a.id = m.account order by m.n, m.account`,
  `update ledger.accounts a set available = a.available + s.amount, version = a.version + s.entries, changed_at = date_trunc('milliseconds', now())
   from (select m.account, sum(m.amount) as amount, count(*) as entries from moved m group by m.account) as s where a.id = s.account`,
  `insert into ledger.lots (id, account_id, issuer, origin, posting_id, earned_at, initial, available, redemption_micros, funded_micros)
   select c.lot, c.wallet, c.partner, 'ACCRUAL', c.n, c.at, c.points, c.points, 10000, 10000 from placed c order by c.n`,
  `insert into exchange.accruals (id, partner_id, external_id, request_hash, member_id, currency_no, status, occurred_at, recorded_at, channel,
     amount_minor, points, redemption_micros, service_micros, funded_micros, lot_id, breakdown)
   select c.accrual, c.partner, c.receipt, sha256(uuid_send(c.accrual)), c.member, c.unit, 'CONFIRMED', c.at, c.at, 'POS',
     c.points * 10, c.points, 10000, 2000, 10000, c.lot, jsonb_build_array(jsonb_build_object('rule', 'FLAT', 'points', c.points::text, 'version', 1))
   from placed c order by c.n`,
  `insert into platform.idempotency_keys (id, request_hash, outcome)
   select gen_random_uuid(), sha256(uuid_send(c.lot)), jsonb_build_object('money', (-c.points * 12000)::text,
     'status', 'CONFIRMED', 'accrual', c.accrual, 'balance', jsonb_build_array(c.points::text, '0', '0', '1'), 'returned', '0', 'reversed', '0')
   from placed c order by c.n`,
];
