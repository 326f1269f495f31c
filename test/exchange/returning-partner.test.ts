import { accrualOf, cny, type Nova, redemptionOf, refusal, startNova } from '../support/coalition.ts';
import { type Exchanging, exchange, exchangeOf, exchanging } from './exchange-api.ts';

let nova: Nova;
let api: Exchanging;
beforeAll(async () => {
  nova = await startNova();
  api = exchanging(nova);
});
afterAll(() => nova.stop());

/** AERO's terms with another redemption element: what a partner that comes back has agreed to. */
async function comeBack(redemptionElementMicros: number, effectiveFrom: string): Promise<{ id: string; sign(): Promise<void> }> {
  const { contract } = await nova.operate<{ contract: { id: string } }>('propose-contract', {
    partner: 'AERO',
    effectiveFrom,
    clauses: [
      { scope: { roles: ['ISSUER', 'ACCEPTOR'] } },
      { issuance: { currency: 'APT', redemptionElementMicros, serviceElementMicros: 1000 } },
      { acceptance: { currencies: ['APT'] } },
    ],
  });
  return {
    id: contract.id,
    sign: async () => {
      const partner = await nova.token('AERO');
      for (const token of [partner, nova.operator])
        await nova.run(token, 'sign-contract', { input: { idempotencyKey: nova.newKey(), contractId: contract.id, version: 1 } });
    },
  };
}

test('points of a partner that has left keep their price while it is offered a new contract, and take the new one once that is in force', async () => {
  // given 1,000 APT, and AERO's contract over: notice, two days to earn, four to burn, a month of tail
  const member = await nova.enrol();
  accrualOf(await nova.earn('AERO', member, { points: 1000 }));
  const { partner } = await nova.run<{ partner: { contract: { id: string } } }>(nova.operator, 'partner', { code: 'AERO' });
  await nova.operate('give-contract-notice', { contractId: partner.contract.id });
  await nova.setClock('2026-02-25T12:00:00+08:00');
  const burn = async (points: number) => {
    const { id } = redemptionOf(await nova.hold('DEPOT', member, 'APT', points));
    return redemptionOf(await nova.capture('DEPOT', id)).reimbursementMicros;
  };
  expect(await burn(100)).toBe('1000000');
  // when a new contract is only proposed, the old price still holds
  const again = await comeBack(12_000, '2026-02-25T00:00:00+08:00');
  expect(await burn(100)).toBe('1000000');
  expect(refusal(await nova.earn('AERO', member, { points: 10, occurredAt: '2026-02-25T11:00:00+08:00' }))).toBe('CONTRACT_ENDED');
  // then, signed, it speaks from its start on
  await again.sign();
  expect(await burn(100)).toBe('1200000');
  expect(accrualOf(await nova.earn('AERO', member, { points: 10, occurredAt: '2026-02-25T11:00:00+08:00' })).fundingMicros).toBe('130000');
  // and what was bought under the old contract is not settled any more
  const late = await nova.earn('AERO', member, { amount: cny('1.00'), occurredAt: '2026-01-10T10:00:00+08:00' });
  expect(refusal(late)).toBe('CONTRACT_ENDED');
});

test('points of the coalition are exchanged by whichever partner that issues them says so', async () => {
  // given NPT of the coalition, priced by BOOKS, the first of its issuers, and exchanged by CAFE only
  await nova.operate('create-point-currency', { code: 'NPT', name: 'Nova points' });
  const issuance = { issuance: { currency: 'NPT', redemptionElementMicros: 10_000, serviceElementMicros: 0 } };
  const bpt = { issuance: { currency: 'BPT', redemptionElementMicros: 5000, serviceElementMicros: 1000 } };
  const cpt = { issuance: { currency: 'CPT', redemptionElementMicros: 20_000, serviceElementMicros: 3500 } };
  await nova.amend('BOOKS', '2026-02-25T12:00:00+08:00', { currency: 'BPT', clauses: [bpt, issuance] });
  await nova.amend('CAFE', '2026-02-25T12:00:00+08:00', { currency: 'CPT', clauses: [cpt, issuance, exchange('NPT', 'BPT')] });
  const member = await nova.enrol();
  accrualOf(await nova.earn('BOOKS', member, { points: 1000, currency: 'NPT', occurredAt: '2026-02-25T12:00:00+08:00' }));
  // when 100 NPT are exchanged at 2 less 500 bps
  expect(exchangeOf(await api.exchange(member, 'NPT', 'BPT', 100)).credited).toBe(190);
  // then CAFE, in whose contract the clause stands, has the source's share of the 0.05 yuan
  const { clearingCycle } = await nova.run<{
    clearingCycle: { positions: { party: string; net: { minor: string } }[]; sumCheck: { minor: string } };
  }>(nova.operator, 'cycle-positions');
  expect(clearingCycle.sumCheck.minor).toBe('0');
  expect(clearingCycle.positions.find(({ party }) => party === 'CAFE')?.net.minor).toBe('1');
  expect((await nova.faults()).filter((fault) => !fault.includes('is covered by'))).toEqual([]);
});
