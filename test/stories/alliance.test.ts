import { accrualOf, cny, type Nova, redemptionOf, startNova } from '../support/coalition.ts';

let nova: Nova;
beforeAll(async () => {
  // Every partner of the alliance may issue the airline's points, at its own cost.
  const airline = { issuance: { currency: 'APT', redemptionElementMicros: 10_000, serviceElementMicros: 2000 } };
  const own = (currency: string, redemptionElementMicros: number, serviceElementMicros: number) => ({
    issuance: { currency, redemptionElementMicros, serviceElementMicros },
  });
  const rule = (code: string, currency: string) => ({ code, currency, flatMilliPointsPerUnit: 10_000 });
  nova = await startNova({
    BOOKS: { clauses: [own('BPT', 5000, 1000), airline], rules: [rule('B', 'BPT'), rule('B-APT', 'APT')] },
    CAFE: { clauses: [own('CPT', 20_000, 3500), airline], rules: [rule('C', 'CPT'), rule('C-APT', 'APT')] },
  });
});
afterAll(() => nova.stop());

test('[L15] a member of the airline earns at any partner of the alliance into one account of airline points', async () => {
  const member = await nova.enrol({ homePartner: 'AERO' });
  for (const partner of ['AERO', 'BOOKS', 'CAFE']) {
    const { fundingMicros } = accrualOf(await nova.earn(partner, member, { amount: cny('10.00'), currency: 'APT' }));
    expect(fundingMicros).toBe('1200000');
  }
  expect((await nova.balanceOf(member, 'APT')).available).toBe(300);
  // Each pays for what it gave: 100 x 12,000 micros.
  for (const partner of ['AERO', 'BOOKS', 'CAFE']) expect((await nova.positionOf(partner)).netPosition.minor).toBe('-120');
  expect(await nova.faults()).toEqual([]);
});

test('[L03] points cooperation: what is earned at one partner is burned at another, which is paid for it', async () => {
  const member = await nova.enrol();
  accrualOf(await nova.earn('CAFE', member, { amount: cny('100.00') }));
  const before = await nova.positionOf('DEPOT');
  const { id } = redemptionOf(await nova.hold('DEPOT', member, 'CPT', 600));
  expect(redemptionOf(await nova.capture('DEPOT', id)).allocations).toMatchObject([{ issuer: { code: 'CAFE' }, points: 600 }]);
  // 600 x 20,000 micros are 12.00 yuan, less 300 bps of it.
  const earned = BigInt((await nova.positionOf('DEPOT')).netPosition.minor) - BigInt(before.netPosition.minor);
  expect(earned).toBe(1164n);
  expect((await nova.balanceOf(member, 'CPT')).available).toBe(400);
  expect(await nova.faults()).toEqual([]);
});
