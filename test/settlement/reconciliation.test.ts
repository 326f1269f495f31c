import { accrualOf, type Input, type Member, type Nova, redemptionOf, startNova } from '../support/coalition.ts';
import { csv, type Reconciling, type Row, reconcilingOf, shortly } from './reconciliation-api.ts';

let nova: Nova;
let api: Reconciling;
let member: Member;
let other: Member;
beforeEach(async () => {
  nova = await startNova();
  api = reconcilingOf(nova);
  member = await nova.enrol();
  other = await nova.enrol({ displayName: 'Jane' });
});
afterEach(async () => {
  const faults = await nova.faults();
  await nova.stop();
  expect(faults).toEqual([]);
});

/** An accrual of so many points at AERO. */
async function earned(externalId: string, points: number, more: Input = {}, who = member) {
  return accrualOf(await nova.earn('AERO', who, { externalId, points, ...more }));
}
const on = (day: number, time = '10:00:00') => ({ occurredAt: `2026-01-${String(day).padStart(2, '0')}T${time}+08:00` });
const line = (row: Row): string => [row.side, row.key, row.amount, row.result, row.rule ?? '-'].join(' ');

test('a file is compared with what is stored: every row comes to one result, and the differences add up', async () => {
  const first = await earned('R-1', 100);
  await earned('R-2', 50);
  await earned('R-3', 30, on(5));
  await earned('R-4', 70);
  await earned('R-5', 20);
  const content = csv(
    'ACCRUAL,R-1,2026-01-10,,100',
    'ACCRUAL,R-2,2026-01-10,,55',
    'ACCRUAL,R-3,2026-01-09,,30',
    `ACCRUAL,X-4,2026-01-10,${member.cardNumber},70`,
    'ACCRUAL,R-1,2026-01-10,,100',
    'ACCRUAL,R-9,2026-01-10,,12',
  );
  const run = await api.run(content, { fileName: 'january.csv' });
  expect(run).toMatchObject({ rowsRead: 6, badRowCount: 0, isSuperseded: false });
  expect(shortly(run).sort()).toEqual([
    'AMOUNT_DIFF ACCRUAL 1:1',
    'DATE_DIFF ACCRUAL 1:1',
    'DUPLICATE ACCRUAL 1:0',
    'MATCHED ACCRUAL 2:2',
    'MISSING_HERE ACCRUAL 1:0',
    'MISSING_THERE ACCRUAL 0:1',
  ]);
  // Ours 270, theirs 367: the surplus and the shortage show alike.
  expect(run.counts.reduce((sum, { difference }) => sum + Number(difference), 0)).toBe(270 - 367);

  const rows = await api.rowsOf(run.id, 2);
  expect(rows.map(line)).toEqual([
    'THEIRS R-1 100 MATCHED KEY_AND_AMOUNT',
    'THEIRS R-2 55 AMOUNT_DIFF KEY',
    'THEIRS R-3 30 DATE_DIFF KEY',
    'THEIRS X-4 70 MATCHED AMOUNT_DAY_MEMBER',
    'THEIRS R-1 100 DUPLICATE -',
    'THEIRS R-9 12 MISSING_HERE -',
    'OURS R-3 30 DATE_DIFF KEY',
    'OURS R-1 100 MATCHED KEY_AND_AMOUNT',
    'OURS R-2 50 AMOUNT_DIFF KEY',
    'OURS R-4 70 MATCHED AMOUNT_DAY_MEMBER',
    'OURS R-5 20 MISSING_THERE -',
  ]);
  expect(rows[0]?.counterparts).toEqual([{ rowNumber: expect.any(Number), key: 'R-1', amount: '100' }]);
  expect(rows[3]?.counterparts.map(({ key }) => key)).toEqual(['R-4']);
  expect(rows.find(({ side, key }) => side === 'OURS' && key === 'R-1')?.reference).toBe(first.id);
  const seen = await api.see(run.id, { result: 'MISSING_THERE' }, await nova.token('AERO'));
  expect(seen.rows.edges.map(({ node }) => line(node))).toEqual(['OURS R-5 20 MISSING_THERE -']);
  expect(seen).toMatchObject({ partner: { code: 'AERO' }, fileName: 'january.csv', format: 'CSV' });
  const found = await api.breaks();
  expect(found.map(({ result, key, difference }) => `${result} ${key} ${difference}`).sort()).toEqual([
    'AMOUNT_DIFF R-2 -5',
    'DATE_DIFF R-3 0',
    'DUPLICATE R-1 -100',
    'MISSING_HERE R-9 -12',
    'MISSING_THERE R-5 20',
  ]);
  const { viewerPartner } = await nova.run<{ viewerPartner: { reconciliations: { edges: { node: object }[] } } }>(
    await nova.token('AERO'),
    'my-reconciliations',
  );
  expect(viewerPartner.reconciliations.edges).toMatchObject([{ node: { id: run.id, fileName: 'january.csv' } }]);
});

