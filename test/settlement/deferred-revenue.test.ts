import { parse } from 'csv-parse/sync';
import fc from 'fast-check';
import { exchange, exchangeOf, exchanging } from '../exchange/exchange-api.ts';
import { givingAt } from '../exchange/giving-api.ts';
import { accrualOf, type Member, type Nova, redemptionOf, startNova } from '../support/coalition.ts';
import { closeCycle } from './export-fixtures.ts';

type Row = Record<string, string>;

let nova: Nova;
let members: readonly Member[];
beforeAll(async () => {
  nova = await startNova({
    AERO: { clauses: [exchange('APT', 'BPT', { feePoints: 7 })] },
    BOOKS: { issuance: { fundingModel: 'HYBRID', issueShareBps: 3_333 }, expiry: { rollingMonths: 1 } },
    CAFE: { issuance: { fundingModel: 'ON_REDEMPTION' }, clauses: [exchange('CPT', 'APT')] },
  });
  await givingAt(nova).allow({});
  members = [await nova.enrol(), await nova.enrol()];
});
afterAll(() => nova.stop());

const DEAL = [
  ['AERO', 'APT'],
  ['BOOKS', 'BPT'],
  ['CAFE', 'CPT'],
] as const;

type Step = readonly [
  kind: 'earn' | 'reverse' | 'burn' | 'refund' | 'hold' | 'give' | 'swap' | 'pay',
  who: 0 | 1,
  deal: 0 | 1 | 2,
  points: number,
];

const steps = fc.array(
  fc.tuple(
    fc.constantFrom('earn', 'reverse', 'burn', 'refund', 'hold', 'give', 'swap', 'pay'),
    fc.constantFrom(0, 1),
    fc.constantFrom(0, 1, 2),
    fc.integer({ min: 21, max: 900 }),
  ),
  { minLength: 24, maxLength: 24 },
) as fc.Arbitrary<readonly Step[]>;

/** What the steps must come to by issuer and column, kept apart from the book; points of an issuer are its currency's, as nothing is repriced. */
type Expected = Map<string, Map<string, bigint>>;

function add(expected: Expected, currency: string, column: string, points: number): void {
  const columns = expected.get(currency) ?? new Map<string, bigint>();
  expected.set(currency, columns.set(column, (columns.get(column) ?? 0n) + BigInt(points)));
}

/** Takes a step in which the member gives points that it has; earns them first. */
async function take([kind, who, deal, points]: Step, expected: Expected): Promise<void> {
  const [member, other] = [members[who], members[1 - who]];
  if (member === undefined || other === undefined) throw new Error('nobody is there');
  const [partner, currency] = DEAL[deal];
  const earned = accrualOf(await nova.earn(partner, member, { points: 1_000 }));
  add(expected, currency, 'issued', 1_000);
  const { exchange: swap, pay } = exchanging(nova);
  switch (kind) {
    case 'earn':
      return;
    case 'reverse':
      accrualOf(await nova.reverse(partner, earned.id, { points }));
      return add(expected, currency, 'reversed', -points);
    case 'hold':
      redemptionOf(await nova.hold('DEPOT', member, currency, points));
      return;
    case 'burn':
    case 'refund': {
      const { id } = redemptionOf(await nova.hold('DEPOT', member, currency, points));
      redemptionOf(await nova.capture('DEPOT', id));
      add(expected, currency, 'redeemed', -points);
      if (kind === 'burn') return;
      redemptionOf(await nova.refund('DEPOT', id, { points: 20 }));
      return add(expected, currency, 'refunded', 20);
    }
    case 'give':
      expect((await givingAt(nova).give(member, { to: { id: other.id }, currency, points })).transfer?.points).toBe(points);
      return;
    case 'swap':
    case 'pay': {
      const [from, to] = deal === 2 ? ['CPT', 'APT'] : ['APT', 'BPT'];
      if (deal === 1) {
        accrualOf(await nova.earn('AERO', member, { points: 1_000 }));
        add(expected, 'APT', 'issued', 1_000);
      }
      const given = kind === 'swap' ? await swap(member, from, to, points) : await pay('DEPOT', member, { from, currency: to, points: 20 });
      const { debited, credited } = exchangeOf(given);
      add(expected, from, 'exchanged_out', -debited);
      add(expected, to, 'exchanged_in', credited);
      if (kind === 'pay') add(expected, to, 'redeemed', -20);
    }
  }
}

