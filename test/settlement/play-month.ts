import { accrualOf, cny, type Input, type Joining, type Member, type Nova, redemptionOf } from '../support/coalition.ts';
import { settlementOf } from './settlement-api.ts';

/** The month of the handbook (domain 3.6): partners A, B, C and D are AERO, BOOKS, CAFE and DEPOT. */
const BUDGET: Input = {
  costAllocation: { code: 'MARKETING', budget: cny('1000.00'), basis: 'TRANSACTION_COUNT' },
};
const BREAKAGE: Input = { breakage: { issuerBps: 4_000, operatorBps: 6_000 } };
const SPRING: Input = {
  jointPromotion: {
    promotion: 'SPRING',
    contributions: [
      { partner: 'AERO', weight: '7000' },
      { partner: 'CAFE', weight: '3000' },
    ],
    from: '2026-01-01T00:00:00+08:00',
    until: '2026-02-01T00:00:00+08:00',
  },
};
const exchange = (from: string, to: string): Input => ({
  exchange: { from, to, spreadBps: 500, operatorShareBps: 6_000, sourceShareBps: 2_000, destinationShareBps: 2_000 },
});
const accepts = (...currencies: string[]): Input => ({ acceptance: { currencies } });
const expiry = { rollingMonths: 1 };
const terms: Input = { paymentTerms: { netDays: 15, disputeWindowDays: 10, lateInterestBpsPerDay: 5 } };

/** What its partners agree on, with terms of payment. */
export const MONTH: Readonly<Record<'AERO' | 'BOOKS' | 'CAFE' | 'DEPOT', Joining>> = {
  AERO: { expiry, clauses: [BUDGET, BREAKAGE, SPRING, exchange('APT', 'BPT'), accepts('APT', 'BPT'), terms] },
  BOOKS: { expiry, clauses: [BUDGET, accepts('APT', 'CPT'), terms] },
  CAFE: { expiry, clauses: [BUDGET, BREAKAGE, SPRING, exchange('CPT', 'APT'), accepts('APT'), terms] },
  DEPOT: { clauses: [BUDGET, { revenueShare: { basis: 'NET_SALE', bps: 150, payee: 'HOME' } }, terms] },
};

/** When its clock stands once the month was lived. */
export const AFTER_MONTH = '2026-02-03T00:00:00+08:00';

/** Burns points of a member at a partner. Answers the redemption's id. */
export async function burn(nova: Nova, partner: string, member: Member, currency: string, points: number): Promise<string> {
  const { id } = redemptionOf(await nova.hold(partner, member, currency, points));
  redemptionOf(await nova.capture(partner, id));
  return id;
}

async function convert(nova: Nova, member: Member, from: string, to: string, points: number): Promise<void> {
  const { quoteExchange } = await nova.run<{ quoteExchange: { quote: { id: string } } }>(member.token, 'quote-exchange', {
    input: { from, to, points },
  });
  const { exchangePoints } = await nova.run<{ exchangePoints: { userErrors: unknown[] } }>(member.token, 'exchange-points', {
    input: { idempotencyKey: nova.newKey(), quoteId: quoteExchange.quote.id },
  });
  expect(exchangePoints.userErrors).toEqual([]);
}

/** Everything that happens in it. Transactions stand to each other as 5,000 to 3,000 to 1,500 to 2,500: 10, 6, 3 and 5. */
export async function playMonth(nova: Nova): Promise<void> {
  const earn = async (partner: string, member: Member, points: number, more: Input = {}) =>
    accrualOf(await nova.earn(partner, member, { points, ...more }));

  const [ofA, ofC] = [await nova.enrol({ homePartner: 'AERO' }), await nova.enrol({ homePartner: 'CAFE' })];
  const forgetful = await nova.enrol();
  const early = { occurredAt: '2026-01-02T10:00:00+08:00' };
  await earn('AERO', forgetful, 15_000, early);
  await earn('CAFE', forgetful, 2_001, early);
  const { id: returned } = await earn('AERO', ofA, 500_000);
  accrualOf(await nova.reverse('AERO', returned, { points: 40_000 }));
  for (const points of [400_000, 50_000, 20_000, 10_000, 5_000]) await earn('AERO', ofA, points);
  await earn('AERO', ofA, 30_000, { promotion: 'SPRING', currency: 'APT' });
  for (const points of [400_000, 100_000, 2, 1]) await earn('BOOKS', ofA, points);
  await earn('CAFE', ofA, 118_000);

  await burn(nova, 'AERO', ofA, 'APT', 200_000);
  await burn(nova, 'AERO', ofA, 'BPT', 50_000);
  await burn(nova, 'BOOKS', ofA, 'APT', 20_000);
  await burn(nova, 'BOOKS', ofA, 'CPT', 10_001);
  redemptionOf(await nova.refund('CAFE', await burn(nova, 'CAFE', ofA, 'APT', 80_000), { points: 5_000 }));
  await burn(nova, 'DEPOT', ofA, 'APT', 300_000);
  await burn(nova, 'DEPOT', ofA, 'BPT', 100_000);
  await burn(nova, 'DEPOT', ofA, 'CPT', 40_000);
  await convert(nova, ofA, 'APT', 'BPT', 100_000);
  await convert(nova, ofA, 'CPT', 'APT', 30_001);

  const { sell } = settlementOf(nova);
  await sell('DEPOT', ofA, 8_000_000);
  await sell('DEPOT', ofC, 3_333_300);

  await nova.setClock(AFTER_MONTH);
  await nova.runJob('EXPIRE_LOTS', AFTER_MONTH);
}
