import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { verifyLedger } from '../../src/ledger/verify.ts';
import { temporaryDataDir } from '../../src/platform/embedded/temporary-postgres.ts';
import { startApp, type TestApp } from '../support/app.ts';
import { writePurchases } from './purchase-files.ts';

const ROOT = join(import.meta.dirname, '../..');
const BIN = join(ROOT, 'node_modules/.bin');
const FIXTURES = join(import.meta.dirname, 'fixtures');
const COLUMNS = ['--columns', 'member,date,quantity,amount'];

let app: TestApp;
let directory: string;
let started: ChildProcess[];
async function open(): Promise<void> {
  app = await startApp();
  directory = mkdtempSync(join(tmpdir(), 'import-'));
  started = [];
}
async function close(): Promise<void> {
  for (const child of started.filter(({ exitCode, signalCode }) => exitCode === null && signalCode === null)) {
    child.kill('SIGKILL');
    await once(child, 'exit');
  }
  rmSync(directory, { recursive: true, force: true });
  await app.stop();
}

function begin(args: readonly string[], environment: Record<string, string> = { DATABASE_URL: app.url }): ChildProcess {
  const env = { PATH: `${BIN}:${process.env.PATH}`, SANDBOX: 'true', ...environment };
  const child = spawn(join(BIN, 'node'), [join(ROOT, 'dist/commands/import.js'), ...args], {
    cwd: ROOT,
    env,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  started.push(child);
  return child;
}

interface Ended {
  readonly code: unknown;
  readonly output: string;
  readonly complaint: string;
}

async function finish(child: ChildProcess): Promise<Ended> {
  let output = '';
  let complaint = '';
  child.stdout?.on('data', (chunk) => {
    output += chunk;
  });
  child.stderr?.on('data', (chunk) => {
    complaint += chunk;
  });
  const [code] = await once(child, 'close');
  return { code, output, complaint };
}

const run = (...args: readonly string[]): Promise<Ended> => finish(begin(args));

/** The last line on standard output. */
function summaryOf({ output }: Ended): Record<string, number> {
  expect(output.endsWith('\n')).toBe(true);
  return JSON.parse(output.trimEnd().split('\n').at(-1) ?? '');
}

function write(name: string, text: string): string {
  const file = join(directory, name);
  writeFileSync(file, text);
  return file;
}

describe('each on a database of its own', () => {
  beforeEach(open);
  afterEach(close);

  test('[O15] a file of three purchases, one of them bad, loads two and reports one with its line number', async () => {
    const ended = await run(join(FIXTURES, 'three-purchases.csv'), '--partner', 'SHOP', ...COLUMNS, '--delimiter', ',', '--create');
    expect(ended).toMatchObject({ code: 0, complaint: 'line 2: "twelve" is not an amount of CNY with up to 2 decimals\n' });
    expect(ended.output).toMatch(/^\{"read":3,"accrued":2,"replayed":0,"refused":1,"members":2,"points":887,"seconds":\d+(\.\d+)?\}\n$/);

    const token = await app.token({ role: 'PARTNER', partner: 'SHOP' });
    const { data } = await app.graphql('{ member(ref: { externalId: "ann" }) { balances { available currency { code } } } }', { token });
    expect(data.member.balances).toEqual([{ available: 117, currency: { code: 'SHOP' } }]);
  });

  test('the same file again changes nothing; a partner that exists needs no --create, and keeps its rules with it', async () => {
    const file = join(FIXTURES, 'windows-purchases.txt');
    const first = await run(file, '--partner', 'SHOP', ...COLUMNS, '--create');
    expect(first.complaint).toBe('');
    expect(summaryOf(first)).toMatchObject({ read: 4, accrued: 4, refused: 0, members: 2, points: 1_207 });
    const rows = () =>
      app.db.rows(
        'select (select count(*) from ledger.entries) as entries, (select count(*) from partners.contracts) as contracts, (select revision from platform.state) as revision',
      );
    const before = await rows();
    for (const options of [[], ['--create']]) {
      expect(summaryOf(await run(file, '--partner', 'SHOP', ...COLUMNS, ...options))).toMatchObject({
        read: 4,
        accrued: 0,
        replayed: 4,
        members: 0,
        points: 0,
      });
    }
    expect(await rows()).toEqual(before);
  });

  test('an empty file for a partner that exists loads nothing', async () => {
    await run(join(FIXTURES, 'three-purchases.csv'), '--partner', 'SHOP', ...COLUMNS, '--delimiter', ',', '--create');
    expect(summaryOf(await run(write('empty.txt', '\n'), '--partner', 'SHOP', ...COLUMNS))).toMatchObject({
      read: 0,
      accrued: 0,
      points: 0,
    });
  });

  test('an import killed in the middle is completed by the next one, and nothing is loaded twice', async () => {
    const bought = writePurchases(6_000, 4);
    const args = [write('purchases.txt', bought.text), '--partner', 'SHOP', ...COLUMNS, '--create'];
    const child = begin(args);
    const loaded = async () => (await app.db.rows('select from exchange.accruals')).length;
    while ((await loaded()) === 0) await sleep(5);
    child.kill('SIGKILL');
    await once(child, 'close');
    const before = await loaded();
    expect(before).toBeLessThan(6_000);
    // What the killed one had begun is rolled back when its connections are found to be gone.
    const summary = summaryOf(await run(...args));
    expect(summary).toMatchObject({ read: 6_000, refused: 0 });
    expect((summary.accrued ?? 0) + (summary.replayed ?? 0)).toBe(6_000);
    expect(summary.replayed).toBeGreaterThanOrEqual(before);
    const [total] = await app.db.rows<{ points: bigint; members: bigint }>(
      'select (select sum(points)::bigint from exchange.accruals) as points, (select count(*) from members.members) as members',
    );
    expect(total).toEqual({ points: bought.points, members: BigInt(bought.members) });
    expect((await verifyLedger(app.db)).intact).toBe(true);
  });

  test('two imports that both create the partner, beside a running server, load one file once', async () => {
    const bought = writePurchases(2_500, 5);
    const args = [write('purchases.txt', bought.text), '--partner', 'SHOP', ...COLUMNS, '--create'];
    const both = await Promise.all([run(...args), run(...args)]);
    expect(both.map(({ code, complaint }) => [code, complaint])).toEqual([
      [0, ''],
      [0, ''],
    ]);
    const sum = (name: string) => both.map(summaryOf).reduce((total, summary) => total + (summary[name] ?? 0), 0);
    expect([sum('accrued'), sum('replayed'), sum('members'), sum('points')]).toEqual([2_500, 2_500, bought.members, Number(bought.points)]);
    expect((await verifyLedger(app.db)).intact).toBe(true);
  });

  test('alone, it starts the embedded database and stops it again, also when it is interrupted', async () => {
    const dataDir = temporaryDataDir();
    const alone = { DATA_DIR: dataDir, SEED: 'none' };
    const bought = writePurchases(4_000, 6);
    const args = [write('purchases.txt', bought.text), '--partner', 'SHOP', ...COLUMNS, '--create'];
    const databaseIsUp = () => existsSync(join(dataDir, 'postgres/postmaster.pid'));
    try {
      const interrupted = begin(args, alone);
      while (!existsSync(join(dataDir, 'database.url'))) await sleep(20);
      await sleep(1_000);
      interrupted.kill('SIGINT');
      expect(await once(interrupted, 'exit')).toEqual([130, null]);
      while (databaseIsUp()) await sleep(20);

      const completed = await finish(begin(args, alone));
      expect(completed.code).toBe(0);
      const summary = summaryOf(completed);
      expect(summary).toMatchObject({ read: 4_000, refused: 0 });
      expect((summary.accrued ?? 0) + (summary.replayed ?? 0)).toBe(4_000);
      expect(databaseIsUp()).toBe(false);
    } finally {
      rmSync(dataDir, { recursive: true, force: true });
    }
  });
});

describe('on one database, which stays empty', () => {
  beforeAll(open);
  afterAll(close);

  test.each<[string, () => string[], RegExp]>([
    [
      'a partner that does not exist, without --create',
      () => [join(FIXTURES, 'three-purchases.csv'), '--partner', 'NOBODY', ...COLUMNS],
      /^There is no partner NOBODY\. Create it first, or add --create\.\n$/,
    ],
    [
      'a file that does not exist',
      () => [join(directory, 'missing.txt'), '--partner', 'SHOP', ...COLUMNS, '--create'],
      /^There is no file .*missing\.txt\.\n$/,
    ],
    ['a directory', () => [directory, '--partner', 'SHOP', ...COLUMNS, '--create'], /^There is no file .*\n$/],
    [
      'an empty file for a new partner',
      () => [write('empty.txt', ''), '--partner', 'SHOP', ...COLUMNS, '--create'],
      /has no line that can be read as a purchase\.\n$/,
    ],
    [
      'a column that is not known',
      () => [join(FIXTURES, 'three-purchases.csv'), '--partner', 'SHOP', '--columns', 'member,date,price'],
      /--columns knows member, date, quantity, amount and -/,
    ],
    [
      'columns without the amount',
      () => [join(FIXTURES, 'three-purchases.csv'), '--partner', 'SHOP', '--columns', 'member,date'],
      /--columns names amount once/,
    ],
    [
      'a column named twice',
      () => [join(FIXTURES, 'three-purchases.csv'), '--partner', 'SHOP', '--columns', 'member,date,quantity,quantity,amount'],
      /--columns names quantity once/,
    ],
    [
      'a delimiter that is not known',
      () => [join(FIXTURES, 'three-purchases.csv'), '--partner', 'SHOP', ...COLUMNS, '--delimiter', '|'],
      /--delimiter/,
    ],
  ])('%s is an error that is explained, and nothing is created', async (_, args, complaint) => {
    const ended = await run(...args());
    expect(ended).toMatchObject({ code: 1, output: '', complaint: expect.stringMatching(complaint) });
    expect(await app.db.rows('select from partners.partners')).toEqual([]);
  });
});
