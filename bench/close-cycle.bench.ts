// How long it takes to close a cycle of a million accruals over 50 partners, against one sum over the same entries, and how long an accrual
// waits meanwhile. On a durable PostgreSQL of its own. Run:
// node --import ./bench/transpile.ts bench/close-cycle.bench.ts [accruals]

import 'reflect-metadata';
import { rmSync } from 'node:fs';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { newId } from '../src/kernel/ids.ts';
import { wallet } from '../src/ledger/account.ts';
import { post } from '../src/ledger/post.ts';
import { accrualConfirmed } from '../src/ledger/postings/accrual.ts';
import { lockWallets } from '../src/ledger/wallets.ts';
import { bumpRevision, coalitionNow, coalitionToChange } from '../src/partners/coalition.ts';
import { foundPartners } from '../src/partners/found-partners.ts';
import { openCoalition } from '../src/partners/open-coalition.ts';
import { type Database, transact } from '../src/platform/database.ts';
import { startEmbeddedPostgres } from '../src/platform/embedded/embedded-postgres.ts';
import { temporaryDataDir } from '../src/platform/embedded/temporary-postgres.ts';
import { attemptOf } from '../src/platform/idempotency.ts';
import { migrate } from '../src/platform/migrate.ts';
import { closeCycle } from '../src/settlement/cycles/close-cycle.ts';
import { readCyclesByNo } from '../src/settlement/cycles/cycles.queries.ts';
import { sweepSettlement } from '../src/settlement/jobs/settlement-sweep.ts';
import { drawLines } from '../src/settlement/lines/load-lines.ts';

const ACCRUALS = Number(process.argv[2] ?? 1_000_000);
const PARTNERS = 50;
const MEMBERS = 20_000;
const BATCH = 1_000;
const PRICE = { redemptionElementMicros: 10_000n, serviceElementMicros: 2_000n };

const say = (line: string): void => void process.stderr.write(`${line}\n`);

async function found(db: Database): Promise<void> {
  const effectiveFrom = new Date(Date.now() - 1_000);
  await transact(db, async (tx) => {
    await coalitionToChange(tx);
    await foundPartners(
      tx,
      Array.from({ length: PARTNERS }, (_, at) => {
        const code = `P${String(at).padStart(2, '0')}`;
        return {
          code,
          name: code,
          roles: ['ISSUER' as const, 'ACCEPTOR' as const],
          currency: { code: `${code}T`, name: code },
          effectiveFrom,
          clauses: [
            { scope: { roles: ['ISSUER', 'ACCEPTOR'] } },
            { issuance: { currency: `${code}T`, ...PRICE } },
            { acceptance: { currencies: [`${code}T`] } },
            { paymentTerms: { netDays: 15, disputeWindowDays: 10 } },
          ],
          earnRules: [{ code: 'FLAT', currency: `${code}T`, flatMilliPointsPerUnit: 10_000 }],
        };
      }),
    );
    await bumpRevision(tx);
  });
}

const members = Array.from({ length: MEMBERS }, newId);

/** Accruals of one partner, as its tills would post them, with all that the book keeps of them. */
async function accrue(db: Database, partnerId: string, currencyNo: number, first: number, count: number): Promise<void> {
  const occurredAt = new Date();
  const owners = Array.from({ length: count }, (_, at) => members[(first * 7 + at * 13) % MEMBERS] ?? '');
  await transact(db, async (tx) => {
    const wallets = await lockWallets(
      tx,
      [...new Set(owners)].map((memberId) => ({ memberId, unit: currencyNo })),
    );
    const postings = owners.map((memberId, at) => {
      const points = BigInt(1 + ((first + at) % 500));
      const facts = { reference: newId(), memberId, partnerId, currencyNo, occurredAt, charge: { to: 'PARTNER' as const } };
      const lot = {
        id: newId(),
        wallet: wallet(memberId, currencyNo),
        issuer: partnerId,
        origin: 'ACCRUAL' as const,
        earnedAt: occurredAt,
        expiresAt: undefined,
        points,
        redemptionMicros: PRICE.redemptionElementMicros,
        fundedMicros: PRICE.redemptionElementMicros,
      };
      return accrualConfirmed(facts, [{ points, serviceMicros: PRICE.serviceElementMicros, fundedMicros: lot.fundedMicros }], [lot], []);
    });
    await post(tx, postings, [...wallets.values()]);
  });
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const from = performance.now();
  await work();
  return Math.round(performance.now() - from);
}

/** One till that posts one accrual after the other, and how long each took. */
function till(db: Database, partnerId: string, currencyNo: number): () => Promise<number[]> {
  const waits: number[] = [];
  let running = true;
  const posting = (async () => {
    for (let at = 0; running; at += 1) waits.push(await timed(() => accrue(db, partnerId, currencyNo, at, 1)));
  })();
  return async () => {
    running = false;
    await posting;
    return waits;
  };
}

const median = (values: readonly number[]): number => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;

const dataDir = temporaryDataDir();
const postgres = await startEmbeddedPostgres({ dataDir, note: say });
try {
  await migrate(postgres.url);
  const db = await openCoalition(postgres.url, { poolSize: 6, lockTimeoutMs: 60_000 });
  await found(db);
  const { coalition } = await coalitionNow(db);
  const issuers = coalition.partners.map(({ id }) => ({ id, no: coalition.currencies.find(({ issuerId }) => issuerId === id)?.no ?? 0 }));
  say(`Posting ${ACCRUALS} accruals over ${PARTNERS} partners.`);
  let swept = performance.now();
  for (let first = 0; first < ACCRUALS; first += BATCH) {
    const { id, no } = issuers[(first / BATCH) % PARTNERS] ?? { id: '', no: 0 };
    await accrue(db, id, no, first, Math.min(BATCH, ACCRUALS - first));
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

  const quiet = till(db, issuers[0]?.id ?? '', issuers[0]?.no ?? 0);
  await new Promise((resolve) => setTimeout(resolve, 2_000));
  const before = await quiet();
  await sweepSettlement(db);
  const stop = till(db, issuers[0]?.id ?? '', issuers[0]?.no ?? 0);
  await new Promise((resolve) => setTimeout(resolve, 500));
  const loop = monitorEventLoopDelay({ resolution: 5 });
  loop.enable();
  const oursMs = await timed(() => closeCycle(db, attemptOf('bench', 'closeCycle', { idempotencyKey: 'close' }), undefined));
  loop.disable();
  const waits = await stop();

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
