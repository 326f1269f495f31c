// How long a file of 100,000 rows takes against 100,000 accruals, in which 94 % match by key and the rest exercises every other rule.
// Run: npm run build && node bench/reconciliation.bench.ts [rows]

import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from 'pg';
import { startTemporaryPostgres } from '../src/platform/embedded/temporary-postgres.ts';

const ROWS = Number(process.argv[2] ?? 100_000);
const MEMBERS = 20_000;
const DAYS = 31;

const dayOf = (no: number): string => `2026-01-${String((no % DAYS) + 1).padStart(2, '0')}`;
const pointsOf = (no: number): number => 10 + (no % 500);

/** What the file says of the accrual with this number; in hundreds the last six differ, each in its way. */
function lines(no: number): string[] {
  const row = (key: string, day: string, points: number) => `ACCRUAL,${key},${day},C${no % MEMBERS},${points}`;
  const key = `R-${no}`;
  switch (no % 100) {
    case 94:
      return [row(key, dayOf(no), pointsOf(no) + 5)];
    case 95:
      return [row(key, dayOf(no + 9), pointsOf(no))];
    case 96:
      return [row(`X-${no}`, dayOf(no), pointsOf(no))];
    case 97:
      return [row(key, dayOf(no), pointsOf(no)), row(key, dayOf(no), pointsOf(no))];
    case 98:
      return [row(`A-${no}`, dayOf(no), 1), row(`B-${no}`, dayOf(no), pointsOf(no) - 1)];
    case 99:
      return [];
    default:
      return [row(key, dayOf(no), pointsOf(no))];
  }
}

const directory = mkdtempSync(join(tmpdir(), 'reconciliation-'));
const postgres = await startTemporaryPostgres(10);

/** Runs a command of the program, and answers what it printed. */
function run(command: string, ...args: string[]): string {
  const program = join(import.meta.dirname, `../dist/commands/${command}.js`);
  return execFileSync(process.execPath, [program, ...args], {
    env: { PATH: process.env.PATH, DATABASE_URL: postgres.url, SANDBOX: 'true' },
    encoding: 'utf8',
  });
}

function write(name: string, rows: readonly string[]): string {
  const file = join(directory, name);
  writeFileSync(file, rows.join('\n'));
  return file;
}

/** Members and accruals as SQL writes them: in place of the one purchase with which the partner was founded. */
async function fill(): Promise<void> {
  const client = new Client({ connectionString: postgres.url });
  await client.connect();
  try {
    await client.query('delete from exchange.accruals');
    await client.query(
      `insert into members.members (id, card_number, display_name, enrolled_at)
       select gen_random_uuid(), 'C' || n, 'member ' || n, '2026-01-01' from generate_series(0, $1::integer - 1) n`,
      [MEMBERS],
    );
    await client.query(
      `insert into exchange.accruals (id, partner_id, external_id, request_hash, member_id, currency_no, status, occurred_at, recorded_at, channel,
         points, redemption_micros, service_micros, funded_micros, breakdown)
       select gen_random_uuid(), p.id, 'R-' || n, '', m.id, c.no, 'CONFIRMED', ('2026-01-01'::date + n % ${DAYS} + time '02:00') at time zone 'UTC',
         now(), 'PARTNER_API', 10 + n % 500, 10000, 2000, 10000, '[]'
       from generate_series(0, $1::integer - 1) n join members.members m on m.card_number = 'C' || n % ${MEMBERS},
         (select id from partners.partners where code = 'SHOP') p, (select no from partners.point_currencies where code = 'SHOP') c`,
      [ROWS],
    );
  } finally {
    await client.end();
  }
}

try {
  const purchase = write('purchase.csv', ['M-1,2026-01-01,1,1.00']);
  run('import', purchase, '--partner', 'SHOP', '--columns', 'member,date,quantity,amount', '--delimiter', ',', '--create');
  await fill();
  const file = write('theirs.csv', ['kind,key,date,member,points', ...Array.from({ length: ROWS }, (_, no) => lines(no)).flat()]);
  const how = ['--partner', 'SHOP', '--from', '2026-01-01', '--until', '2026-01-31', '--points', '2', '--days', '1'];
  for (const what of ['first', 'again']) process.stdout.write(`${what}: against ${ROWS} of ours, ${run('reconcile', file, ...how)}`);
} finally {
  await postgres.stop();
  rmSync(directory, { recursive: true, force: true });
}