async function rolled(cycle: string): Promise<Row[]> {
  const { cycleExport } = await nova.run<{ cycleExport: { base64: string } }>(nova.operator, 'cycle-export', {
    cycle,
    format: 'DEFERRED_REVENUE',
  });
  return parse(Buffer.from(cycleExport.base64, 'base64'), { columns: true });
}

const whole = (figure: string | undefined): bigint => BigInt((figure ?? '0').replace('.', ''));

/** Points, their worth and their money in the lots that are left, by issuer and currency, as `measure issuer currency`. */
async function outstanding(): Promise<Record<string, bigint>> {
  const rows = await nova.app.db.rows<{ name: string; points: bigint; worth: bigint; money: bigint }>(
    `select concat(p.code, ' ', c.code) as name, sum(l.available + l.held)::bigint as points,
       sum((l.available + l.held) * l.redemption_micros)::bigint as worth, sum((l.available + l.held) * l.funded_micros)::bigint as money
     from ledger.lots l join ledger.accounts a on a.id = l.account_id join partners.partners p on p.id = l.issuer
     join partners.point_currencies c on c.no = a.unit group by 1`,
  );
  return Object.fromEntries(
    rows.flatMap(({ name, points, worth, money }) => [
      [`POINTS ${name}`, points],
      [`LIABILITY ${name}`, worth],
      [`DEFERRED_REVENUE ${name}`, money],
    ]),
  );
}

/** Pools of points that are funded when they are burned need not cover them. */
const faults = async () => (await nova.faults()).filter((fault) => !fault.includes(' is covered by '));

test('over cycles of anything that happens to points, the roll-forward is what was done, closes on the lots that are left, and opens where it closed', async () => {
  let before: Row[] = [];
  const months = ['2026-01-20', '2026-01-25'];
  const plays = fc.sample(steps, { numRuns: months.length, seed: 20_260_115 });
  for (const [at, play] of plays.entries()) {
    const expected: Expected = new Map();
    for (const step of play) await take(step, expected);
    await nova.setClock(`${months[at]}T12:00:00+08:00`);
    const cycle = await closeCycle(nova);
    const rows = await rolled(cycle);
    const figures = rows.map((row) => [`${row.measure} ${row.issuer} ${row.currency}`, whole(row.closing)] as const);
    expect(Object.fromEntries(figures)).toEqual(await outstanding());
    for (const row of rows.filter(({ measure }) => measure === 'POINTS')) {
      const columns = expected.get(row.currency ?? '') ?? new Map<string, bigint>();
      for (const column of ['issued', 'reversed', 'redeemed', 'refunded', 'exchanged_in', 'exchanged_out', 'expired'])
        expect([row.currency, column, whole(row[column])]).toEqual([row.currency, column, columns.get(column) ?? 0n]);
    }
    for (const row of rows) {
      const earlier = before.find(
        ({ measure, issuer, currency }) => measure === row.measure && issuer === row.issuer && currency === row.currency,
      );
      expect(whole(row.opening)).toBe(whole(earlier?.closing));
    }
    before = rows;
  }
  expect(await faults()).toEqual([]);
}, 120_000);

test('what expires leaves the roll-forward with its issuer, and the pool with it', async () => {
  await nova.setClock('2026-02-20T00:00:00+08:00');
  await nova.runJob('EXPIRE_LOTS', '2026-02-20T00:00:00+08:00');
  const rows = await rolled(await closeCycle(nova));
  const [books] = rows.filter(({ measure, issuer }) => measure === 'POINTS' && issuer === 'BOOKS');
  expect(whole(books?.expired)).toBeLessThan(0n);
  expect(Object.fromEntries(rows.map((row) => [`${row.measure} ${row.issuer} ${row.currency}`, whole(row.closing)]))).toEqual(
    await outstanding(),
  );
  const pools = await nova.app.db.rows<{ code: string; micros: bigint }>(
    "select c.code, a.available as micros from ledger.accounts a join partners.point_currencies c on c.no = a.topic where a.kind = 'POOL'",
  );
  for (const { code, micros } of pools) {
    const held = rows.filter(({ measure, currency }) => measure === 'DEFERRED_REVENUE' && currency === code);
    expect(held.reduce((sum, { closing }) => sum + whole(closing), 0n)).toBe(micros);
  }
  expect(await faults()).toEqual([]);
});
