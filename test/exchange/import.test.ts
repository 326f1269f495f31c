import { foundImporter } from '../../src/exchange/import/found-importer.ts';
import { type ImportSummary, importPurchases } from '../../src/exchange/import/import-purchases.ts';
import { readPurchases } from '../../src/exchange/import/purchase-line.ts';
import { verifyLedger } from '../../src/ledger/verify.ts';
import { coalitionNow } from '../../src/partners/coalition.ts';
import { type Database, statementCounter } from '../../src/platform/database.ts';
import { startApp, type TestApp } from '../support/app.ts';
import { writePurchases } from './purchase-files.ts';

let app: TestApp;
beforeEach(async () => {
  app = await startApp();
  await foundImporter(app.db, 'SHOP', new Date('1997-01-01T00:00:00+08:00'));
});
afterEach(() => app.stop());

async function* inChunks(text: string, breakOffAfter = Number.POSITIVE_INFINITY): AsyncGenerator<string> {
  for (let at = 0; at < text.length; at += 10_000) {
    if (at > breakOffAfter) throw new Error('the disk was pulled out');
    yield text.slice(at, at + 10_000);
  }
}

interface Report extends ImportSummary {
  readonly badLines: readonly string[];
}

async function load(text: string, { db = app.db, breakOffAfter }: { db?: Database; breakOffAfter?: number } = {}): Promise<Report> {
  const { coalition } = await coalitionNow(db);
  const { settlementCurrency, timeZone } = coalition.program;
  const format = {
    columns: ['member', 'date', 'quantity', 'amount'],
    delimiter: 'whitespace',
    timeZone,
    currency: settlementCurrency,
  } as const;
  const badLines: string[] = [];
  const target = { partnerId: coalition.partnerOf('SHOP')?.id ?? '', settlementCurrency };
  const summary = await importPurchases(db, target, readPurchases(inChunks(text, breakOffAfter), format), {
    refusedLine: (no, reason) => badLines.push(`${no}: ${reason}`),
    advanced: () => undefined,
  });
  return { ...summary, badLines };
}

interface Found {
  readonly displayName: string;
  readonly homePartner: { readonly code: string };
  readonly balances: readonly { readonly available: number; readonly version: string }[];
}

async function memberOf(externalId: string): Promise<Found> {
  const token = await app.token({ role: 'PARTNER', partner: 'SHOP' });
  const document = 'query ($ref: MemberRef!) { member(ref: $ref) { displayName homePartner { code } balances { available version } } }';
  const { data, errors } = await app.graphql(document, { token, variables: { ref: { externalId } } });
  expect(errors).toBeUndefined();
  return data.member;
}

/** Points in wallets, by the name that the shop has for each member. */
async function wallets(): Promise<Map<string, bigint>> {
  const rows = await app.db.rows<{ name: string; available: bigint }>(
    `select x.external_id as name, a.available from members.external_ids x join ledger.accounts a on a.kind = 'WALLET' and a.owner = x.member_id`,
  );
  return new Map(rows.map(({ name, available }) => [name, available]));
}

async function isIntact(): Promise<void> {
  expect((await verifyLedger(app.db)).checks.flatMap(({ examples }) => examples)).toEqual([]);
}

async function leftOver(): Promise<number> {
  return (await app.db.rows('select from exchange.import_lines')).length;
}

test('members are enrolled once, earn by the rules of the partner, and are found by the partner’s name for them', async () => {
  const report = await load(' 00001 19970101  1   11.77\n 00002 19970112  1   12.00\n 00002 19970112  5   77.00\n');
  expect(report).toEqual({ read: 3, accrued: 3, replayed: 0, refused: 0, members: 2, points: 1007n, badLines: [] });
  expect(await memberOf('00001')).toMatchObject({ homePartner: { code: 'SHOP' }, balances: [{ available: 117, version: '1' }] });
  expect(await memberOf('00002')).toMatchObject({ balances: [{ available: 890, version: '2' }] });
  const [joined] = await app.db.rows<{ enrolled_at: Date }>("select enrolled_at from members.members where display_name = '00002'");
  expect(joined?.enrolled_at).toEqual(new Date('1997-01-12T00:00:00+08:00'));
});

test('identical lines are separate purchases, and read again they are the same ones', async () => {
  const text = 'ann 19970101 1 5.00\nann 19970101 1 5.00\nben 19970101 1 5.00\nann  19970101 1  5.00\n';
  expect(await load(text)).toMatchObject({ accrued: 4, replayed: 0, points: 200n });
  expect(await load(text)).toMatchObject({ read: 4, accrued: 0, replayed: 4, members: 0, points: 0n });
  expect(await load(`${text}ann 19970101 1 5.00\n`)).toMatchObject({ accrued: 1, replayed: 4, points: 50n });
  expect(await memberOf('ann')).toMatchObject({ balances: [{ available: 200, version: '4' }] });
});

