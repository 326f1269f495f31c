import fc from 'fast-check';
import { splitLargestRemainder } from '../../../src/kernel/split.ts';
import { type CostMeasures, costShares } from '../../../src/partners/contracts/clauses/cost-allocation/cost-allocation.rules.ts';
import { type Settlement, settlementOf } from '../../settlement/settlement-api.ts';
import { accrualOf, type Input, type Member, type Nova, redemptionOf, startNova } from '../../support/coalition.ts';

const measures = (partner: string, more: Partial<CostMeasures> = {}): CostMeasures => ({
  ...{ partner, fundingMinor: 0n, burnMinor: 0n, transactions: 0n, activeMembers: 0n },
  ...more,
});
type Terms = Parameters<typeof costShares>[0];
const split = (terms: Terms, partners: readonly CostMeasures[], budget = 100_000n) =>
  Object.fromEntries(splitLargestRemainder(budget, costShares(terms, partners)));

test.each<[string, Terms, readonly CostMeasures[], Record<string, bigint>]>([
  [
    'equal parts, the odd fen to the lowest codes',
    { basis: 'EQUAL' },
    ['A', 'B', 'C'].map((one) => measures(one)),
    { A: 33_334n, B: 33_333n, C: 33_333n },
  ],
  [
    'agreed shares',
    {
      basis: 'FIXED_BPS',
      weights: [
        { partner: 'A', weight: 7_500n },
        { partner: 'B', weight: 2_500n },
      ],
    },
    [measures('A'), measures('B')],
    { A: 75_000n, B: 25_000n },
  ],
  [
    'agreed shares of those who have signed',
    {
      basis: 'FIXED_BPS',
      weights: [
        { partner: 'A', weight: 5_000n },
        { partner: 'B', weight: 5_000n },
      ],
    },
    [measures('A')],
    { A: 100_000n },
  ],
  [
    'what each pays for points',
    { basis: 'FUNDING_VALUE' },
    [measures('A', { fundingMinor: 300n }), measures('B', { fundingMinor: 100n })],
    { A: 75_000n, B: 25_000n },
  ],
  [
    'what each is reimbursed; what came back of earlier cycles weighs nothing',
    { basis: 'BURN_VALUE' },
    [measures('A', { burnMinor: 300n }), measures('B', { burnMinor: -100n })],
    { A: 100_000n, B: 0n },
  ],
  [
    'transactions',
    { basis: 'TRANSACTION_COUNT' },
    Object.entries({ A: 5_000n, B: 3_000n, C: 1_500n, D: 2_500n }).map(([one, transactions]) => measures(one, { transactions })),
    { A: 41_667n, B: 25_000n, C: 12_500n, D: 20_833n },
  ],
  [
    'active members',
    { basis: 'ACTIVE_MEMBERS' },
    [measures('A', { activeMembers: 1n }), measures('B', { activeMembers: 3n })],
    { A: 25_000n, B: 75_000n },
  ],
  ['nothing weighs anything', { basis: 'TRANSACTION_COUNT' }, [measures('A'), measures('B')], { A: 50_000n, B: 50_000n }],
])('%s', (_, terms, partners, expected) => {
  expect(split(terms, partners)).toEqual(expected);
});

test('whatever partners weigh, their parts are the whole, and nobody pays a negative part', () => {
  const partners = fc.uniqueArray(fc.record({ partner: fc.stringMatching(/^[A-Z]{1,4}$/), transactions: fc.bigInt(-5n, 10n ** 12n) }), {
    minLength: 1,
    maxLength: 30,
    selector: ({ partner }) => partner,
  });
  fc.assert(
    fc.property(partners, fc.bigInt(0n, 10n ** 12n), (named, budget) => {
      const parts = Object.values(
        split(
          { basis: 'TRANSACTION_COUNT' },
          named.map(({ partner, transactions }) => measures(partner, { transactions })),
          budget,
        ),
      );
      expect(parts.reduce((sum, part) => sum + part, 0n)).toBe(budget);
      expect(parts.every((part) => part >= 0n)).toBe(true);
    }),
  );
});