test('reversals, redemptions, refunds and sales are compared like accruals, with the sign that they have', async () => {
  const accrual = await earned('R-1', 100);
  const reversed = await nova.reverse('AERO', accrual.id, { points: 20 });
  expect(reversed.userErrors).toEqual([]);
  expect((await nova.reverse('AERO', accrual.id, { points: 10 })).userErrors).toEqual([]);
  const held = redemptionOf(await nova.hold('AERO', member, 'APT', 40, { orderExternalId: 'O-1' }));
  redemptionOf(await nova.capture('AERO', held.id));
  redemptionOf(await nova.refund('AERO', held.id, { points: 15 }));
  const sale = { externalId: 'S-1', ...on(10), gross: { minor: '900', currency: 'CNY' }, net: { minor: '800', currency: 'CNY' } };
  const sold = await nova.run<{ reportSale: { userErrors: unknown } }>(await nova.token('AERO'), 'report-sale', {
    input: { idempotencyKey: nova.newKey(), member: { id: member.id }, ...sale },
  });
  expect(sold.reportSale.userErrors).toEqual([]);

  const run = await api.run(
    [
      'Type;Order ID;Date;Points;Currency',
      'earn;R-1;20260110;100;APT',
      'return;R-1;2026-01-15;20;APT',
      'return;R-1;2026-01-15;-10;',
      'burn;O-1;2026-01-15T12:30:00+08:00;40;APT',
      'refund;O-1;2026/01/15;15;',
      'sale;S-1;2026-01-10 10:00;800;CNY',
    ].join('\r\n'),
  );
  expect(shortly(run)).toEqual([
    'MATCHED ACCRUAL 1:1',
    'MATCHED REDEMPTION 1:1',
    'MATCHED REFUND 1:1',
    'MATCHED REVERSAL 2:2',
    'MATCHED SALE 1:1',
  ]);
  expect(run.counts.map(({ theirAmount, ourAmount }) => [theirAmount, ourAmount])).toEqual([
    ['100', '100'],
    ['40', '40'],
    ['-15', '-15'],
    ['-30', '-30'],
    ['800', '800'],
  ]);

  // A currency that is said must be the one: AERO's points are not those of BOOKS.
  const again = await api.run(['kind,key,date,points,currency', 'ACCRUAL,R-1,2026-01-10,100,BPT'].join('\n'));
  expect(shortly(again)).toContain('MISSING_HERE ACCRUAL 1:0');
});

