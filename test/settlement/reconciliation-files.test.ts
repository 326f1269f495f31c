import writeXlsx from 'write-excel-file/node';
import { accrualOf, type Input, type Member, type Nova, startNova } from '../support/coalition.ts';
import { csv, type Reconciling, reconcilingOf, shortly } from './reconciliation-api.ts';
import { workbookOf } from './workbook-of.ts';

let nova: Nova;
let api: Reconciling;
let member: Member;
beforeAll(async () => {
  nova = await startNova();
  api = reconcilingOf(nova);
  member = await nova.enrol();
  accrualOf(await nova.earn('AERO', member, { externalId: 'R-1', points: 100, occurredAt: '2026-01-10T00:30:00+08:00' }));
});
afterAll(() => nova.stop());

const counted = async (): Promise<bigint | undefined> =>
  (
    await nova.app.db.rows<{ rows: bigint }>(
      `select (select count(*) from settlement.reconciliations) + (select count(*) from settlement.their_rows)
         + (select count(*) from settlement.bad_rows) + (select count(*) from settlement.breaks) as rows`,
    )
  )[0]?.rows;

test('bad rows are listed with their numbers and reasons, and the rest is matched', async () => {
  const run = await api.run(
    csv(
      'ACCRUAL,R-1,2026-01-10,,100',
      'ACCRUAL,R-2,2026-01-10,,12.5',
      'ACCRUAL,R-3,2026-13-40,,10',
      'ACCRUAL,,2026-01-10,,10',
      'LOTTERY,R-5,2026-01-10,,10',
      'ACCRUAL,R-6,2026-01-10,,99999999999999999999999999',
      'ACCRUAL,R-7,2026-01-10,,-5',
      'ACCRUAL,R-8,2025-12-31,,5',
      '',
      'ACCRUAL,"R-9,2026-01-10,,5',
      'ACCRUAL,R-\uFFFD10,2026-01-10,,5',
      'ACCRUAL,R-11,2026-01',
    ),
  );
  expect(run).toMatchObject({ rowsRead: 11, badRowCount: 10 });
  expect(shortly(run)).toEqual(['MATCHED ACCRUAL 1:1']);
  const { badRows } = await api.see(run.id);
  expect(badRows.edges.map(({ node }) => node)).toEqual([
    { rowNumber: 3, reason: '"12.5" is not a whole number' },
    { rowNumber: 4, reason: '"2026-13-40" is not a day such as 2026-01-31, or an instant' },
    { rowNumber: 5, reason: 'the key has 1 to 200 characters, and no control characters' },
    { rowNumber: 6, reason: '"LOTTERY" is none of ACCRUAL, REVERSAL, REDEMPTION, REFUND, SALE' },
    { rowNumber: 7, reason: '99999999999999999999999999 is more than 1000000000000' },
    { rowNumber: 8, reason: 'ACCRUAL is not below 0: what takes back is a REVERSAL or REFUND' },
    { rowNumber: 9, reason: '2025-12-31 is not within 2026-01-01 to 2026-01-31' },
    { rowNumber: 11, reason: 'it has a quote that is not closed, or text after a closed one' },
    { rowNumber: 12, reason: 'it has characters that are not UTF-8: save the file as UTF-8' },
    { rowNumber: 13, reason: 'it has 3 fields and the header 5: it may be cut off' },
  ]);
});

test.each([
  ['an empty file', '', {}, 'content'],
  ['a file of blank lines', '\n\n \n', {}, 'content'],
  ['a header without rows', 'key,date,points\n', {}, 'content'],
  ['a file of which no row can be read', 'key,date,points\nR-1,yesterday,5\n', {}, 'content'],
  ['a header without the points', 'key,date\nR-1,2026-01-10\n', {}, 'columns'],
  ['two columns that can both be the key', 'key,reference,date,points\nR,R,2026-01-10,5', {}, 'columns'],
  ['a column that is not there', csv('ACCRUAL,R-1,2026-01-10,,5'), { columns: [{ field: 'key', column: 'Beleg' }] }, 'columns'],
  ['UTF-16 taken for text', '\u0000k\u0000e\u0000y\n', {}, 'content'],
  ['a workbook that is none', Buffer.from('hello').toString('base64'), { format: 'XLSX' }, 'content'],
  ['a workbook that is not base64', 'what is this?', { format: 'XLSX' }, 'content'],
  ['JSON lines that are no JSON', '{"key": "R-1"', { format: 'JSONL' }, 'content'],
  ['no days and no cycle', csv('ACCRUAL,R-1,2026-01-10,,5'), { from: null }, 'from'],
  ['days and a cycle', csv('ACCRUAL,R-1,2026-01-10,,5'), { cycleId: 'cyc_1', from: '2026-01-01' }, 'cycleId'],
  ['an unknown cycle', csv('ACCRUAL,R-1,2026-01-10,,5'), { cycleId: 'cyc_1' }, 'cycleId'],
  ['days the wrong way round', csv('ACCRUAL,R-1,2026-01-10,,5'), { from: '2026-01-31', until: '2026-01-01' }, 'until'],
  ['a first day of no calendar', csv('ACCRUAL,R-1,2026-01-10,,5'), { from: '0001-01-01' }, 'from'],
  ['a last day at the end of time', csv('ACCRUAL,R-1,2026-01-10,,5'), { until: '9999-12-31' }, 'until'],
  ['a tolerance below nothing', csv('ACCRUAL,R-1,2026-01-10,,5'), { tolerances: { points: -1 } }, 'tolerances.points'],
  ['a window of a year', csv('ACCRUAL,R-1,2026-01-10,,5'), { tolerances: { days: 366 } }, 'tolerances.days'],
  ['nothing to compare', csv('ACCRUAL,R-1,2026-01-10,,5'), { kinds: [] }, 'kinds'],
  ['a name with a line break', csv('ACCRUAL,R-1,2026-01-10,,5'), { fileName: 'a\nb' }, 'fileName'],
])('%s is refused with what to do, and nothing is kept', async (_, content: string, more: Input, field) => {
  const before = await counted();
  const { reconciliation, userErrors } = await api.send(content, more);
  expect(reconciliation).toBeNull();
  expect(userErrors).toMatchObject([{ code: 'VALIDATION', field: ['input', ...field.split('.')] }]);
  expect(userErrors[0]?.message.length).toBeGreaterThan(10);
  expect(await counted()).toBe(before);
});

