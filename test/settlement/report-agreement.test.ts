// Reports and simulations of cycles that are harder than a plain month: backdated cutoffs, late refunds, points that expired meanwhile, purchases
// paid by an exchange, new terms in the middle.
import fc from 'fast-check';
import { statementCounter } from '../../src/platform/database.ts';
import { EXCHANGING, exchanging } from '../exchange/exchange-api.ts';
import { accrualOf, type Member, type Nova, redemptionOf, startNova } from '../support/coalition.ts';
import { burn } from './play-month.ts';
import { close } from './report-month.ts';
import { settlementOf } from './settlement-api.ts';

const PARTNERS = ['AERO', 'BOOKS', 'CAFE', 'DEPOT'];
let nova: Nova;
beforeEach(async () => {
  const expiry = { rollingMonths: 1 };
  nova = await startNova({
    AERO: { ...EXCHANGING.AERO, expiry },
    CAFE: { ...EXCHANGING.CAFE, issuance: { fundingModel: 'ON_REDEMPTION' } },
  });
});
afterEach(async () => {
  const faults = await nova.faults();
  await nova.stop();
  // CAFE funds its points when they are burned.
  expect(faults.filter((fault) => !fault.startsWith('CPT is covered by'))).toEqual([]);
});

interface Flow {
  readonly acceptor: { readonly code: string };
  readonly points: number;
  readonly valueMicros: string;
}
interface Cost {
  readonly partner: { readonly code: string };
  readonly points: number;
  readonly reimbursementMicros: string;
}

/** The flows of a cycle by acceptor, once they have been shown to be what the statements and the cost report say. */
async function agreedFlows(cycleId?: string): Promise<Record<string, number>> {
  const { crossPartnerFlow } = await nova.run<{ crossPartnerFlow: Flow[] }>(nova.operator, 'cross-partner-flow', { cycleId });
  const { redemptionCost } = await nova.run<{ redemptionCost: Cost[] }>(nova.operator, 'redemption-cost', { cycleId });
  const sums = Map.groupBy(crossPartnerFlow, ({ acceptor }) => acceptor.code);
  const points: Record<string, number> = {};
  for (const partner of PARTNERS) {
    const flows = sums.get(partner) ?? [];
    const micros = flows.reduce((sum, { valueMicros }) => sum + BigInt(valueMicros), 0n);
    points[partner] = flows.reduce((sum, flow) => sum + flow.points, 0);
    const cost = redemptionCost.find((one) => one.partner.code === partner);
    expect([partner, micros, points[partner]]).toEqual([partner, BigInt(cost?.reimbursementMicros ?? 0), cost?.points ?? 0]);
    expect([partner, micros]).toEqual([partner, await reimbursed(partner, cycleId)]);
  }
  return points;
}

/** Exact micros of the REIMBURSEMENT line: of a statement, or of the open cycle as it would be now. */
async function reimbursed(partner: string, cycle: string | undefined): Promise<bigint> {
  interface Line {
    readonly type: string;
    readonly exactMicros: string;
  }
  const lines: readonly Line[] =
    cycle === undefined
      ? await settlementOf(nova).linesOf(partner)
      : (
          await nova.run<{ viewerPartner: { statement: { lines: { edges: { node: Line }[] } } } }>(
            await nova.token(partner),
            'my-statement',
            { cycle },
          )
        ).viewerPartner.statement.lines.edges.map(({ node }) => node);
  return lines.reduce((sum, { type, exactMicros }) => (type === 'REIMBURSEMENT' ? sum + BigInt(exactMicros) : sum), 0n);
}

interface Simulation {
  readonly lines: readonly { readonly difference: { readonly minor: string } }[];
  readonly netPositions: readonly { readonly current: { readonly minor: string }; readonly simulated: { readonly minor: string } }[];
  readonly userErrors: readonly unknown[];
}

/** Shows that terms in force already give back a cycle, for all partners and each of their lines. */
async function comesOutAgain(cycleId: string, version = 1): Promise<void> {
  for (const partner of PARTNERS) {
    const { viewerPartner } = await nova.run<{ viewerPartner: { contract: { id: string } } }>(await nova.token(partner), 'my-contract');
    const variables = { contractId: viewerPartner.contract.id, cycleId, version };
    const { simulateContract } = await nova.run<{ simulateContract: Simulation }>(nova.operator, 'simulate-contract', variables);
    expect(simulateContract.userErrors).toEqual([]);
    expect([partner, simulateContract.lines.filter(({ difference }) => difference.minor !== '0')]).toEqual([partner, []]);
    for (const { current, simulated } of simulateContract.netPositions) expect(simulated).toEqual(current);
  }
}

const openId = async (): Promise<string> =>
  (await nova.run<{ clearingCycle: { id: string } }>(nova.operator, 'cycle-positions')).clearingCycle.id;