test('rows match within tolerances, and in groups that add up; nothing else is guessed', async () => {
  await earned('T-1', 100, on(3, '23:59:00'));
  await earned('T-2', 100, on(4));
  await earned('T-3', 100, on(4));
  for (const [at, points] of [10, 20, 30].entries()) await earned(`G-${at}`, points, on(8), other);
  await earned('H-1', 90, on(9), other);
  const content = csv(
    'ACCRUAL,T-1,2026-01-04,,101',
    'ACCRUAL,T-2,2026-01-04,,102',
    'ACCRUAL,T-3,2026-01-07,,101',
    `ACCRUAL,SUM,2026-01-08,${other.id},60`,
    `ACCRUAL,P-1,2026-01-09,${other.cardNumber},50`,
    `ACCRUAL,P-2,2026-01-09,${other.cardNumber},40`,
  );
  const exact = await api.run(content);
  expect(shortly(exact)).toEqual(['AMOUNT_DIFF ACCRUAL 3:3', 'MATCHED ACCRUAL 3:4']);
  const run = await api.run(content, { tolerances: { points: 1, days: 1 } });
  expect((await api.rowsOf(run.id)).filter(({ side }) => side === 'THEIRS').map(line)).toEqual([
    'THEIRS T-1 101 MATCHED KEY_WITH_TOLERANCE',
    'THEIRS T-2 102 AMOUNT_DIFF KEY',
    'THEIRS T-3 101 DATE_DIFF KEY',
    'THEIRS SUM 60 MATCHED MEMBER_DAY_GROUP',
    'THEIRS P-1 50 MATCHED MEMBER_DAY_GROUP',
    'THEIRS P-2 40 MATCHED MEMBER_DAY_GROUP',
  ]);
  const [sum] = (await api.rowsOf(run.id)).filter(({ key }) => key === 'SUM');
  expect(sum?.counterparts.map(({ key }) => key)).toEqual(['G-0', 'G-1', 'G-2']);
  // A difference within the tolerance is no break, and is not hidden either.
  expect(run.counts.find(({ result }) => result === 'MATCHED')?.difference).toBe('-1');
  expect((await api.see(run.id)).breaks.edges.map(({ node }) => node.key)).toEqual(['T-2', 'T-3']);
});

test('an order that is one row there and several here is one match by its key', async () => {
  await earned('R-1', 500);
  for (const points of [60, 40]) {
    const held = redemptionOf(await nova.hold('AERO', member, 'APT', points, { orderExternalId: 'O-1' }));
    redemptionOf(await nova.capture('AERO', held.id));
  }
  const run = await api.run(csv('REDEMPTION,O-1,2026-01-15,,100', 'ACCRUAL,R-1,2026-01-10,,500'));
  expect(shortly(run)).toEqual(['MATCHED ACCRUAL 1:1', 'MATCHED REDEMPTION 1:2']);
});

test('the same file is the same reconciliation, however often it is sent; another file takes its place', async () => {
  await earned('R-1', 100);
  const content = csv('ACCRUAL,R-1,2026-01-10,,100', 'ACCRUAL,R-2,2026-01-10,,5');
  const input = { idempotencyKey: 'once' };
  const run = await api.run(content, input);
  expect(await api.run(content, input)).toEqual(run);
  expect(await api.run(content)).toEqual(run);
  expect(await api.breaks()).toHaveLength(1);
  expect((await api.send(`${content}\n`, input)).userErrors).toMatchObject([{ code: 'IDEMPOTENCY_CONFLICT' }]);

  // What has come since is seen by the same file again: it runs before the close, as often as one likes.
  await earned('R-2', 5);
  expect(shortly(await api.run(content))).toEqual(['MATCHED ACCRUAL 2:2']);
  expect((await api.breaks()).map(({ state }) => state)).toEqual(['SUPERSEDED']);

  const corrected = await api.run(csv('ACCRUAL,R-1,2026-01-10,,100'));
  expect(corrected.id).not.toBe(run.id);
  expect((await api.see(run.id)).isSuperseded).toBe(true);
  expect(shortly(corrected)).toEqual(['MATCHED ACCRUAL 1:1', 'MISSING_THERE ACCRUAL 0:1']);
  // Days or kinds that meet another reconciliation in part are reconciled once.
  const { userErrors } = await api.send(content, { from: '2026-01-10', until: '2026-02-10' });
  expect(userErrors).toMatchObject([{ code: 'VALIDATION', field: ['input', 'from'], details: { reconciliation: corrected.id } }]);
  await nova.setClock('2026-02-03T12:00:00+08:00');
  await earned('F-1', 5, { occurredAt: '2026-02-02T12:00:00+08:00' });
  expect(shortly(await api.run(csv('ACCRUAL,F-1,2026-02-02,,5'), { from: '2026-02-01', until: '2026-02-28' }))).toEqual([
    'MATCHED ACCRUAL 1:1',
  ]);
});

