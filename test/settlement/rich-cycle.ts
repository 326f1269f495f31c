// A cycle that has lines of nearly every type, for tests of what is proven about it.
import { exchange, exchangeOf, exchanging } from '../exchange/exchange-api.ts';
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
const share = (basis: string, payee: string, more: Input = {}): Input => ({ revenueShare: { basis, bps: 150, payee, ...more } });
const expiry = { rollingMonths: 1 };
const depot = (handlingFeeBps: number): Input => ({
  acceptance: { currencies: ['APT', 'BPT', 'CPT'], handlingFeeBps, noticeDays: 0 },
});
const sold: readonly Input[] = [BUDGET, share('NET_SALE', 'HOME'), share('GROSS_SALE', 'OPERATOR')];

/** A coalition whose contracts agree on nearly everything. */
export function startRich(): Promise<Nova> {
  return startNova({
    AERO: {
      currency: 'APT',
      expiry,
      issuance: { minCommitmentPoints: 2_000_000 },
      clauses: [BUDGET, BREAKAGE, SPRING, exchange('APT', 'BPT', { noticeDays: 0 }), share('FUNDING', 'HOME', { cap: cny('0.05') })],
    },
    BOOKS: { currency: 'BPT', clauses: [BUDGET, { fees: { lateSubmissionHours: 1, lateSubmissionFee: cny('1.00') } }] },
    CAFE: { currency: 'CPT', expiry, clauses: [BUDGET, BREAKAGE, SPRING] },
    DEPOT: { clauses: [depot(300), ...sold] },
  });
}

/** What happens in it, in two spells of a fee, a spread and a promotion. Answers a member with points left. */
export async function liveRichly(nova: Nova): Promise<Member> {
  const member = await exchanging(nova).memberWith({ AERO: 20_000, BOOKS: 5_003, CAFE: 3_001 });
  const [ofAero, ofCafe] = [await nova.enrol({ homePartner: 'AERO' }), await nova.enrol({ homePartner: 'CAFE' })];
  const forgetful = await nova.enrol();
  for (const [partner, points] of Object.entries({ AERO: 1_501, CAFE: 2_001 }))
    accrualOf(await nova.earn(partner, forgetful, { points, occurredAt: '2026-01-02T10:00:00+08:00' }));
  for (const one of [ofAero, ofCafe, ofAero]) accrualOf(await nova.earn('AERO', one, { points: 333 }));
  const returned = accrualOf(await nova.earn('AERO', ofAero, { points: 700 }));
  accrualOf(await nova.reverse('AERO', returned.id, { points: 99 }));
  accrualOf(await nova.earn('AERO', member, { points: 3_001, promotion: 'SPRING', currency: 'APT' }));
  exchangeOf(await exchanging(nova).exchange(member, 'APT', 'BPT', 1_007));
  const burn = async (partner: string, currency: string, points: number) => {
    const { id } = redemptionOf(await nova.hold(partner, member, currency, points));
    redemptionOf(await nova.capture(partner, id));
    return id;
  };
  const first = await burn('DEPOT', 'APT', 1_003);
  await burn('DEPOT', 'CPT', 507);
  await nova.amend('DEPOT', '2026-01-15T13:00:00+08:00', { clauses: [depot(1_000), ...sold] });
  await nova.setClock('2026-01-15T14:00:00+08:00');
  await burn('DEPOT', 'BPT', 2_009);
  redemptionOf(await nova.refund('DEPOT', first, { points: 301 }));
  await burn('AERO', 'APT', 111);
  const { sell } = settlementOf(nova);
  await sell('DEPOT', ofAero, 80_001);
  await sell('DEPOT', ofCafe, 33_333);
  await nova.setClock('2026-02-03T00:00:00+08:00');
  await nova.runJob('EXPIRE_LOTS', '2026-02-03T00:00:00+08:00');
  return member;
}
