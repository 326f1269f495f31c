import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse } from 'csv-parse/sync';
import readExcelFile from 'read-excel-file/node';
import { transact } from '../../src/platform/database.ts';
import { postAdjustment } from '../../src/settlement/adjustments/post-adjustment.ts';
import { type Nova, redemptionOf, startNova } from '../support/coalition.ts';
import { closeCycle, DEPOT_ACCOUNT, type Ended, nameOperatorAccount, runExport } from './export-fixtures.ts';

/** A process is begun several times in each test, on a machine that may be busy. */
const PATIENCE_MS = 120_000;
/** What a partner may have written, and no spreadsheet may run. */
const FORMULA = '=HYPERLINK("http://127.0.0.1","click")';

let nova: Nova;
let cycle: string;
let directory: string;
beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), 'export-'));
  nova = await startNova();
  await nameOperatorAccount(nova);
  const member = await nova.enrol();
  await nova.earn('AERO', member, { points: 10_000 });
  const { id } = redemptionOf(await nova.hold('DEPOT', member, 'APT', 9_000));
  redemptionOf(await nova.capture('DEPOT', id));
  const [{ id: partnerId } = { id: '' }] = await nova.app.db.rows<{ id: string }>("select id from partners.partners where code = 'AERO'");
  await transact(nova.app.db, (tx) => postAdjustment(tx, { partnerId, minor: 5n, description: FORMULA }));
  cycle = await closeCycle(nova);
}, PATIENCE_MS);
afterAll(async () => {
  rmSync(directory, { recursive: true, force: true });
  await nova.stop();
});

const run = (...args: readonly string[]): Promise<Ended> => runExport({ DATABASE_URL: nova.app.url }, ...args);
const nothing = Buffer.alloc(0);

async function overHttp(format: string): Promise<Buffer> {
  const { cycleExport } = await nova.run<{ cycleExport: { base64: string } }>(nova.operator, 'cycle-export', { cycle, format });
  return Buffer.from(cycleExport.base64, 'base64');
}

test(
  'standard output is the document and nothing else, the same as over the API',
  async () => {
    for (const [name, format, ...more] of [
      ['csv', 'CSV'],
      ['journal', 'JOURNAL'],
      ['journal', 'JOURNAL_SUMMARY', '--summary'],
      ['deferred-revenue', 'DEFERRED_REVENUE'],
    ] as const) {
      const ended = await run('--cycle', cycle, '--format', name, ...more);
      expect(ended).toEqual({ code: 0, output: await overHttp(format), complaint: '' });
    }
  },
  PATIENCE_MS,
);

test(
  'what a partner wrote is text in every table: no formula reaches a spreadsheet',
  async () => {
    const csv: Record<string, string>[] = parse(await overHttp('CSV'), { columns: true });
    const line = csv.find(({ type }) => type === 'ADJUSTMENT');
    expect([line?.description, line?.amount]).toEqual([`'${FORMULA}`, '0.05']);
    const sheets = await readExcelFile((await run('--cycle', cycle, '--format', 'xlsx')).output);
    expect(sheets[1]?.data.flat()).toContain(FORMULA);
    const { statements } = JSON.parse(String((await run('--cycle', cycle, '--format', 'json', '--partner', 'AERO')).output));
    expect(statements.map(({ partner }: { partner: { code: string } }) => partner.code)).toEqual(['AERO']);
    expect(statements[0].lines.at(-1)).toMatchObject({ type: 'ADJUSTMENT', description: FORMULA });
  },
  PATIENCE_MS,
);

test(
  '--out writes the file whole, in place of one that was there',
  async () => {
    const file = join(directory, 'statement.pdf');
    writeFileSync(file, 'old');
    const ended = await run('--cycle', cycle, '--format', 'pdf', '--partner', 'AERO', '--out', file);
    expect(ended).toEqual({ code: 0, output: nothing, complaint: '' });
    expect(readFileSync(file).subarray(0, 5).toString()).toBe('%PDF-');
    expect(readdirSync(directory)).toEqual(['statement.pdf']);
    rmSync(file);
  },
  PATIENCE_MS,
);