test('the order of the rows in a file does not matter', async () => {
  for (let at = 0; at < 12; at += 1) await earned(`R-${at % 9}-${at}`, 10 + (at % 3), on(5 + (at % 3)), at % 2 === 0 ? member : other);
  const rows = Array.from({ length: 14 }, (_, at) => {
    const who = at % 2 === 0 ? member : other;
    return `ACCRUAL,${at < 8 ? `R-${at % 9}-${at}` : `Q-${at % 3}`},2026-01-0${5 + (at % 4)},${who.id},${10 + (at % 4)}`;
  });
  const matchesOf = async (content: string) => {
    const run = await api.run(content, { tolerances: { points: 1, days: 1 } });
    const seen = await api.rowsOf(run.id);
    return seen
      .filter(({ side }) => side === 'THEIRS')
      .map((row) => `${line(row)} ${row.counterparts.map(({ key }) => key).sort()}`)
      .sort();
  };
  const forwards = await matchesOf(csv(...rows));
  expect(await matchesOf(csv(...rows.toReversed()))).toEqual(forwards);
  expect(await matchesOf(csv(...rows.slice(7), ...rows.slice(0, 7)))).toEqual(forwards);
});

test('a late row is found by its key on another day, and is claimed by one file only', async () => {
  await nova.setClock('2026-02-03T12:00:00+08:00');
  await earned('R-1', 100, { occurredAt: '2026-02-01T00:05:00+08:00' });
  const january = await api.run(csv('ACCRUAL,R-1,2026-01-31,,100'), { tolerances: { days: 1 } });
  expect(shortly(january)).toEqual(['MATCHED ACCRUAL 1:1']);
  const february = await api.run(csv('ACCRUAL,R-1,2026-02-01,,100'), { from: '2026-02-01', until: '2026-02-28' });
  expect(shortly(february)).toEqual(['MISSING_HERE ACCRUAL 1:0']);
});

test('an open cycle is reconciled before it closes, and by the same file after', async () => {
  await earned('R-1', 100);
  const { clearingCycle } = await nova.run<{ clearingCycle: { id: string } }>(nova.operator, 'cycle-positions');
  const content = csv('ACCRUAL,R-1,2026-01-10,,100');
  const open = await api.run(content, { cycleId: clearingCycle.id });
  expect(shortly(open)).toEqual(['MATCHED ACCRUAL 1:1']);
  await nova.operate('close-cycle', {});
  const closed = await api.run(content, { cycleId: clearingCycle.id });
  expect(shortly(closed)).toEqual(['MATCHED ACCRUAL 1:1']);
  expect((await api.see(closed.id)).isSuperseded).toBe(false);
});

test('a partner reconciles and sees its own; members and others see nothing', async () => {
  await earned('R-1', 100);
  const content = csv('ACCRUAL,R-1,2026-01-10,,100', 'ACCRUAL,R-2,2026-01-10,,100');
  expect((await api.send(content, { partner: 'BOOKS' })).userErrors).toMatchObject([{ code: 'FORBIDDEN', field: ['input', 'partner'] }]);
  expect((await api.send(content, {}, member.token)).userErrors).toMatchObject([{ code: 'FORBIDDEN' }]);
  expect((await api.send(content, {}, nova.operator)).userErrors).toMatchObject([{ code: 'VALIDATION', field: ['input', 'partner'] }]);
  expect((await api.send(content, { partner: 'NOBODY' }, nova.operator)).userErrors).toMatchObject([{ code: 'VALIDATION' }]);
  const { reconciliation } = await api.send(content, { partner: 'AERO' }, nova.operator);
  const books = await nova.token('BOOKS');
  for (const token of [books, member.token]) {
    const { errors } = await nova.answer(token, 'reconciliation', { id: reconciliation?.id });
    expect(errors).toMatchObject([{ extensions: { code: 'FORBIDDEN' } }]);
  }
  expect(await api.breaks({}, books)).toEqual([]);
  const { errors } = await nova.answer(books, 'breaks', { partner: 'AERO' });
  expect(errors).toMatchObject([{ extensions: { code: 'FORBIDDEN' } }]);
  const { id } = await api.breakOf('R-2');
  expect((await api.act(books, 'assign-break', { breakId: id, owner: 'me' })).userErrors).toMatchObject([{ code: 'FORBIDDEN' }]);
  expect((await nova.run<{ reconciliation: unknown }>(nova.operator, 'reconciliation', { id: 'rec_1' })).reconciliation).toBeNull();
});