test('a purchase that earns nothing is an accrual of 0 points', async () => {
  const report = await load('ann 19970101 1 0.00\nann 19970102 1 0.09\nann 19970103 1 0.10\n');
  expect(report).toMatchObject({ accrued: 3, refused: 0, points: 1n, members: 1 });
  const rows = await app.db.rows<{ points: bigint; status: string }>('select points, status from exchange.accruals order by occurred_at');
  expect(rows).toEqual([0n, 0n, 1n].map((points) => ({ points, status: 'CONFIRMED' })));
  await isIntact();
});

test('a line that cannot be read or that may not earn is reported with its number, and the rest loads', async () => {
  const future = new Date(Date.now() + 3 * 86_400_000).toISOString().slice(0, 10);
  const report = await load(
    `member date quantity amount\nann 19970101 1 5.00\nann 19961231 1 5.00\n\nann ${future} 1 5.00\nzoe ${future} 1 5.00\nben 19970101 1 9999999999999.00\nben 19970101 1 99999999999.00\n`,
  );
  expect(report).toMatchObject({ read: 7, accrued: 1, refused: 6, members: 2, points: 50n });
  expect(report.badLines).toEqual([
    '1: "date" is not a day such as 19970131 or 1997-01-31',
    expect.stringMatching(/^3: .*contract/),
    expect.stringMatching(/^5: .*later than the program's clock/),
    expect.stringMatching(/^6: .*later than the program's clock/),
    expect.stringMatching(/^7: "9999999999999\.00" is not an amount/),
    expect.stringMatching(/^8: An amount is between 0 and/),
  ]);
});

test('thousands of lines come out as counted by hand, in a number of statements that grows with batches only', async () => {
  const file = writePurchases(5_000);
  const before = statementCounter.count;
  const report = await load(file.text);
  expect(report).toEqual({
    read: 5_000,
    accrued: 5_000,
    replayed: 0,
    refused: 0,
    members: file.members,
    points: file.points,
    badLines: [],
  });
  expect(statementCounter.count - before).toBeLessThan(5 * 20 + 10);
  const points = await wallets();
  for (const [member, expected] of file.pointsOf) expect([member, points.get(member) ?? 0n]).toEqual([member, expected]);
  expect(await leftOver()).toBe(0);
  await isIntact();
  expect(await load(file.text)).toMatchObject({ read: 5_000, accrued: 0, replayed: 5_000, refused: 0, members: 0, points: 0n });
});

test('an import that was broken off is completed by the next, and nothing is loaded twice', async () => {
  const file = writePurchases(4_000, 2);
  await expect(load(file.text, { breakOffAfter: 60_000 })).rejects.toThrow('the disk was pulled out');
  const [{ count = 0n } = {}] = await app.db.rows<{ count: bigint }>('select count(*) from exchange.accruals');
  expect(Number(count)).toBeGreaterThan(0);
  expect(Number(count)).toBeLessThan(4_000);
  expect(await leftOver()).toBe(0);
  const report = await load(file.text);
  expect(report).toMatchObject({ read: 4_000, accrued: 4_000 - Number(count), replayed: Number(count), refused: 0 });
  expect([...(await wallets()).values()].reduce((sum, more) => sum + more, 0n)).toBe(file.points);
  await isIntact();
});

test('two imports of one file at the same time load it once', async () => {
  const file = writePurchases(3_000, 3);
  const reports = await Promise.all([load(file.text), load(file.text)]);
  const sum = (of: (report: Report) => number) => reports.reduce((total, report) => total + of(report), 0);
  expect(sum(({ accrued }) => accrued)).toBe(3_000);
  expect(sum(({ replayed }) => replayed)).toBe(3_000);
  expect(sum(({ members }) => members)).toBe(file.members);
  expect(reports.reduce((total, { points }) => total + points, 0n)).toBe(file.points);
  expect([...(await wallets()).values()].reduce((total, more) => total + more, 0n)).toBe(file.points);
  await isIntact();
});

test('a member that the partner has enrolled itself is not enrolled again', async () => {
  const token = await app.token({ role: 'PARTNER', partner: 'SHOP' });
  const input = {
    idempotencyKey: 'e1',
    externalId: 'ann',
    displayName: '王小明',
    consents: [{ purpose: 'SERVICE', granted: true, version: 'v1' }],
  };
  const { errors } = await app.graphql('mutation ($input: EnrolMemberInput!) { enrolMember(input: $input) { userErrors { message } } }', {
    token,
    variables: { input },
  });
  expect(errors).toBeUndefined();
  expect(await load('ann 19970101 1 5.00\nben 19970101 1 5.00\n')).toMatchObject({ accrued: 2, members: 1 });
  expect(await memberOf('ann')).toMatchObject({ displayName: '王*', balances: [{ available: 50 }] });
});