test(
  'a file that cannot be written leaves nothing behind',
  async () => {
    const missing = await run('--cycle', cycle, '--format', 'csv', '--out', join(directory, 'nowhere/file.csv'));
    expect(missing).toMatchObject({ code: 1, output: nothing, complaint: expect.stringMatching(/ENOENT.*nowhere/) });
    const taken = join(directory, 'taken');
    mkdirSync(taken);
    const onDirectory = await run('--cycle', cycle, '--format', 'csv', '--out', taken);
    expect(onDirectory).toMatchObject({ code: 1, output: nothing });
    expect(readdirSync(directory)).toEqual(['taken']);
    rmSync(taken, { recursive: true });
  },
  PATIENCE_MS,
);

test(
  'without the account of a partner that is to be paid, no payment is written; it says whose is missing',
  async () => {
    const without = await run('--cycle', cycle, '--format', 'pain.001', '--out', join(directory, 'payments.xml'));
    expect(without).toEqual({
      code: 1,
      output: nothing,
      complaint: 'No bank account is known of DEPOT: it takes an IBAN to pay. Nothing was written.\n',
    });
    expect(readdirSync(directory)).toEqual([]);
    await nova.operate('update-partner', { code: 'DEPOT', bankAccount: DEPOT_ACCOUNT });
    const ended = await run('--cycle', cycle, '--format', 'pain.001');
    expect([ended.code, ended.complaint]).toEqual([0, '']);
    expect(String(ended.output)).toContain('<InstdAmt Ccy="CNY">87.30</InstdAmt>');
    expect((await run('--cycle', cycle, '--format', 'pain.001')).output).toEqual(ended.output);
  },
  PATIENCE_MS,
);

test.each<[string, () => string[], RegExp]>([
  ['no cycle', () => ['--format', 'csv'], /--cycle <id>' not specified/],
  ['a format that is none', () => ['--cycle', cycle, '--format', 'docx'], /'docx' is invalid. Allowed choices are pain.001, csv/],
  [
    'a partner with payments',
    () => ['--cycle', cycle, '--format', 'pain.001', '--partner', 'AERO'],
    /--partner does not go with --format pain.001/,
  ],
  ['a summary of statements', () => ['--cycle', cycle, '--format', 'csv', '--summary'], /--summary goes with --format journal/],
  ['a cycle that is not there', () => ['--cycle', 'cyc_nonsense', '--format', 'csv'], /^There is no such clearing cycle\.\n$/],
  ['a partner that is not there', () => ['--cycle', cycle, '--format', 'csv', '--partner', 'NOBODY'], /^There is no partner NOBODY\.\n$/],
])(
  '%s is refused with a message, and standard output is empty',
  async (_, args, complaint) => {
    expect(await run(...args())).toEqual({ code: 1, output: nothing, complaint: expect.stringMatching(complaint) });
  },
  PATIENCE_MS,
);

test(
  'the open cycle has no documents; a closed one that pays nobody ends with 3, a message and an empty standard output',
  async () => {
    const { data } = await nova.app.graphql('{ clearingCycle { id } }', { token: nova.operator });
    const open: string = data.clearingCycle.id;
    expect(await run('--cycle', open, '--format', 'pain.001')).toEqual({
      code: 1,
      output: nothing,
      complaint: 'The cycle is OPEN: documents are made of closed cycles only.\n',
    });
    await nova.setClock('2026-03-03T00:00:00+08:00');
    expect(await closeCycle(nova)).toBe(open);
    const file = join(directory, 'none.xml');
    for (const out of [[], ['--out', file]])
      expect(await run('--cycle', open, '--format', 'pain.001', ...out)).toEqual({
        code: 3,
        output: nothing,
        complaint: 'The operator pays nobody for this cycle: no partner has a positive net to be paid.\n',
      });
    expect(readdirSync(directory)).toEqual([]);
  },
  PATIENCE_MS,
);