test('of 25 groups and four files that are sent at the same time, each group is claimed once', async () => {
  const groups = Array.from({ length: 25 }, (_, at) => ({ at, day: 1 + Math.floor(at / 2), who: at % 2 === 0 ? member : other }));
  for (const { at, day, who } of groups) for (const points of [10, 5]) await earned(`R-${at}-${points}`, points, on(day), who);
  const sums = groups.map(({ at, day, who }) => `ACCRUAL,SUM-${at},2026-01-${String(day).padStart(2, '0')},${who.id},15`);
  const files = [0, 1, 2, 3].map((at) => csv(...sums, `ACCRUAL,X-${at},2026-01-14,,1`));
  const answers = await Promise.all(files.map((content) => api.send(content)));
  for (const { reconciliation, userErrors } of answers) {
    expect(userErrors).toEqual([]);
    expect(reconciliation && shortly(reconciliation)).toEqual(['MATCHED ACCRUAL 25:50', 'MISSING_HERE ACCRUAL 1:0']);
  }
  const claims = await nova.app.db.rows<{ times: bigint }>(
    'select count(*) as times from settlement.our_rows where match_no is not null group by source',
  );
  expect(claims).toHaveLength(50);
  expect(claims.every(({ times }) => times === 1n)).toBe(true);
  const [current] = await nova.app.db.rows<{ runs: bigint }>(
    'select count(*) as runs from settlement.reconciliations where superseded_by is null',
  );
  expect(current?.runs).toBe(1n);
  expect((await api.breaks({ state: 'OPEN' })).length).toBe(1);
});

test('the edges of the tolerances are whole points and whole days of the program, either way', async () => {
  const edges: [points: number, days: number, result: string][] = [
    [5, 0, 'MATCHED'],
    [6, 0, 'AMOUNT_DIFF'],
    [-5, 0, 'MATCHED'],
    [-6, 0, 'AMOUNT_DIFF'],
    [0, 2, 'MATCHED'],
    [0, 3, 'DATE_DIFF'],
    [0, -2, 'MATCHED'],
    [0, -3, 'DATE_DIFF'],
    [5, 3, 'DATE_DIFF'],
    [6, 3, 'AMOUNT_DIFF'],
    [6, 2, 'AMOUNT_DIFF'],
  ];
  for (const [at, [, days]] of edges.entries()) await earned(`R-${at}`, 100, on(7, days < 0 ? '00:00:00' : '23:59:59'));
  const rows = edges.map(([points, days], at) => `ACCRUAL,R-${at},2026-01-${String(7 + days).padStart(2, '0')},,${100 + points}`);
  const run = await api.run(csv(...rows), { tolerances: { points: 5, days: 2 } });
  const theirs = (await api.rowsOf(run.id)).filter(({ side }) => side === 'THEIRS');
  expect(theirs.map(({ result }) => result)).toEqual(edges.map(([, , result]) => result));
  const apart = edges.reduce((sum, [points]) => sum - points, 0);
  expect(run.counts.reduce((sum, { difference }) => sum + Number(difference), 0)).toBe(apart);
});
