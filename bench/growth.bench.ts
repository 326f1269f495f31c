// What an accrual costs in a small book and in a large one, each on a durable PostgreSQL of its own; slices of them take turns. Run,
// after npm run -s build: node --import ./bench/transpile.ts bench/growth.bench.ts [--json] [--postings=100000,1000000] [--members=10000,100000]
//   [--seconds=5] [--rounds=5] [--books=DIRECTORY]

import 'reflect-metadata';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { Client } from 'pg';
import { EXCHANGE_CHECKS } from '../src/exchange/exchange.checks.ts';
import { mintSandboxToken } from '../src/gateway/tokens.ts';
import { describeVerification, verifyLedger } from '../src/ledger/verify.ts';
import { openCoalition } from '../src/partners/open-coalition.ts';
import type { Database } from '../src/platform/database.ts';
import { startEmbeddedPostgres } from '../src/platform/embedded/embedded-postgres.ts';
import { temporaryDataDir } from '../src/platform/embedded/temporary-postgres.ts';
import { migrate } from '../src/platform/migrate.ts';
import { brandsIn, foundBrands } from './brands.ts';
import { type Child, startChild } from './child.ts';
import { publish, rounded, say } from './figures.ts';
import { growTo, type Size } from './growth/fill.ts';
import { type Course, costOfAll, openCourse, type Slice } from './growth/measure.ts';
import { bytesOf } from './growth/sizes.ts';
import { bytesOfTwoLegs } from './growth/two-legs.ts';
import { interrupted } from './interrupted.ts';
import { purchasesBy } from './throughput/our-accruals.ts';
import { startGateway } from './throughput/start-gateway.ts';

const { values } = parseArgs({
  options: {
    json: { type: 'boolean', default: false },
    postings: { type: 'string', default: '100000,10000000' },
    members: { type: 'string', default: '10000,1000000' },
    seconds: { type: 'string', default: '5' },
    rounds: { type: 'string', default: '5' },
    books: { type: 'string' },
  },
});
const numbers = (text: string): number[] => text.split(',').map(Number);
const members = numbers(values.members);
const sizes = numbers(values.postings).map((postings, at) => ({ postings, members: members[at] ?? Number.NaN }));
const [seconds, rounds] = [Number(values.seconds), Number(values.rounds)];
if (![seconds, rounds, ...sizes.flatMap((size) => Object.values(size))].every((n) => Number.isInteger(n) && n > 0)) {
  say('--postings and --members are whole numbers with commas between them, equally many; --seconds and --rounds are one each');
  process.exit(1);
}

/** Accruals before a book is measured, equally many in each: a gateway gets faster for long. */
const WARM_UP = 100_000;
/** Turns before those that count: a gateway that had nothing to do while another book was opened has given memory back. */
const TURNS_BEFORE = 2;

interface Book {
  readonly size: Size;
  readonly db: Database;
  readonly owner: Client;
  readonly bytes: Record<string, number>;
  readonly course: Course;
  readonly slices: Slice[];
}

const stops: (() => unknown)[] = [];

/** Where a book is: under `--books` it stays for the next run, which adds to it, and growing a large one takes long. */
function directoryOf({ postings }: Size): string {
  if (values.books !== undefined) return join(values.books, String(postings));
  const dataDir = temporaryDataDir();
  stops.push(() => rmSync(dataDir, { recursive: true, force: true }));
  return dataDir;
}

async function openBook(size: Size, client: Child): Promise<Book> {
  const dataDir = directoryOf(size);
  const postgres = await startEmbeddedPostgres({ dataDir, maxConnections: 30, note: say });
  stops.push(postgres.stop);
  await migrate(postgres.url);
  const owner = new Client({ connectionString: postgres.url });
  await owner.connect();
  stops.push(() => owner.end());
  const db = await openCoalition(postgres.url, { poolSize: 1 });
  stops.push(db.close);
  const known = await brandsIn(db);
  const brands = known.length > 0 ? known : await foundBrands(db, 10);
  const postings = await growTo(owner, size, (grown) => say(`${grown} postings`));
  const bytes = await bytesOf(owner, postings);
  // What seals and sums in the background would begin with all that was made up.
  const gateway = await startGateway({ databaseUrl: postgres.url, environment: { JOBS: 'false' } });
  stops.push(gateway.stop);
  const tokens = await Promise.all(brands.map(({ code }) => mintSandboxToken(db, { role: 'PARTNER', partner: code })));
  const load = purchasesBy({ port: gateway.port, tokens, members: [] });
  const drill = { owner, brands, gatewayPid: gateway.pid, load, client };
  const course = await openCourse(drill, WARM_UP);
  return { size, db, owner, bytes, course, slices: [] };
}

async function run(): Promise<void> {
  const client = startChild(new URL('./throughput/load.process.ts', import.meta.url));
  stops.push(client.stop);
  const books: Book[] = [];
  for (const size of sizes) books.push(await openBook(size, client));
  for (let turn = 0; turn < TURNS_BEFORE; turn += 1) for (const { course } of books) await course.run(seconds);
  for (const { course } of books) await course.checkpoint();
  for (let round = 0; round < rounds; round += 1) {
    for (const { size, course, slices } of books) {
      const cost = await course.run(seconds);
      slices.push(cost);
      say(`${size.postings} postings: ${JSON.stringify(cost)}`);
    }
  }
  const [smallest] = books;
  if (smallest === undefined) throw new Error('there is no book');
  const twoLegs = await bytesOfTwoLegs(smallest.db, smallest.owner);
  for (const { db } of books) {
    const verification = await verifyLedger(db, EXCHANGE_CHECKS);
    say(describeVerification(verification));
    if (!verification.intact) process.exitCode = 1;
  }
  const least = costOfAll(smallest.slices);
  const grown = books.map(({ size, bytes, slices }) => {
    const cost = costOfAll(slices);
    return { ...size, ...cost, timesTheSmallest: rounded(cost.both / least.both), bytes };
  });
  const rows = grown.flatMap(({ postings, members, bytes, ...cost }) =>
    Object.entries(cost).map(([name, value]) => [`${postings} postings, ${members} members: ${name}`, value] as const),
  );
  const figures = { ...Object.fromEntries(rows), 'bytes of a posting of two legs': twoLegs.posting, 'bytes of its lots': twoLegs.lots };
  publish('Of one accrual', figures, { grown, twoLegs });
}

try {
  await Promise.race([run(), interrupted()]);
} finally {
  for (const stop of stops.toReversed()) await stop();
}
process.exit();
