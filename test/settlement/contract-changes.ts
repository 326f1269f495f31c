// New versions of contracts in the middle of a cycle, and what lines and exposures say around them.
import { cny, type Input, type Joining, type Nova } from '../support/coalition.ts';
import { settlementOf } from './settlement-api.ts';

export const SECOND = '2026-01-15T12:30:00+08:00';
export const THIRD = '2026-01-15T13:30:00+08:00';
export const FOURTH = '2026-01-15T14:30:00+08:00';

/** The clock at which a test goes on after each. */
const LATER = { [SECOND]: '2026-01-15T12:40:00+08:00', [THIRD]: '2026-01-15T13:40:00+08:00', [FOURTH]: '2026-01-15T14:40:00+08:00' };

/** New versions of contracts come into force, and ten minutes pass. */
export async function change(nova: Nova, at: keyof typeof LATER, terms: Readonly<Record<string, Joining>>): Promise<void> {
  for (const [partner, how] of Object.entries(terms)) await nova.amend(partner, at, how);
  await nova.setClock(LATER[at] ?? at);
}

/** What partners have in all lines of one type, in fen. */
export async function amountsIn(nova: Nova, type: string, ...partners: string[]): Promise<number[]> {
  const all = await Promise.all(partners.map((partner) => settlementOf(nova).linesOf(partner)));
  return all.map((some) => some.filter((line) => line.type === type).reduce((sum, { amount }) => sum + Number(amount.minor), 0));
}

export const spring = (aero: number, cafe: number): Input => ({
  jointPromotion: {
    promotion: 'SPRING',
    contributions: [
      { partner: 'AERO', weight: String(aero) },
      { partner: 'CAFE', weight: String(cafe) },
    ],
    from: '2026-01-01T00:00:00+08:00',
    until: '2026-02-01T00:00:00+08:00',
  },
});
export const aeroWith = (...clauses: Input[]): Joining => ({
  currency: 'APT',
  price: [10_000, 2_000],
  issuance: { creditLimit: cny('300.00') },
  clauses,
});
export const cafeWith = (...clauses: Input[]): Joining => ({ currency: 'CPT', price: [20_000, 3_500], clauses });
