import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { accrualOf, type Nova, startNova } from '../support/coalition.ts';

const ROOT = join(import.meta.dirname, '../..');
const BIN = join(ROOT, 'node_modules/.bin');

/** Each test starts several processes. */
const PATIENCE_MS = 120_000;

let nova: Nova;
let directory: string;
beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), 'reconcile-'));
  nova = await startNova();
  const member = await nova.enrol();
  accrualOf(await nova.earn('AERO', member, { externalId: 'R-1', points: 100 }));
  accrualOf(await nova.earn('AERO', member, { externalId: 'R-2', points: 50 }));
}, PATIENCE_MS);
afterAll(async () => {
  rmSync(directory, { recursive: true, force: true });
  await nova.stop();
});

interface Ended {
  readonly code: unknown;
  readonly output: string;
  readonly complaint: string;
}

const DAYS = ['--partner', 'AERO', '--from', '2026-01-01', '--until', '2026-01-31'];

async function run(name: string, content: string | Buffer, ...more: readonly string[]): Promise<Ended> {
  const file = join(directory, name);
  writeFileSync(file, content);
  const child: ChildProcess = spawn(join(BIN, 'node'), [join(ROOT, 'dist/commands/reconcile.js'), file, ...more], {
    cwd: ROOT,
    env: { PATH: `${BIN}:${process.env.PATH}`, SANDBOX: 'true', DATABASE_URL: nova.app.url },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let [output, complaint] = ['', ''];
  child.stdout?.on('data', (chunk) => {
    output += chunk;
  });
  child.stderr?.on('data', (chunk) => {
    complaint += chunk;
  });
  const [code] = await once(child, 'close');
  return { code, output, complaint };
}

test(
  'the command reconciles a file, says what came of it, and lists bad rows with their numbers',
  async () => {
    const help = await run('none.csv', '', '--help');
    expect([help.code, help.output]).toEqual([0, expect.stringMatching(/may\s+differ\s+\(default:\s+0\)/)]);
    const content = 'key,date,points\nR-1,2026-01-10,100\nR-2,2026-01-10,49\nR-3,2026-01-10,1.5\n';
    const table = await run('january.csv', content, ...DAYS, '--kinds', 'ACCRUAL,REVERSAL');
    expect(table.complaint).toBe('row 4: "1.5" is not a whole number\n');
    expect(table.output).toMatch(/^rec_[0-9a-f]{32}: 3 rows, 1 bad, [\d.]+ s\nAMOUNT_DIFF +ACCRUAL .*\nMATCHED +ACCRUAL .*\n$/);
    expect(table.code).toBe(0);
    const json = await run('january.csv', content, ...DAYS, '--json', '--points', '1');
    expect(JSON.parse(json.output)).toMatchObject({ rowsRead: 3, badRows: 1, counts: [{ result: 'MATCHED', theirRows: 2, ourRows: 2 }] });
  },
  PATIENCE_MS,
);

test(
  'files in UTF-16 and with columns of other names are read, whatever the pieces in which they come',
  async () => {
    const rows = Array.from({ length: 6_000 }, (_, at) => `Ü-${at};2026-01-10;1`);
    const text = ['Beleg;Tag;Punkte', 'R-1;2026-01-10;100', ...rows].join('\r\n');
    const named = ['--column', 'key=Beleg', '--column', 'occurredAt=Tag', '--column', 'amount=Punkte', '--json'];
    const little = Buffer.from(`\uFEFF${text}`, 'utf16le');
    for (const content of [little, Buffer.from(little).swap16(), Buffer.from(text, 'utf8')]) {
      const ended = await run('other.txt', content, ...DAYS, ...named);
      expect(ended).toMatchObject({ code: 0, complaint: '' });
      const counts: { result: string; theirRows: number }[] = JSON.parse(ended.output).counts;
      expect(counts.map(({ result, theirRows }) => `${result} ${theirRows}`)).toEqual([
        'MATCHED 1',
        'MISSING_HERE 6000',
        'MISSING_THERE 0',
      ]);
    }
  },
  PATIENCE_MS,
);

test(
  'a file that is refused ends the command with 1 and the reason, and nothing is kept',
  async () => {
    const [before] = await nova.app.db.rows<{ n: bigint }>('select count(*) as n from settlement.reconciliations');
    const good = 'key,date,points\nR-1,2026-01-10,100\n';
    expect(await run('a.csv', '', ...DAYS)).toMatchObject({ code: 1, complaint: 'The file is empty.\n', output: '' });
    expect(await run('a.xlsx', good, ...DAYS)).toMatchObject({ code: 1, complaint: 'The file is no XLSX workbook.\n' });
    expect((await run('a.pdf', good, ...DAYS)).complaint).toMatch(/give --format/);
    expect((await run('a.csv', good, '--partner', 'NOBODY', '--from', '2026-01-01')).complaint).toBe('There is no partner NOBODY.\n');
    expect((await run('a.csv', good, '--partner', 'AERO')).complaint).toBe('Give a cycle, or from and until.\n');
    expect((await run('a.csv', good, ...DAYS, '--from', '2026-02-30')).complaint).toMatch(/A day is written 2026-01-31/);
    expect((await run('a.csv', good, ...DAYS, '--kinds', 'GIFT')).complaint).toMatch(/It knows ACCRUAL/);
    const [after] = await nova.app.db.rows<{ n: bigint }>('select count(*) as n from settlement.reconciliations');
    expect(after).toEqual(before);
  },
  PATIENCE_MS,
);
