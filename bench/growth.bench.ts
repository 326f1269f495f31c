// What an accrual costs in a small book and in a large one, on a durable PostgreSQL of its own. The book grows from size to size in one run. Run:
// node --import ./bench/transpile.ts bench/growth.bench.ts [--json] [--postings=100000,1000000] [--members=10000,100000] [--accruals=16000]

import 'reflect-metadata';
import { rmSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { Client } from 'pg';
import { EXCHANGE_CHECKS } from '../src/exchange/exchange.checks.ts';
import { describeVerification, verifyLedger } from '../src/ledger/verify.ts';
import { openCoalition } from '../src/partners/open-coalition.ts';
import { startEmbeddedPostgres } from '../src/platform/embedded/embedded-postgres.ts';
import { temporaryDataDir } from '../src/platform/embedded/temporary-postgres.ts';
import { migrate } from '../src/platform/migrate.ts';
import { foundBrands } from './brands.ts';
import { publish, say } from './figures.ts';
import { growTo } from './growth/fill.ts';
import { type Cost, measure } from './growth/measure.ts';
import { bytesOf } from './growth/sizes.ts';
import { bytesOfTwoLegs } from './growth/two-legs.ts';
import { interrupted } from './interrupted.ts';

const { values } = parseArgs({
  options: {
    json: { type: 'boolean', default: false },
    postings: { type: 'string', default: '100000,1000000,10000000' },
    members: { type: 'string', default: '10000,100000,1000000' },
    accruals: { type: 'string', default: '16000' },
  },
});
const numbers = (text: string): number[] => text.split(',').map(Number);
const members = numbers(values.members);
const sizes = numbers(values.postings).map((postings, at) => ({ postings, members: members[at] ?? Number.NaN }));
const accruals = Number(values.accruals);
if (![accruals, ...sizes.flatMap((size) => Object.values(size))].every((n) => Number.isInteger(n) && n > 0)) {
  say('--postings and --members are whole numbers with commas between them, equally many; --accruals is one');
  process.exit(1);
}

/** How many postings of two legs are weighed. */
const TRANSFERS = 10_000;

interface Grown extends Cost {
  readonly postings: number;
  readonly members: number;
}

const dataDir = temporaryDataDir();
const stops: (() => Promise<unknown>)[] = [];

async function run(): Promise<void> {
  const postgres = await startEmbeddedPostgres({ dataDir, maxConnections: 20, note: say });
  stops.push(postgres.stop);
  await migrate(postgres.url);
  const owner = new Client({ connectionString: postgres.url });
  await owner.connect();
  stops.push(() => owner.end());
  const db = await openCoalition(postgres.url, { poolSize: 1 });
  stops.push(db.close);
  const brands = await foundBrands(db, 10);

  const grown: Grown[] = [];
  let bytes: Record<string, number> = {};
  let twoLegs = { posting: Number.NaN, lots: Number.NaN };
  for (const size of sizes) {
    await growTo(owner, size, (postings) => say(`${postings} postings`));
    bytes = await bytesOf(owner, size.postings);
    grown.push({ ...size, ...(await measure({ db, owner, brands, accruals })) });
    say(JSON.stringify(grown.at(-1)));
    if (grown.length === 1) twoLegs = await bytesOfTwoLegs(db, owner, TRANSFERS);
  }
  const verification = await verifyLedger(db, EXCHANGE_CHECKS);
  say(describeVerification(verification));
  if (!verification.intact) process.exitCode = 1;
  const rows = grown.flatMap(({ postings, members, ...cost }) =>
    Object.entries(cost).map(([name, value]) => [`${postings} postings, ${members} members: ${name}`, value] as const),
  );
  const figures = { ...Object.fromEntries(rows), 'bytes of a posting of two legs': twoLegs.posting, 'bytes of its lots': twoLegs.lots };
  publish('Of one accrual', figures, { grown, bytes, twoLegs });
}

try {
  await Promise.race([run(), interrupted()]);
} finally {
  for (const stop of stops.toReversed()) await stop();
  rmSync(dataDir, { recursive: true, force: true });
}
process.exit();
