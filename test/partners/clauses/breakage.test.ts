import { splitLargestRemainder } from '../../../src/kernel/split.ts';
import { breakageShares } from '../../../src/partners/contracts/clauses/breakage/breakage.rules.ts';
import { settlementOf } from '../../settlement/settlement-api.ts';
import { type Nova, startNova } from '../../support/coalition.ts';

type Bps = readonly [issuer: number, operator: number, commonFund: number];

test.each<[string, bigint, Bps | undefined, Record<string, bigint>]>([
  ['1,600.8 and 2,401.2 fen', 4_002n, [4_000, 6_000, 0], { A: 1_601n, OPERATOR: 2_401n }],
  ['a common fund, which is counted with the operator', 4_002n, [4_000, 3_000, 3_000], { A: 1_601n, OPERATOR: 2_401n }],
  ['one fen, halved: to the partner before the operator', 1n, [5_000, 5_000, 0], { A: 1n, OPERATOR: 0n }],
  ['all to the issuer', 7n, [10_000, 0, 0], { A: 7n, OPERATOR: 0n }],
  ['no clause: all to the operator', 7n, undefined, { OPERATOR: 7n }],
])('%s', (_, whole, bps, expected) => {
  const clause = bps && { issuerBps: bps[0], operatorBps: bps[1], commonFundBps: bps[2] };
  expect(Object.fromEntries(splitLargestRemainder(whole, breakageShares(clause, 'A', 'OPERATOR')))).toEqual(expected);
});

describe('in a coalition', () => {
  let nova: Nova;
  beforeAll(async () => {
    nova = await startNova({
      CAFE: { expiry: { rollingMonths: 1 }, clauses: [{ breakage: { issuerBps: 4_000, operatorBps: 6_000 } }] },
      BOOKS: { expiry: { rollingMonths: 1 } },
    });
  });
  afterAll(() => nova.stop());

  test('2,001 CPT that expire give CAFE 16.01 and the operator 24.01; where nothing was agreed the operator has all', async () => {
    const settlement = settlementOf(nova);
    const member = await nova.enrol();
    const occurredAt = '2026-01-02T10:00:00+08:00';
    await nova.earn('CAFE', member, { points: 2_001, occurredAt });
    await nova.earn('BOOKS', member, { points: 100, occurredAt });
    const before = await settlement.positions();
    await nova.setClock('2026-02-03T00:00:00+08:00');
    await nova.runJob('EXPIRE_LOTS', '2026-02-03T00:00:00+08:00');
    expect(await settlement.linesOf('CAFE')).toEqual([
      {
        type: 'FUNDING',
        description: 'CPT issued by CAFE, net of reversals',
        exactMicros: '-47023500',
        amount: { minor: '-4702', currency: 'CNY' },
      },
      { type: 'BREAKAGE', description: 'CPT that expired', exactMicros: '16008000', amount: { minor: '1601', currency: 'CNY' } },
    ]);
    expect(await settlement.amountsOf('BOOKS')).toEqual(['FUNDING -60']);
    const after = await settlement.positions();
    expect(Object.fromEntries(Object.keys(after).map((party) => [party, (after[party] ?? 0) - (before[party] ?? 0)]))).toEqual({
      AERO: 0,
      BOOKS: 0,
      CAFE: 1_601,
      DEPOT: 0,
      OPERATOR: 2_401 + 50,
      POOL: -4_002 - 50,
    });
    expect(await nova.faults()).toEqual([]);
  });

  test('the version that is in force when the cycle is drafted divides all of it', async () => {
    await nova.amend('CAFE', '2026-02-03T00:00:00+08:00', {
      currency: 'CPT',
      price: [20_000, 3_500],
      clauses: [{ breakage: { issuerBps: 0, operatorBps: 5_000, commonFundBps: 5_000 } }],
    });
    expect(await settlementOf(nova).amountsOf('CAFE')).toEqual(['FUNDING -4702']);
  });
});
