import fc from 'fast-check';
import { revenueShares, type ShareBase, shareMinor } from '../../../src/partners/contracts/clauses/revenue-share/revenue-share.rules.ts';
import { type SalePayload, type Settlement, settlementOf } from '../../settlement/settlement-api.ts';
import { cny, type Member, type Nova, redemptionOf, refusal, startNova } from '../../support/coalition.ts';
import { faultOf } from './clause-fault.ts';

const share = (basis: string, bps: number, payee: string, more: object = {}) => ({ revenueShare: { basis, bps, payee, ...more } });
const yuan = (minor: bigint) => ({ minor, currency: 'CNY' });

/** What payees get of bases in fen, in fen. */
function shared(terms: { bps: number; cap?: bigint; floor?: bigint }, bases: Record<string, bigint>): Record<string, bigint> {
  const { bps, cap, floor } = terms;
  const micros: ShareBase[] = Object.entries(bases).map(([payee, minor]) => ({ payee, micros: minor * 10_000n }));
  const clause = { bps, cap: cap === undefined ? undefined : yuan(cap), floor: floor === undefined ? undefined : yuan(floor) };
  const exact = revenueShares(clause, micros, 'CNY', 'OPERATOR');
  return Object.fromEntries([...exact].map(([payee, one]) => [payee, shareMinor(one, 'CNY')]));
}

test.each([
  ['POINTS_VALUE', undefined],
  ['NET_SALE', 'clauses.1.revenueShare.payee'],
  ['GROSS_SALE', 'clauses.1.revenueShare.payee'],
  ['FUNDING', 'clauses.1.revenueShare.payee'],
])('a share of %s for the issuer of points: only where points are burned', (basis, field) => {
  expect(faultOf('revenueShare', { basis, bps: 100, payee: 'ISSUER' })).toBe(field);
});

describe('the rule', () => {
  test.each<[string, { bps: number; cap?: bigint; floor?: bigint }, Record<string, bigint>, Record<string, bigint>]>([
    ['150 bps of 80,000.00', { bps: 150 }, { A: 8_000_000n }, { A: 120_000n }],
    ['half a fen, rounded away from zero', { bps: 150 }, { C: 3_333_300n }, { C: 50_000n }],
    ['nothing', { bps: 0 }, { A: 8_000_000n }, { A: 0n }],
    ['all of it', { bps: 10_000 }, { A: 1n }, { A: 1n }],
    ['a cap that is just reached', { bps: 1_000, cap: 300n }, { A: 1_000n, B: 2_000n }, { A: 100n, B: 200n }],
    ['a cap that binds, divided by what each would have had', { bps: 1_000, cap: 100n }, { A: 1_000n, B: 2_000n }, { A: 33n, B: 67n }],
    ['a cap of nothing', { bps: 1_000, cap: 0n }, { A: 1_000n }, { A: 0n }],
    ['a floor that is just reached', { bps: 1_000, floor: 300n }, { A: 1_000n, B: 2_000n }, { A: 100n, B: 200n }],
    ['a floor that binds', { bps: 1_000, floor: 500n }, { A: 1_000n, B: 1_000n }, { A: 250n, B: 250n }],
    ['a floor that nobody has sales for goes to the operator', { bps: 1_000, floor: 500n }, {}, { OPERATOR: 500n }],
    ['roundings that would pass the cap together', { bps: 5_000, cap: 1n }, { A: 1n, B: 1n }, { A: 1n, B: 0n }],
  ])('%s', (_, terms, bases, expected) => {
    expect(shared(terms, bases)).toEqual(expected);
  });

  test('however sales are spread, cap and floor hold to the fen', () => {
    const bases = fc.dictionary(fc.constantFrom('A', 'B', 'C', 'D', 'OPERATOR'), fc.bigInt(0n, 10n ** 10n));
    fc.assert(
      fc.property(bases, fc.integer({ min: 0, max: 10_000 }), fc.bigInt(0n, 10n ** 8n), fc.bigInt(0n, 10n ** 8n), (sales, bps, x, y) => {
        const [floor, cap] = x < y ? [x, y] : [y, x];
        const total = Object.values(shared({ bps, cap, floor }, sales)).reduce((sum, one) => sum + one, 0n);
        expect(total).toBeGreaterThanOrEqual(floor);
        expect(total).toBeLessThanOrEqual(cap);
      }),
    );
  });
});

