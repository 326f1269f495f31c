// The month of the handbook as reports read it: partners A, B, C and D are AERO, BOOKS, CAFE and DEPOT.
import { cny, type Input, type Nova, startNova } from '../support/coalition.ts';

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

/** Closes the open cycle as of an instant, now when left out. Answers its id. */
export async function close(nova: Nova, cutoff?: string): Promise<string> {
  const { cycle } = await nova.operate<{ cycle: { id: string } }>('close-cycle', cutoff === undefined ? {} : { cutoff });
  return cycle.id;
}
