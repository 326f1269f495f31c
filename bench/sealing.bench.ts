// How fast entries are sealed in the background, and what closing a cycle costs with and without that; one page of the entries behind a long
// line, at its beginning and at its end. Run: npm run -s build && node bench/sealing.bench.ts [accruals]
import { randomUUID } from 'node:crypto';
import { Client } from 'pg';

const ACCRUALS = Number(process.argv[2] ?? 60_000);

type Module = Record<string, never>;
/** A module of the built program: decorators are not stripped, so it does not run from its source. */
const built = async <Name extends string>(name: Name): Promise<Module> => import(new URL(`../dist/${name}`, import.meta.url).href);

await built('app.js');
const { openCoalition } = (await built('app.js')) as unknown as typeof import('../src/partners/open-coalition.ts');
const { startTemporaryPostgres } = (await built(
  'platform/embedded/temporary-postgres.js',
)) as unknown as typeof import('../src/platform/embedded/temporary-postgres.ts');
const { migrate } = (await built('platform/migrate.js')) as unknown as typeof import('../src/platform/migrate.ts');
const { seedDemo } = (await built('seed/seed-demo.js')) as unknown as typeof import('../src/seed/seed-demo.ts');
const { attemptOf } = (await built('platform/idempotency.js')) as unknown as typeof import('../src/platform/idempotency.ts');
const { closeCycle } = (await built(
  'settlement/cycles/close-cycle.js',
)) as unknown as typeof import('../src/settlement/cycles/close-cycle.ts');
const { rollUp } = (await built('settlement/lines/roll-up.js')) as unknown as typeof import('../src/settlement/lines/roll-up.ts');
const { sealChunks } = (await built(
  'settlement/proof/seal-chunks.js',
)) as unknown as typeof import('../src/settlement/proof/seal-chunks.ts');
const { readLineEntries } = (await built(
  'settlement/drill-down/line-entries.queries.js',
)) as unknown as typeof import('../src/settlement/drill-down/line-entries.queries.ts');

/** Confirmed accruals of one partner, four entries each, written at once. */
async function fill(url: string): Promise<void> {
  const client = new Client({ connectionString: url });
  await client.connect();
  await client.query(`
    create temporary table legs as
    select a.id, a.unit, a.version as first, a.available as before, l.amount
    from (values ('PARTNER', -12000), ('POOL', 10000), ('OPERATOR', 2000), ('ISSUANCE', -1), ('REDEEMED', 1)) as l (kind, amount)
    join lateral (
      select a.* from ledger.accounts a
      where a.kind::text = l.kind and (a.owner is null or a.owner = (select i.owner from ledger.accounts i where i.kind = 'ISSUANCE' order by i.id limit 1))
        and (a.kind not in ('POOL', 'OPERATOR') or a.topic is not distinct from case when a.kind = 'POOL' then (
          select i.unit from ledger.accounts i where i.kind = 'ISSUANCE' order by i.id limit 1) end)
      limit 1
    ) a on true`);
  await client.query(
    `with added as (
       insert into ledger.postings (id, code, cycle, occurred_at, recorded_at, reference, partner)
       select nextval('ledger.posting_ids'), 'accrual.confirmed', 1, c.starts_at + interval '1 hour', now(), gen_random_uuid(),
         (select i.owner from ledger.accounts i where i.kind = 'ISSUANCE' order by i.id limit 1)
       from generate_series(1, $1) g, ledger.cycles c where c.no = 1
       returning id
     ), numbered as (select id, row_number() over (order by id) as n from added)
     insert into ledger.entries (account_id, version, posting_id, available, available_after)
     select l.id, l.first + n.n, n.id, l.amount, l.before + l.amount * n.n
     from numbered n cross join legs l where l.unit = 0`,
    [ACCRUALS],
  );
  await client.query(
    'update ledger.accounts a set version = l.first + $1, available = l.before + l.amount * $1 from legs l where l.id = a.id and l.unit = 0',
    [ACCRUALS],
  );
  await client.query('analyze ledger.entries, ledger.postings, ledger.accounts');
  await client.end();
}

async function timed<T>(what: string, work: () => Promise<T>): Promise<T> {
  const started = performance.now();
  const answer = await work();
  process.stdout.write(`${what}: ${Math.round(performance.now() - started)} ms\n`);
  return answer;
}

const close = (db: Parameters<typeof closeCycle>[0]) =>
  closeCycle(db, attemptOf('operator', 'closeCycle', { idempotencyKey: randomUUID() }), undefined);

for (const isSealed of [true, false]) {
  const postgres = await startTemporaryPostgres(20);
  try {
    await migrate(postgres.url);
    const db = await openCoalition(postgres.url, { poolSize: 4 });
    await seedDemo(db);
    await fill(postgres.url);
    process.stdout.write(
      `\n${3 * ACCRUALS} entries of ${ACCRUALS} accruals, ${isSealed ? 'sealed and summed before the close' : 'not sealed before the close'}\n`,
    );
    await timed('one GROUP BY sum over the entries', () =>
      db.rows('select account_id, sum(available) from ledger.entries e join ledger.postings p on p.id = e.posting_id group by 1'),
    );
    if (isSealed) {
      const started = performance.now();
      const chunks = await sealChunks(db);
      const seconds = (performance.now() - started) / 1_000;
      process.stdout.write(`sealed ${chunks * 256} entries in ${seconds.toFixed(2)} s: ${Math.round((chunks * 256) / seconds)} a second\n`);
      await timed('sums rolled up', () => rollUp(db));
    }
    await timed('close', () => close(db));
    if (isSealed) {
      const [own] = await db.rows<{ owner: string; id: bigint; version: bigint }>(
        "select owner, id, version from ledger.accounts where kind = 'PARTNER' order by version desc limit 1",
      );
      const source = { kind: 'PARTNER', owner: own?.owner ?? '', unit: 0, topic: null } as const;
      const page = (version: bigint) =>
        readLineEntries(db, 1, source, { size: 100, after: [String(own?.id), String(version)], before: undefined, backwards: false });
      await page(0n);
      await timed('a page of 100 at the beginning', () => page(0n));
      await timed('a page of 100 at the end', () => page((own?.version ?? 0n) - 200n));
    }
    await db.close();
  } finally {
    await postgres.stop();
  }
}
