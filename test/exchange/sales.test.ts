import { Client } from 'pg';
import { settlementOf } from '../settlement/settlement-api.ts';
import { type Member, type Nova, startNova } from '../support/coalition.ts';

let nova: Nova;
let owner: Client;
let member: Member;
beforeAll(async () => {
  nova = await startNova();
  member = await nova.enrol({ homePartner: 'AERO' });
  await settlementOf(nova).sell('DEPOT', member, 500, { externalId: 'SALE' });
  owner = new Client({ connectionString: nova.app.url });
  await owner.connect();
});
afterAll(async () => {
  await owner.end();
  await nova.stop();
});

const copyWith = (changes: string) =>
  `insert into exchange.sales (id, partner_id, external_id, request_hash, member_id, occurred_at, recorded_at, cycle_no, gross_minor, net_minor)
   select gen_random_uuid(), partner_id, ${changes} from exchange.sales`;

test.each([
  ['an_external_id_is_sold_once', copyWith("'SALE', request_hash, member_id, occurred_at, recorded_at, cycle_no, 1, 1")],
  ['a_sale_is_net_of_its_gross', copyWith("'MORE', request_hash, member_id, occurred_at, recorded_at, cycle_no, 1, 2")],
  ['a_sale_is_net_of_its_gross', copyWith("'LESS', request_hash, member_id, occurred_at, recorded_at, cycle_no, 1, -1")],
  ['sales_cycle_no_fkey', copyWith("'NEVER', request_hash, member_id, occurred_at, recorded_at, 99, 1, 1")],
  ['reported_sales_are_append_only', 'update exchange.sales set net_minor = 0'],
  ['reported_sales_are_append_only', 'delete from exchange.sales'],
  ['reported_sales_are_append_only', 'truncate exchange.sales'],
])('%s: the database itself refuses what breaks it', async (constraint, statement) => {
  await expect(owner.query(statement)).rejects.toMatchObject({ constraint });
});

test('a sale is reported in the cycle that stays open until it is stored: who closes waits', async () => {
  const { db } = nova.app;
  await owner.query('begin');
  await owner.query("select pg_advisory_xact_lock(hashtext('ledger.cycle'))");
  const reported = settlementOf(nova).sell('DEPOT', member, 700, { externalId: 'WAITING' });
  // The report is under way once the database says that it waits.
  for (;;) {
    const [row] = await db.rows<{ waiting: bigint }>(
      "select count(*) as waiting from pg_locks where locktype = 'advisory' and not granted and database = (select oid from pg_database where datname = current_database())",
    );
    if ((row?.waiting ?? 0n) > 0n) break;
  }
  await owner.query("update ledger.cycles set status = 'CLOSED', closed_at = now(), cutoff = '2026-01-15T12:00:00+08:00' where no = 1");
  await owner.query(
    "insert into ledger.cycles (no, id, starts_at, cutoff) values (2, gen_random_uuid(), '2026-01-15T12:00:00+08:00', '2026-02-01T00:00:00+08:00')",
  );
  await owner.query('commit');
  expect((await reported).userErrors).toEqual([]);
  const [sale] = await db.rows<{ cycle_no: number }>("select cycle_no from exchange.sales where external_id = 'WAITING'");
  expect(sale).toEqual({ cycle_no: 2 });
});

test('a sale that another transaction stores first under its external id is found, and is a conflict', async () => {
  const { db } = nova.app;
  await owner.query('begin');
  await owner.query(`${copyWith("'RACE', request_hash, member_id, occurred_at, recorded_at, cycle_no, 1, 1")} where external_id = 'SALE'`);
  const reported = settlementOf(nova).sell('DEPOT', member, 900, { externalId: 'RACE' });
  // It has looked for the external id in vain once it waits for who writes it.
  const waiting = "select from pg_stat_activity where datname = current_database() and wait_event = 'transactionid'";
  const until = performance.now() + 5_000;
  while ((await owner.query(waiting)).rowCount === 0) {
    if (performance.now() > until) throw new Error('the report does not wait');
    await owner.query('select pg_stat_clear_snapshot()');
  }
  await owner.query('commit');
  expect((await reported).userErrors).toMatchObject([{ code: 'IDEMPOTENCY_CONFLICT', field: ['input', 'externalId'] }]);
  expect(await db.rows("select gross_minor from exchange.sales where external_id = 'RACE'")).toEqual([{ gross_minor: 1n }]);
});
