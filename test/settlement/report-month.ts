// The month of the handbook as reports read it: partners A, B, C and D are AERO, BOOKS, CAFE and DEPOT.
import { accrualOf, cny, type Input, type Member, type Nova, redemptionOf, startNova } from '../support/coalition.ts';
import { settlementOf } from './settlement-api.ts';

const BUDGET: Input = { costAllocation: { code: 'MARKETING', budget: cny('1000.00'), basis: 'TRANSACTION_COUNT' } };
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
const TERMINATION: Input = {
  termination: { noticeDays: 1, earnEndDays: 2, burnEndDays: 4, tailMonths: 1, outstandingPolicy: 'HONOUR' },
};
const exchange = (from: string, to: string): Input => ({
  exchange: { from, to, spreadBps: 500, operatorShareBps: 6_000, sourceShareBps: 2_000, destinationShareBps: 2_000 },
});
const expiry = { rollingMonths: 1 };

/** What the contract of AERO says, as a whole, so that it can be tried with a change. */
export const aeroTerms = (issuance: Input = {}, acceptance: Input = {}): Input[] => [
  { scope: { roles: ['ISSUER', 'ACCEPTOR'] } },
  { issuance: { currency: 'APT', redemptionElementMicros: 10_000, serviceElementMicros: 2_000, ...issuance } },
  { acceptance: { currencies: ['APT', 'BPT'], ...acceptance } },
  TERMINATION,
  ...[BUDGET, BREAKAGE, SPRING, exchange('APT', 'BPT')],
];

/** The same of DEPOT, which is burned at only. */
export const depotTerms = (acceptance: Input = {}): Input[] => [
  { scope: { roles: ['ACCEPTOR'] } },
  { acceptance: { currencies: ['APT', 'BPT', 'CPT'], handlingFeeBps: 300, ...acceptance } },
  TERMINATION,
  ...[BUDGET, { revenueShare: { basis: 'NET_SALE', bps: 150, payee: 'HOME' } }],
];

/** The coalition of the month, before anything has happened; AERO's contract may say something else. */
export const startMonth = (aero: Input[] = aeroTerms()): Promise<Nova> =>
  startNova({
    AERO: { expiry, clauses: aero },
    BOOKS: { expiry, clauses: [BUDGET, { acceptance: { currencies: ['APT', 'CPT'] } }] },
    CAFE: { expiry, clauses: [BUDGET, BREAKAGE, SPRING, exchange('CPT', 'APT'), { acceptance: { currencies: ['APT'] } }] },
    DEPOT: { clauses: depotTerms() },
  });

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

/** Everything that happens in the month, up to the eve of its close on 3 February. */
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
  await nova.setClock('2026-02-03T00:00:00+08:00');
  await nova.runJob('EXPIRE_LOTS', '2026-02-03T00:00:00+08:00');
}

/** Closes the open cycle as of an instant, now when left out. Answers its id. */
export async function close(nova: Nova, cutoff?: string): Promise<string> {
  const { cycle } = await nova.operate<{ cycle: { id: string } }>('close-cycle', cutoff === undefined ? {} : { cutoff });
  return cycle.id;
}
