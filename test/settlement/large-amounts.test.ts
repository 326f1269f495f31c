import { startApp } from '../support/app.ts';
import { type Input, operation, startNova } from '../support/coalition.ts';
import { clearingOf, netsOf } from './clearing-api.ts';

const MOST = { minor: '10000000000000', currency: 'CNY' };

test('a cycle closes with the most that the clauses of a contract may make somebody owe for it', async () => {
  const nova = await startNova();
  try {
    await nova.join('HUGE', {
      currency: 'HPT',
      // at 0.012 a point: 99,999,999,999,996,000 micros
      issuance: { minCommitmentPoints: 8_333_333_333_333 },
      clauses: [
        { costAllocation: { code: 'MARKETING', budget: MOST, basis: 'EQUAL' } },
        { fees: { platformFeePerCycle: MOST } },
        { revenueShare: { basis: 'NET_SALE', bps: 1, payee: 'OPERATOR', floor: MOST } },
      ],
    });
    const closed = await clearingOf(nova).close();
    expect(netsOf(closed)).toMatchObject({ HUGE: -40_000_000_000_000, OPERATOR: 40_000_000_000_000, POOL: 0 });
    expect(await nova.faults()).toEqual([]);
  } finally {
    await nova.stop();
  }
});

test('a sale is reported up to what the book can hold, in a currency without decimals too', async () => {
  const app = await startApp();
  try {
    const operator = await app.token({ role: 'OPERATOR' });
    const act = async (token: string, name: string, input: Input) => {
      const { data, errors } = await app.graphql(operation(name), { token, variables: { input: { idempotencyKey: name, ...input } } });
      expect(errors).toBeUndefined();
      const [payload] = Object.values<{ userErrors: object[]; contract: { id: string }; member: { id: string } }>(data);
      if (payload === undefined) throw new Error(`${name} answered nothing`);
      return payload;
    };
    const startsAt = '2026-01-01T00:00:00Z';
    await act(operator, 'configure-program', { code: 'N', name: 'N', timeZone: 'Asia/Tokyo', settlementCurrency: 'JPY', startsAt });
    await act(operator, 'create-partner', { code: 'SHOP', name: 'Shop', roles: ['ACCEPTOR'] });
    const partner = await app.token({ role: 'PARTNER', partner: 'SHOP' });
    const clauses = [{ scope: { roles: ['ACCEPTOR'] } }, { revenueShare: { basis: 'NET_SALE', bps: 10_000, payee: 'OPERATOR' } }];
    const { contract } = await act(operator, 'propose-contract', { partner: 'SHOP', effectiveFrom: startsAt, clauses });
    for (const token of [partner, operator]) await act(token, 'sign-contract', { contractId: contract.id, version: 1 });
    const consents = [{ purpose: 'SERVICE', granted: true, version: 'v1' }];
    const { member } = await act(operator, 'enrol-member', { displayName: '王小明', consents });
    const sell = (yen: bigint) => {
      const amount = { minor: String(yen), currency: 'JPY' };
      const sale = { externalId: String(yen), member: { id: member.id }, occurredAt: startsAt, gross: amount, net: amount };
      return act(partner, 'report-sale', { idempotencyKey: String(yen), ...sale });
    };
    expect((await sell(100_000_000_001n)).userErrors).toMatchObject([{ code: 'VALIDATION', field: ['input', 'gross'] }]);
    expect((await sell(100_000_000_000n)).userErrors).toEqual([]);
    expect(await act(operator, 'close-cycle', {})).toMatchObject({ cycle: { status: 'CLOSED' }, userErrors: [] });
  } finally {
    await app.stop();
  }
});
