import { accrualOf, type Nova, startNova } from '../support/coalition.ts';

let nova: Nova;
beforeAll(async () => {
  const apt = { issuance: { currency: 'APT', redemptionElementMicros: 10_000, serviceElementMicros: 2000 } };
  const breakage = (issuerBps: number) => ({ breakage: { issuerBps, operatorBps: 10_000 - issuerBps } });
  nova = await startNova({
    AERO: { currency: 'APT', clauses: [breakage(10_000)], expiry: { rollingMonths: 1 } },
    CAFE: {
      currency: 'CPT',
      clauses: [{ issuance: { currency: 'CPT', redemptionElementMicros: 20_000, serviceElementMicros: 3500 } }, apt, breakage(4000)],
    },
  });
});
afterAll(() => nova.stop());

test('expired points of one currency are one line, divided over those who issued them, each by its own contract', async () => {
  // given one member with 500 APT from AERO, whose breakage is its own, and 2,001 from CAFE, which keeps 40 %
  const member = await nova.enrol();
  accrualOf(await nova.earn('AERO', member, { points: 500 }));
  accrualOf(await nova.earn('CAFE', member, { points: 2001, currency: 'APT' }));
  const positionsOf = async () => {
    const { clearingCycle } = await nova.run<{
      clearingCycle: { positions: { party: string; net: { minor: string } }[]; sumCheck: { minor: string } };
    }>(nova.operator, 'cycle-positions');
    expect(clearingCycle.sumCheck.minor).toBe('0');
    return new Map(clearingCycle.positions.map(({ party, net }) => [party, BigInt(net.minor)]));
  };
  const before = await positionsOf();
  // when they expire
  expect((await nova.runJob('EXPIRE_LOTS', '2026-02-10T10:00:00+08:00')).run?.affected).toBe(2);
  // then AERO has 5.00 yuan back, CAFE 40 % of 20.01: 8.004, and the operator 12.006
  const after = await positionsOf();
  const gained = ['AERO', 'CAFE', 'OPERATOR', 'POOL'].map((party) => (after.get(party) ?? 0n) - (before.get(party) ?? 0n));
  expect(gained).toEqual([500n, 800n, 1201n, -2501n]);
  expect(await nova.faults()).toEqual([]);
});