test('flows agree with statements to the micro over backdated cutoffs, late refunds, expired points and purchases paid by exchange', async () => {
  const api = exchanging(nova);
  const member = await api.memberWith({ AERO: 10_000, BOOKS: 500, CAFE: 3_000 });
  const first = await burn(nova, 'DEPOT', member, 'APT', 700);
  await burn(nova, 'DEPOT', member, 'CPT', 90);
  await burn(nova, 'AERO', member, 'APT', 33);
  expect((await api.pay('DEPOT', member, { from: 'APT', currency: 'BPT', points: 1_001, maxDebited: 900 })).userErrors).toEqual([]);
  expect(await agreedFlows()).toEqual({ AERO: 33, BOOKS: 0, CAFE: 0, DEPOT: 1_791 });
  // What is burned from now on lies behind the cutoff at which the cycle is closed afterwards.
  await nova.setClock('2026-01-20T12:00:00+08:00');
  const second = await burn(nova, 'DEPOT', member, 'APT', 50);
  await nova.setClock('2026-01-21T12:00:00+08:00');
  const january = await close(nova, '2026-01-20T00:00:00+08:00');
  expect(await agreedFlows(january)).toEqual({ AERO: 33, BOOKS: 0, CAFE: 0, DEPOT: 1_791 });
  expect(await agreedFlows()).toEqual({ AERO: 0, BOOKS: 0, CAFE: 0, DEPOT: 50 });
  // The points expire, and some that had been burned come back in new lots.
  await nova.setClock('2026-02-20T12:00:00+08:00');
  await nova.runJob('EXPIRE_LOTS', '2026-02-20T12:00:00+08:00');
  redemptionOf(await nova.refund('DEPOT', first, { points: 300 }));
  redemptionOf(await nova.refund('DEPOT', second, { points: 50 }));
  expect(await agreedFlows()).toEqual({ AERO: 0, BOOKS: 0, CAFE: 0, DEPOT: -300 });
  const february = await close(nova);
  expect(await agreedFlows(february)).toEqual({ AERO: 0, BOOKS: 0, CAFE: 0, DEPOT: -300 });
  for (const cycleId of [january, february]) await comesOutAgain(cycleId);
});

test('whatever members do, the terms in force give the cycle back, while it is open and once it is closed', async () => {
  const member: Member = await exchanging(nova).memberWith({ AERO: 50_000, BOOKS: 50_000, CAFE: 50_000 });
  const step = fc.record({
    what: fc.constantFrom('earn', 'reverse', 'burn', 'refund', 'pay', 'exchange', 'sell', 'close'),
    at: fc.constantFrom('AERO', 'BOOKS', 'CAFE'),
    points: fc.integer({ min: 1, max: 999 }),
  });
  const api = exchanging(nova);
  let [earned, burned]: [string | undefined, string | undefined] = [undefined, undefined];
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 3, maxLength: 6 }), async (steps) => {
      for (const { what, at, points } of steps) {
        const currency = `${at[0]}PT`;
        if (what === 'earn') earned = accrualOf(await nova.earn(at, member, { points })).id;
        if (what === 'reverse' && earned !== undefined) await nova.reverse(at, earned, { points: 1 });
        if (what === 'burn') burned = await burn(nova, 'DEPOT', member, currency, points);
        if (what === 'refund' && burned !== undefined) await nova.refund('DEPOT', burned, { points: 1 });
        if (what === 'pay') await api.pay('DEPOT', member, { from: 'APT', currency: 'BPT', points, maxDebited: 1_000 });
        if (what === 'exchange') await api.exchange(member, 'CPT', 'APT', points);
        if (what === 'sell') await settlementOf(nova).sell('DEPOT', member, points);
        if (what === 'close') await comesOutAgain(await close(nova));
      }
      await agreedFlows();
      await comesOutAgain(await openId());
    }),
    { numRuns: 5, endOnFailure: true },
  );
});

test('a simulation costs few statements, however many partners and lines there are', async () => {
  const member = await exchanging(nova).memberWith({ AERO: 1_000, BOOKS: 1_000, CAFE: 1_000 });
  await burn(nova, 'DEPOT', member, 'APT', 100);
  const { viewerPartner } = await nova.run<{ viewerPartner: { contract: { id: string } } }>(await nova.token('AERO'), 'my-contract');
  const cycleId = await openId();
  const count = async () => {
    const before = statementCounter.count;
    await nova.run(nova.operator, 'simulate-contract', { contractId: viewerPartner.contract.id, cycleId, version: 1 });
    return statementCounter.count - before;
  };
  await count();
  const few = await count();
  expect(few).toBeLessThanOrEqual(16);
  for (const code of ['MORE', 'STILL_MORE']) {
    await nova.join(code, { currency: `${code}PT` });
    accrualOf(await nova.earn(code, member, { points: 100 }));
  }
  await count();
  expect(await count()).toBeLessThanOrEqual(few);
});