describe('in a coalition', () => {
  let nova: Nova;
  let settlement: Settlement;
  let member: Member;
  const budget = (code: string, basis: string, more: Input = {}): Input => ({
    costAllocation: { code, budget: { minor: '100000', currency: 'CNY' }, basis, ...more },
  });
  const shared = [budget('MEDIA', 'TRANSACTION_COUNT')];
  beforeAll(async () => {
    nova = await startNova({
      AERO: { clauses: shared },
      BOOKS: { clauses: shared },
      CAFE: { clauses: shared },
      DEPOT: { clauses: shared },
    });
    settlement = settlementOf(nova);
    member = await nova.enrol();
  });
  afterAll(() => nova.stop());

  const costOf = async (partner: string) =>
    (await settlement.linesOf(partner)).filter(({ type }) => type === 'COST_ALLOCATION').map(({ amount }) => Number(amount.minor));

  test('a budget of which nobody has done anything is shared equally', async () => {
    expect(await Promise.all(['AERO', 'BOOKS', 'CAFE', 'DEPOT'].map(costOf))).toEqual([[-25_000], [-25_000], [-25_000], [-25_000]]);
  });

  test('[L08] [L19] 1,000.00 by transactions in the relation of 5,000, 3,000, 1,500 and 2,500 is 416.67, 250.00, 125.00 and 208.33', async () => {
    const earn = async (partner: string, times: number) => {
      for (let n = 0; n < times; n += 1) accrualOf(await nova.earn(partner, member, { points: 100 }));
    };
    await earn('AERO', 9);
    await earn('BOOKS', 6);
    await earn('CAFE', 3);
    // Counted when it is confirmed; what is cancelled, held, voided or refunded does not count once more.
    const pending = accrualOf(await nova.earn('AERO', member, { points: 100, confirm: 'MANUAL' }));
    await nova.confirm('AERO', pending.id);
    await nova.cancel('AERO', accrualOf(await nova.earn('AERO', member, { points: 100, confirm: 'MANUAL' })).id);
    await nova.release('DEPOT', redemptionOf(await nova.hold('DEPOT', member, 'APT', 10)).id);
    for (let n = 0; n < 3; n += 1) {
      const { id } = redemptionOf(await nova.hold('DEPOT', member, 'APT', 10));
      await nova.capture('DEPOT', id);
      if (n === 0) await nova.refund('DEPOT', id);
    }
    await settlement.sell('DEPOT', member, 100);
    await settlement.sell('DEPOT', member, 100);
    expect(await Promise.all(['AERO', 'BOOKS', 'CAFE', 'DEPOT'].map(costOf))).toEqual([[-41_667], [-25_000], [-12_500], [-20_833]]);
    expect(await nova.faults()).toEqual([]);
  });

  test('by active members everybody counts once a partner, whatever they do there', async () => {
    const clauses = [budget('CLUB', 'ACTIVE_MEMBERS')];
    await nova.join('FIRST', { currency: 'FPT', clauses });
    await nova.join('OTHER', { currency: 'OPT', clauses });
    const [second, third] = [await nova.enrol(), await nova.enrol()];
    for (const one of [member, member, second]) accrualOf(await nova.earn('FIRST', one, { points: 10 }));
    await settlement.sell('FIRST', second, 100);
    await settlement.sell('FIRST', third, 100);
    accrualOf(await nova.earn('OTHER', member, { points: 10 }));
    redemptionOf(await nova.capture('OTHER', redemptionOf(await nova.hold('OTHER', member, 'OPT', 5)).id));
    expect(await Promise.all(['FIRST', 'OTHER'].map(costOf))).toEqual([[-75_000], [-25_000]]);
  });

  test('where contracts differ the lowest partner code speaks; a later version takes over', async () => {
    await nova.join('ONE', { clauses: [budget('DIFFERENT', 'EQUAL')] });
    await nova.join('TWO', { clauses: [budget('DIFFERENT', 'EQUAL', { budget: { minor: '999', currency: 'CNY' } })] });
    expect(await Promise.all(['ONE', 'TWO'].map(costOf))).toEqual([[-50_000], [-50_000]]);
    await nova.amend('ONE', '2026-01-12T00:00:00+08:00', {});
    expect(await Promise.all(['ONE', 'TWO'].map(costOf))).toEqual([[], [-999]]);
  });
});