test('JSON lines and a workbook say the same as a CSV file does', async () => {
  accrualOf(await nova.earn('AERO', member, { externalId: '00042', points: 50 }));
  const jsonl = [
    '{"kind": "ACCRUAL", "externalId": "R-1", "occurredAt": "2026-01-09T16:30:00Z", "points": 100}',
    '{"External ID": "00042", "Date": "2026-01-10", "Points": "50", "note": {"not": "read"}}',
    '{"externalId": "R-2", "occurredAt": "2026-01-10", "points": 12345678901234567890}',
    '{"externalId": "R-3", "occurredAt": "2026-01-10", "points": {}}',
    '[1, 2]',
    '{"externalId": "R-4", "occurr',
  ].join('\n');
  const lines = await api.run(jsonl, { format: 'JSONL' });
  expect(shortly(lines)).toEqual(['MATCHED ACCRUAL 2:2']);
  expect((await api.see(lines.id)).badRows.edges.map(({ node }) => `${node.rowNumber} ${node.reason}`)).toEqual([
    '3 a number this large loses digits: write it as a string',
    '4 the amount is neither text nor a number',
    '5 it is not a JSON object: it may be cut off',
    '6 it is not a JSON object: it may be cut off',
  ]);

  const date = (value: string) => ({ value: new Date(value), type: Date, format: 'yyyy-mm-dd' });
  const workbook = writeXlsx([
    [{ value: 'Receipt No.' }, { value: 'Transaction Date' }, { value: '积分' }],
    [{ value: 'R-1' }, date('2026-01-10T00:00:00Z'), { value: 100 }],
    [{ value: '00042', type: String }, date('2026-01-10T08:00:00Z'), { value: 50 }],
    [{ value: 'R-2' }, date('2026-01-10T00:00:00Z'), { value: 12.5 }],
  ]);
  const content = (await workbook.toBuffer()).toString('base64');
  const sheet = await api.run(content, { format: 'XLSX' });
  expect(shortly(sheet)).toEqual(['MATCHED ACCRUAL 2:2']);
  expect((await api.see(sheet.id)).badRows.edges.map(({ node }) => node)).toEqual([
    { rowNumber: 4, reason: '"12.5" is not a whole number' },
  ]);
  const half = Buffer.from(content, 'base64').subarray(0, 1000).toString('base64');
  expect((await api.send(half, { format: 'XLSX' })).userErrors).toMatchObject([{ code: 'VALIDATION', field: ['input', 'content'] }]);
});

test('a workbook with a cell far away, or one that was damaged, is refused and ends nothing', async () => {
  const cells = { A1: 'Key', B2: 'R-1' };
  expect((await api.send(workbookOf(cells), { format: 'XLSX' })).userErrors).toMatchObject([{ field: ['input', 'columns'] }]);
  const far = await api.send(workbookOf({ ...cells, ZZZZZZ3: 'far' }), { format: 'XLSX' });
  expect(far.userErrors).toMatchObject([{ code: 'VALIDATION', message: expect.stringContaining('far away') }]);

  const whole = await writeXlsx([[{ value: 'Key' }, { value: 'Date' }, { value: 'Points' }]]).toBuffer();
  for (const at of [90, 700]) {
    const damaged = Buffer.from(whole);
    damaged[at] = (damaged[at] ?? 0) ^ 0x55;
    expect((await api.send(damaged.toString('base64'), { format: 'XLSX' })).userErrors).toMatchObject([{ code: 'VALIDATION' }]);
  }
  expect(await nova.faults()).toEqual([]);
}, 120_000);

test('columns can be named by hand, and a byte order mark is no part of a header', async () => {
  const content = '\uFEFFBeleg\tTag\tSumme\tpoints\nR-1\t2026-01-10\t100\t7\n';
  const columns = [
    { field: 'key', column: 'beleg' },
    { field: 'occurredAt', column: 'Tag' },
    { field: 'amount', column: 'Summe' },
  ];
  expect(shortly(await api.run(content, { columns }))).toContain('MATCHED ACCRUAL 1:1');
});
