// How long it takes to close a cycle of a million accruals over 50 partners, against one sum over the same entries, and how long an accrual
// waits meanwhile. On a durable PostgreSQL of its own. Run:
// node --import ./bench/transpile.ts bench/close-cycle.bench.ts [accruals]

import 'reflect-metadata';
import { rmSync } from 'node:fs';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { newId } from '../src/kernel/ids.ts';
import { coalitionNow } from '../src/partners/coalition.ts';
import { openCoalition } from '../src/partners/open-coalition.ts';
import type { Database } from '../src/platform/database.ts';
import { startEmbeddedPostgres } from '../src/platform/embedded/embedded-postgres.ts';
import { temporaryDataDir } from '../src/platform/embedded/temporary-postgres.ts';
import { attemptOf } from '../src/platform/idempotency.ts';
import { migrate } from '../src/platform/migrate.ts';
import { closeCycle } from '../src/settlement/cycles/close-cycle.ts';
import { readCyclesByNo } from '../src/settlement/cycles/cycles.queries.ts';
import { sweepSettlement } from '../src/settlement/jobs/settlement-sweep.ts';
import { drawLines } from '../src/settlement/lines/load-lines.ts';
import { type Brand, foundBrands, postAccruals } from './brands.ts';
import { median, say } from './figures.ts';

const ACCRUALS = Number(process.argv[2] ?? 1_000_000);
const PARTNERS = 50;
const MEMBERS = 20_000;
const BATCH = 1_000;

const members = Array.from({ length: MEMBERS }, newId);

async function timed(work: () => Promise<unknown>): Promise<number> {
  const from = performance.now();
  await work();
  return Math.round(performance.now() - from);
}

/** One till that posts one accrual after the other, and how long each took. */
function till(db: Database, brand: Brand): () => Promise<number[]> {
  const waits: number[] = [];
  let running = true;
  const posting = (async () => {
    for (let at = 0; running; at += 1) waits.push(await timed(() => postAccruals(db, brand, members, { first: at, count: 1 })));
  })();
  return async () => {
    running = false;
    await posting;
    return waits;
  };
}

const dataDir = temporaryDataDir();
const postgres = await startEmbeddedPostgres({ dataDir, note: say });
try {
  await migrate(postgres.url);
  const db = await openCoalition(postgres.url, { poolSize: 6, lockTimeoutMs: 60_000 });
  const brands = await foundBrands(db, PARTNERS);
  const [busiest] = brands;
  if (busiest === undefined) throw new Error('there are no brands');
  say(`Posting ${ACCRUALS} accruals over ${PARTNERS} partners.`);
  let swept = performance.now();
  for (let first = 0; first < ACCRUALS; first += BATCH) {
    const brand = brands[(first / BATCH) % PARTNERS] ?? busiest;
    await postAccruals(db, brand, members, { first, count: Math.min(BATCH, ACCRUALS - first) });
    // The server does this every ten seconds.
    if (performance.now() - swept > 10_000) {
      await sweepSettlement(db);
      swept = performance.now();
      say(`  ${first + BATCH}`);
    }
  }
  await db.rows('select pg_sleep(0)');
  const sums: number[] = [];
  for (let run = 0; run < 3; run += 1)
    sums.push(await timed(() => db.rows('select account_id, sum(available) as sum from ledger.entries group by account_id')));

  const quiet = till(db, busiest);
  await new Promise((resolve) => setTimeout(resolve, 2_000));
  const before = await quiet();
  await sweepSettlement(db);
  const stop = till(db, busiest);
  await new Promise((resolve) => setTimeout(resolve, 500));
  const loop = monitorEventLoopDelay({ resolution: 5 });
  loop.enable();
  const oursMs = await timed(() => closeCycle(db, attemptOf('bench', 'closeCycle', { idempotencyKey: 'close' }), undefined));
  loop.disable();
  const waits = await stop();

  const { coalition } = await coalitionNow(db);
  const [cycle] = await readCyclesByNo(db, [1]);
  if (cycle === undefined) throw new Error('there is no first cycle');
  const lines = await drawLines(db, coalition, cycle, new Date());
  await db.rows('update settlement.progress set cycle_no = 0');
  const coldMs = await timed(() => drawLines(db, coalition, cycle, new Date()));
  const sumOnlyMs = median(sums);
  process.stdout.write(
    `${JSON.stringify({
      accruals: ACCRUALS,
      closeCycle: { oursMs, sumOnlyMs, ratio: Number((oursMs / sumOnlyMs).toFixed(2)) },
      linesWithoutReadingOnMs: coldMs,
      lines: lines.length,
      accrualMs: {
        before: { median: median(before), longest: Math.max(...before) },
        whileClosing: { median: median(waits), longest: Math.max(...waits) },
        // Of which the process itself was busy with the close.
        eventLoopHeldMs: Math.round(loop.max / 1e6),
      },
    })}\n`,
  );
  await db.close();
} finally {
  await postgres.stop();
  rmSync(dataDir, { recursive: true, force: true });
}
