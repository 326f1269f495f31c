import { accrualOf, type Member, type Nova, startNova } from '../support/coalition.ts';
import { burn } from './play-month.ts';
import { close } from './report-month.ts';

interface Coded {
  readonly code: string;
}
interface Flow {
  readonly issuer: Coded;
  readonly acceptor: Coded;
  readonly suppressed: boolean;
  readonly points: number | null;
  readonly value: { readonly minor: string } | null;
  readonly valueMicros: string | null;
  readonly members: number | null;
}

let nova: Nova;
const accepts = (...currencies: string[]) => ({ acceptance: { currencies } });
beforeEach(async () => {
  nova = await startNova({ BOOKS: accepts('APT', 'BPT'), CAFE: accepts('APT', 'CPT') });
});
afterEach(async () => {
  const faults = await nova.faults();
  await nova.stop();
  expect(faults).toEqual([]);
});

/** So many members of AERO, each with a thousand points. */
const members = (count: number): Promise<Member[]> =>
  Promise.all(
    Array.from({ length: count }, async () => {
      const member = await nova.enrol();
      accrualOf(await nova.earn('AERO', member, { points: 1_000 }));
      return member;
    }),
  );

async function burnAt(partner: string, some: readonly Member[], points = 100): Promise<void> {
  for (const member of some) await burn(nova, partner, member, 'APT', points);
}

async function flowsSeenBy(partner: string, cycleId?: string): Promise<string[]> {
  const { crossPartnerFlow } = await nova.run<{ crossPartnerFlow: Flow[] }>(await nova.token(partner), 'cross-partner-flow', { cycleId });
  for (const { suppressed, points, value, valueMicros, members: count } of crossPartnerFlow)
    expect([points, value, valueMicros, count].map((figure) => figure === null)).toEqual(Array.from({ length: 4 }, () => suppressed));
  return crossPartnerFlow.map(({ issuer, acceptor, points }) => `${issuer.code} ${acceptor.code} ${points}`);
}

interface Kpis {
  readonly suppressed: boolean;
  readonly issued: number | null;
  readonly burned: number | null;
  readonly activeMembers: number | null;
  readonly expired: number | null;
  readonly redemptionRateBps: number | null;
  readonly issuanceConcentrationBps: number | null;
  readonly issuers: readonly { readonly partner: Coded; readonly points: number; readonly shareBps: number | null }[];
}
const kpisSeenBy = async (partner: string, cycleId?: string) =>
  (await nova.run<{ programKpis: Kpis }>(await nova.token(partner), 'program-kpis', { cycleId })).programKpis;

test('[L18] a partner that asks where its points were burned sees no figures of fewer than five members, and none from which they follow', async () => {
  const all = await members(8);
  await burnAt('AERO', all.slice(0, 2));
  await burnAt('BOOKS', all.slice(0, 4));
  await burnAt('CAFE', all.slice(0, 6), 200);
  await burnAt('DEPOT', all, 300);
  const cycleId = await close(nova);
  // Of the four at BOOKS nothing; AERO may know what all its points come to, so CAFE goes with them, the smallest that is large enough.
  expect(await flowsSeenBy('AERO', cycleId)).toEqual(['AERO AERO 200', 'AERO BOOKS null', 'AERO CAFE null', 'AERO DEPOT 2400']);
  // What was burned at a partner it served itself.
  expect(await flowsSeenBy('BOOKS', cycleId)).toEqual(['AERO BOOKS 400']);
});

test('five members are shown, and a partner whose contract asks for more sees as much later', async () => {
  const all = await members(6);
  await burnAt('CAFE', all.slice(0, 5));
  await burnAt('DEPOT', all);
  const cycleId = await close(nova);
  expect(await flowsSeenBy('AERO', cycleId)).toEqual(['AERO CAFE 500', 'AERO DEPOT 600']);
  await nova.setClock('2026-02-02T00:00:00+08:00');
  await nova.amend('AERO', '2026-02-03T00:00:00+08:00', {
    currency: 'APT',
    clauses: [{ dataSharing: { fields: ['TIER'], purposes: ['SERVICE'], minimumGroupSize: 6 } }],
  });
  await nova.setClock('2026-02-04T00:00:00+08:00');
  expect(await flowsSeenBy('AERO', cycleId)).toEqual(['AERO CAFE null', 'AERO DEPOT null']);
});

test('two looks at the open cycle do not tell what one member did between them: other partners’ figures are shown once it is closed', async () => {
  const all = await members(6);
  await burnAt('CAFE', all);
  expect(await flowsSeenBy('AERO')).toEqual(['AERO CAFE null']);
  expect(await kpisSeenBy('AERO')).toMatchObject({ suppressed: true, issued: null, burned: null, activeMembers: null });
  expect(await flowsSeenBy('CAFE')).toEqual(['AERO CAFE 600']);
});

test('a partner that subtracts its own part from totals learns of nobody: totals are left out while few members are behind the rest', async () => {
  const all = await members(7);
  await burnAt('DEPOT', all);
  const [lonely] = all;
  if (lonely === undefined) throw new Error('there is no member');
  accrualOf(await nova.earn('BOOKS', lonely, { points: 77 }));
  const first = await close(nova);
  // AERO issued 7,000: of 7,077 it could tell what the one customer of BOOKS earned.
  expect(await kpisSeenBy('AERO', first)).toMatchObject({ suppressed: true, issued: null, burned: null, activeMembers: null });
  expect((await kpisSeenBy('AERO', first)).issuers).toEqual([{ partner: { code: 'AERO' }, points: 7_000, shareBps: null }]);
  // Behind what others than BOOKS did stand seven.
  const seen = await kpisSeenBy('BOOKS', first);
  expect(seen).toMatchObject({ suppressed: false, issued: 7_077, burned: 700, activeMembers: 7 });
  expect(seen).toMatchObject({ expired: null, redemptionRateBps: null, issuanceConcentrationBps: null });
  expect(seen.issuers).toEqual([{ partner: { code: 'BOOKS' }, points: 77, shareBps: 109 }]);
});

test('[I12] 300 points burned of 1000 that were issued are a redemption rate of 30.00 %', async () => {
  const [member] = await members(1);
  if (member === undefined) throw new Error('there is no member');
  await burnAt('DEPOT', [member], 300);
  const { programKpis } = await nova.run<{ programKpis: Kpis }>(nova.operator, 'program-kpis');
  expect(programKpis.redemptionRateBps).toBe(3_000);
});

test('a partner whose contract is terminated reads no reports of what members do any more, but its own figures', async () => {
  const [member] = await members(1);
  if (member === undefined) throw new Error('there is no member');
  await burnAt('DEPOT', [member], 300);
  const token = await nova.token('DEPOT');
  const { viewerPartner } = await nova.run<{ viewerPartner: { contract: { id: string } } }>(token, 'my-contract');
  await nova.operate('give-contract-notice', { contractId: viewerPartner.contract.id });
  await nova.setClock('2026-03-15T00:00:00+08:00');
  for (const report of ['cross-partner-flow', 'program-kpis', 'partner-scorecards', 'liability-ageing'])
    expect((await nova.answer(token, report)).errors?.[0]?.extensions?.code).toBe('FORBIDDEN');
  const { redemptionCost } = await nova.run<{ redemptionCost: { points: number }[] }>(token, 'redemption-cost');
  expect(redemptionCost.map(({ points }) => points)).toEqual([300]);
});