describe('in a coalition', () => {
  let nova: Nova;
  let settlement: Settlement;
  let ofA: Member;
  let ofB: Member;
  let ofNobody: Member;
  beforeAll(async () => {
    nova = await startNova({
      DEPOT: { clauses: [share('NET_SALE', 150, 'HOME')] },
    });
    settlement = settlementOf(nova);
    ofA = await nova.enrol({ homePartner: 'AERO' });
    ofB = await nova.enrol({ homePartner: 'BOOKS' });
    ofNobody = await nova.enrol();
  });
  afterAll(() => nova.stop());

  test('[L07] the depot gives AERO 150 bps of 80,000.00 of net sales to members who joined through it: 1,200.00', async () => {
    await settlement.sell('DEPOT', ofA, 3_000_000, { gross: cny('40000.00') });
    await settlement.sell('DEPOT', ofA, 5_000_000);
    expect(await settlement.amountsOf('AERO')).toEqual(['REVENUE_SHARE 120000']);
    expect(await settlement.linesOf('DEPOT')).toEqual([
      {
        type: 'REVENUE_SHARE',
        description: 'Revenue share of DEPOT to AERO',
        exactMicros: '-1200000000',
        amount: { minor: '-120000', currency: 'CNY' },
      },
    ]);
    expect(await nova.faults()).toEqual([]);
  });

  test('[L20] a member who joined through BOOKS earns it the share of what that member buys; one of nobody earns the operator’s', async () => {
    const before = await settlement.positions();
    const { sale } = await settlement.sell('DEPOT', ofB, 100_000);
    expect(sale?.homePartner).toEqual({ code: 'BOOKS' });
    expect(await settlement.amountsOf('BOOKS')).toEqual(['REVENUE_SHARE 1500']);
    expect((await settlement.sell('DEPOT', ofNobody, 10_000)).sale?.homePartner).toBeNull();
    const after = await settlement.positions();
    expect((after.OPERATOR ?? 0) - (before.OPERATOR ?? 0)).toBe(150);
  });

  test('[M09] a partner enrols for itself, and is the home partner that the revenue share goes to', async () => {
    const input = {
      idempotencyKey: nova.newKey(),
      displayName: '王小明',
      consents: [{ purpose: 'SERVICE', granted: true, version: 'v1' }],
    };
    const { enrolMember } = await nova.run<{ enrolMember: { member: Member } }>(await nova.token('CAFE'), 'enrol-member', { input });
    await settlement.sell('DEPOT', enrolMember.member, 20_000);
    expect(await settlement.amountsOf('CAFE')).toEqual(['REVENUE_SHARE 300']);
  });

  test('a sale is reported once: by its key, and by the partner’s name for it', async () => {
    const said = { idempotencyKey: 'one-sale', externalId: 'SALE-1' };
    const first = await settlement.sell('DEPOT', ofA, 5_000, said);
    expect(first.replayed).toBe(false);
    expect(await settlement.sell('DEPOT', ofA, 5_000, said)).toEqual({ ...first, replayed: true });
    expect(await settlement.sell('DEPOT', ofA, 5_000, { externalId: 'SALE-1' })).toEqual({ ...first, replayed: true });
    const fault = ({ userErrors: [error] }: SalePayload) => [error?.code, error?.field];
    expect(fault(await settlement.sell('DEPOT', ofA, 6_000, said))).toEqual(['IDEMPOTENCY_CONFLICT', ['input', 'idempotencyKey']]);
    expect(fault(await settlement.sell('DEPOT', ofA, 6_000, { externalId: 'SALE-1' }))).toEqual([
      'IDEMPOTENCY_CONFLICT',
      ['input', 'externalId'],
    ]);
    // Another partner may use the same name.
    expect(refusal(await settlement.sell('AERO', ofA, 6_000, { externalId: 'SALE-1' }))).toBeUndefined();
  });

  test('twenty equal reports at once are one sale', async () => {
    const said = { externalId: 'SALE-AT-ONCE' };
    const reports = await Promise.all(Array.from({ length: 20 }, () => settlement.sell('DEPOT', ofA, 7_000, said)));
    expect(reports.flatMap(({ userErrors }) => userErrors)).toEqual([]);
    expect(new Set(reports.map(({ sale }) => sale?.id)).size).toBe(1);
    expect(reports.filter(({ replayed }) => !replayed)).toHaveLength(1);
  });

  test.each<[string, object, string, string[] | null]>([
    ['more net than gross', { gross: cny('0.99'), net: cny('1.00') }, 'VALIDATION', ['input', 'net']],
    ['less than nothing', { net: { minor: '-1', currency: 'CNY' } }, 'VALIDATION', ['input', 'net']],
    ['foreign money', { gross: { minor: '100', currency: 'USD' } }, 'VALIDATION', ['input', 'gross']],
    ['tomorrow', { occurredAt: '2026-01-16T12:00:00+08:00' }, 'VALIDATION', ['input', 'occurredAt']],
    ['nobody', { member: { cardNumber: '0000' } }, 'VALIDATION', ['input', 'member']],
    ['without a name', { externalId: '' }, 'VALIDATION', ['input', 'externalId']],
    ['before its contract', { occurredAt: '2025-12-31T23:59:59+08:00' }, 'CONTRACT_NOT_ACTIVE', null],
  ])('a sale of %s is refused', async (_, said, code, field) => {
    const { userErrors } = await settlement.sell('DEPOT', ofA, 100, { ...said });
    expect(userErrors.map((error) => [error.code, error.field])).toEqual([[code, field]]);
  });

  test('a sale is for its partner, its member and the operator', async () => {
    const { sale } = await settlement.sell('DEPOT', ofA, 100);
    const read = async (token: string) =>
      (await nova.app.graphql('query ($id: ID!) { node(id: $id) { id } }', { token, variables: { id: sale?.id } })).errors?.[0]?.extensions
        ?.code;
    expect(await Promise.all([nova.operator, await nova.token('DEPOT'), ofA.token].map(read))).toEqual([undefined, undefined, undefined]);
    expect(await Promise.all([await nova.token('AERO'), ofB.token].map(read))).toEqual(['FORBIDDEN', 'FORBIDDEN']);
  });

  test('the last version in force speaks for the whole cycle', async () => {
    await nova.join('LATER', { clauses: [share('NET_SALE', 100, 'HOME')] });
    await settlement.sell('LATER', ofA, 10_000);
    expect(await settlement.amountsOf('LATER')).toEqual(['REVENUE_SHARE -100']);
    await nova.amend('LATER', '2026-01-12T00:00:00+08:00', { clauses: [share('NET_SALE', 200, 'HOME')] });
    expect(await settlement.amountsOf('LATER')).toEqual(['REVENUE_SHARE -200']);
  });

  test('shares of the value of burned points go to the home partner or to the issuers, refunds taken off', async () => {
    await nova.join('HOMELY', {
      acceptance: { currencies: ['APT', 'BPT'] },
      clauses: [share('POINTS_VALUE', 1_000, 'HOME'), share('POINTS_VALUE', 2_000, 'ISSUER')],
    });
    const member = await nova.enrol({ homePartner: 'BOOKS' });
    await nova.earn('AERO', member, { points: 1_000 });
    await nova.earn('BOOKS', member, { points: 1_000 });
    const burn = async (currency: string, points: number) => {
      const { id } = redemptionOf(await nova.hold('HOMELY', member, currency, points));
      redemptionOf(await nova.capture('HOMELY', id));
      return id;
    };
    const apt = await burn('APT', 600);
    await burn('BPT', 400);
    redemptionOf(await nova.refund('HOMELY', apt, { points: 100 }));
    // 500 APT are 5.00 and 400 BPT 2.00. To BOOKS, the home: 10 % of 7.00 and, as issuer, 20 % of 2.00. To AERO: 20 % of 5.00.
    expect(await settlement.amountsOf('HOMELY')).toEqual(['REIMBURSEMENT 700', 'REVENUE_SHARE -100', 'REVENUE_SHARE -110']);
    expect(await nova.faults()).toEqual([]);
  });

  test('shares of what is paid for points follow the member, also when they are paid for as they are burned', async () => {
    await nova.join('FUNDER', {
      currency: 'FPT',
      issuance: { fundingModel: 'ON_REDEMPTION' },
      clauses: [share('FUNDING', 1_000, 'HOME')],
    });
    const member = await nova.enrol({ homePartner: 'CAFE' });
    const home = await nova.enrol({ homePartner: 'FUNDER' });
    await nova.earn('FUNDER', member, { points: 1_000 });
    await nova.earn('FUNDER', home, { points: 1_000 });
    redemptionOf(await nova.capture('FUNDER', redemptionOf(await nova.hold('FUNDER', member, 'FPT', 500)).id));
    // 2,000 x 0.002 and 500 x 0.01 are paid; 2.00 and 5.00 of it for CAFE's member.
    expect(await settlement.amountsOf('FUNDER')).toEqual(['FUNDING -900', 'REIMBURSEMENT 500', 'REVENUE_SHARE -70']);
    // What is not paid for yet is not in the pool; nothing else is off.
    expect(await nova.faults()).toEqual(['FPT is covered by 0 bps']);
  });

  test('a reported sale is never changed', async () => {
    const change = nova.app.db.rows("update exchange.sales set net_minor = 0 where external_id = 'SALE-1'");
    await expect(change).rejects.toThrow('permission denied');
  });
});

test('a partner without a contract in force reports nothing', async () => {
  const nova = await startNova();
  const settlement = settlementOf(nova);
  await nova.operate('create-partner', { code: 'STRANGER', name: 'Stranger', roles: ['ACCEPTOR'] });
  const sold = await settlement.sell('STRANGER', await nova.enrol(), 100);
  expect(refusal(sold)).toBe('CONTRACT_NOT_ACTIVE');
  await nova.stop();
});
