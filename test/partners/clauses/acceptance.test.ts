import fc from 'fast-check';
import { isAccepted, leftToday, passesTenderShare } from '../../../src/partners/contracts/clauses/acceptance/acceptance.rules.ts';
import { cny, type Input, type Member, type Nova, redemptionOf, refusal, startNova, type UserError } from '../../support/coalition.ts';
import { faultOf } from './clause-fault.ts';

test.each([
  ['its own, where that is agreed', { allowSelfRedemption: true }, { code: 'A', isAcceptor: true }, true],
  ['its own, where it is not', { allowSelfRedemption: false }, { code: 'A', isAcceptor: true }, false],
  ["another's, where its own are not taken", { allowSelfRedemption: false }, { code: 'B', isAcceptor: false }, true],
  [
    'those of an issuer that is excluded',
    { allowSelfRedemption: true, excludedIssuers: ['B', 'C'] },
    { code: 'C', isAcceptor: false },
    false,
  ],
  ['those of an issuer that is not', { allowSelfRedemption: true, excludedIssuers: ['B', 'C'] }, { code: 'D', isAcceptor: false }, true],
  ['its own, though it excluded itself', { allowSelfRedemption: true, excludedIssuers: ['A'] }, { code: 'A', isAcceptor: true }, false],
])('a partner and %s', (_, clause, issuer, accepted) => {
  expect(isAccepted(clause, issuer)).toBe(accepted);
});

test.each([
  ['no limit', undefined, 10_000_000n, 1_000n, false],
  ['no amount of the order', 5_000, 10_000_000n, undefined, false],
  ['exactly the share', 5_000, 5_000_000n, 1_000n, false],
  ['a micro more', 5_000, 5_000_001n, 1_000n, true],
  ['all of it', 10_000, 10_000_000n, 1_000n, false],
  ['nothing at all', 0, 1n, 1_000n, true],
  ['nothing of nothing', 0, 0n, 0n, false],
  ['points for an order that costs nothing', 10_000, 1n, 0n, true],
])('the share of an order that points pay: %s', (_, maxTenderShareBps, micros, order, passes) => {
  expect(passesTenderShare({ maxTenderShareBps }, micros, order, 'CNY')).toBe(passes);
});

test('what is left of a day is never negative and, with what was used, the limit', () => {
  expect(leftToday({ perMemberDayPoints: undefined }, 5n)).toBeUndefined();
  fc.assert(
    fc.property(fc.bigInt(0n, 1_000n), fc.bigInt(0n, 2_000n), (perMemberDayPoints, used) => {
      const left = leftToday({ perMemberDayPoints }, used) ?? -1n;
      expect(left >= 0n && (left === 0n ? used >= perMemberDayPoints : left + used === perMemberDayPoints)).toBe(true);
    }),
  );
});

const APT = { currencies: ['APT'] };
test.each([
  ['no currency', { currencies: [] }, 'clauses.1.acceptance.currencies'],
  ['a currency that does not exist', APT, 'clauses.1.acceptance.currencies'],
  ['a fee of more than all', { ...APT, handlingFeeBps: 10_001 }, 'clauses.1.acceptance.handlingFeeBps'],
  ['a share of less than nothing', { ...APT, maxTenderShareBps: -1 }, 'clauses.1.acceptance.maxTenderShareBps'],
  ['a negative minimum', { ...APT, minPoints: -1n }, 'clauses.1.acceptance.minPoints'],
  ['a negative price', { ...APT, reimbursementMicros: -1n }, 'clauses.1.acceptance.reimbursementMicros'],
])('a contract with %s is refused', (_, clause, field) => {
  expect(faultOf('acceptance', clause)).toBe(field);
});

describe('in a coalition', () => {
  let nova: Nova;
  beforeAll(async () => {
    nova = await startNova();
  });
  afterAll(() => nova.stop());

  async function memberWith(points: number): Promise<Member> {
    const member = await nova.enrol();
    await nova.earn('AERO', member, { points });
    return member;
  }

  test.each<[string, Input, number, Input, string | undefined]>([
    ['the fewest points', { minPoints: 100 }, 100, {}, undefined],
    ['one fewer', { minPoints: 100 }, 99, {}, 'BELOW_MINIMUM'],
    ['a minimum of nothing', { minPoints: 0 }, 1, {}, undefined],
    ['the most of a day', { perMemberDayPoints: 500 }, 500, {}, undefined],
    ['one more', { perMemberDayPoints: 500 }, 501, {}, 'REDEMPTION_LIMIT'],
    ['nothing a day', { perMemberDayPoints: 0 }, 1, {}, 'REDEMPTION_LIMIT'],
    ['the share of the order', { maxTenderShareBps: 3_333 }, 333, { orderAmount: cny('10.00') }, undefined],
    ['one point more', { maxTenderShareBps: 3_333 }, 334, { orderAmount: cny('10.00') }, 'CAP_EXCEEDED'],
    ['no order that the share is of', { maxTenderShareBps: 1 }, 1_000, {}, undefined],
    [
      'a share at a price of its own',
      { maxTenderShareBps: 5_000, reimbursementMicros: '20000' },
      251,
      { orderAmount: cny('10.00') },
      'CAP_EXCEEDED',
    ],
    ['all of it', {}, 1_000, { orderAmount: cny('10.00') }, undefined],
    ['more than there is', {}, 1_001, {}, 'INSUFFICIENT_POINTS'],
  ])('%s: %j, %d points', async (name, terms, points, order, code) => {
    const partner = name.toUpperCase().replaceAll(' ', '_');
    await nova.join(partner, { acceptance: { currencies: ['APT'], ...terms } });
    expect(refusal(await nova.hold(partner, await memberWith(1_000), 'APT', points, order))).toBe(code);
  });

  test('a currency that several partners issue: only lots of those that are taken are burned', async () => {
    await nova.operate('create-point-currency', { code: 'NPT', name: 'Nova points', expiry: { rollingMonths: 12 } });
    const issuance = { currency: 'NPT', redemptionElementMicros: 10_000, serviceElementMicros: 2_000 };
    const scope = { roles: ['ISSUER', 'ACCEPTOR'] };
    await nova.join('BETA', { clauses: [{ scope }, { issuance }, { acceptance: { currencies: ['NPT'], allowSelfRedemption: false } }] });
    await nova.join('ALPHA', { clauses: [{ scope }, { issuance }, { acceptance: { currencies: ['NPT'], excludedIssuers: ['BETA'] } }] });
    const member = await nova.enrol();
    // BETA's points expire first.
    await nova.earn('BETA', member, { points: 100, currency: 'NPT', occurredAt: '2026-01-02T10:00:00+08:00' });
    await nova.earn('ALPHA', member, { points: 100, currency: 'NPT', occurredAt: '2026-01-05T10:00:00+08:00' });
    for (const partner of ['ALPHA', 'BETA']) {
      const over = await nova.hold(partner, member, 'NPT', 101);
      expect(over.userErrors).toMatchObject([{ code: 'INSUFFICIENT_POINTS', details: { available: 100, required: 101 } }]);
      const held = redemptionOf(await nova.hold(partner, member, 'NPT', 60));
      expect(held.allocations).toMatchObject([{ issuer: { code: 'ALPHA' }, points: 60 }]);
      await nova.release(partner, held.id);
    }
  });

  test('the limit of a day is of the day in program time: at midnight it is there again', async () => {
    await nova.join('DAYS', { acceptance: { currencies: ['APT'], perMemberDayPoints: 100 } });
    const member = await memberWith(1_000);
    expect(refusal(await nova.hold('DAYS', member, 'APT', 100))).toBeUndefined();
    await nova.setClock('2026-01-15T23:59:00+08:00');
    expect(refusal(await nova.hold('DAYS', member, 'APT', 100))).toBeUndefined();
    expect(refusal(await nova.hold('DAYS', member, 'APT', 1))).toBe('REDEMPTION_LIMIT');
    await nova.setClock('2026-01-16T00:00:00+08:00');
    expect(refusal(await nova.hold('DAYS', member, 'APT', 100))).toBeUndefined();
  });

  test('all acceptance clauses of a version agree on the handling fee, which is taken from their reimbursement together', async () => {
    const acceptance = (currency: string, handlingFeeBps: number) => ({ acceptance: { currencies: [currency], handlingFeeBps } });
    const propose = async (fees: readonly [number, number]) => {
      const clauses = [{ scope: { roles: ['ACCEPTOR'] } }, acceptance('APT', fees[0]), acceptance('BPT', fees[1])];
      const input = { idempotencyKey: nova.newKey(), partner: 'DEPOT', effectiveFrom: '2026-03-01T00:00:00+08:00', clauses };
      return nova.run<{ proposeContract: { userErrors: UserError[] } }>(nova.operator, 'propose-contract', { input });
    };
    expect((await propose([300, 300])).proposeContract.userErrors).toEqual([]);
    expect((await propose([300, 0])).proposeContract.userErrors).toMatchObject([
      { code: 'VALIDATION', field: ['input', 'clauses', '1', 'acceptance', 'handlingFeeBps'] },
    ]);
  });

  test('of two versions the one in force counts: for the minimum, the price and the currencies', async () => {
    await nova.join('TURN', { acceptance: { currencies: ['APT', 'BPT'], minPoints: 100, noticeDays: 0 } });
    await nova.amend('TURN', '2026-01-20T00:00:00+08:00', {
      acceptance: { currencies: ['APT'], minPoints: 10, reimbursementMicros: '5000' },
    });
    const member = await memberWith(1_000);
    await nova.earn('BOOKS', member, { points: 1_000 });
    expect(refusal(await nova.hold('TURN', member, 'APT', 99))).toBe('BELOW_MINIMUM');
    expect(refusal(await nova.hold('TURN', member, 'BPT', 100))).toBeUndefined();
    expect(redemptionOf(await nova.hold('TURN', member, 'APT', 100)).tenderValue).toEqual(cny('1.00'));
    await nova.setClock('2026-01-20T00:00:00+08:00');
    expect(refusal(await nova.hold('TURN', member, 'APT', 9))).toBe('BELOW_MINIMUM');
    expect(refusal(await nova.hold('TURN', member, 'BPT', 100))).toBe('CLAUSE_NOT_GRANTED');
    expect(redemptionOf(await nova.hold('TURN', member, 'APT', 100)).tenderValue).toEqual(cny('0.50'));
  });

  test('after all of it the ledger is intact and the pools cover their points', async () => {
    expect(await nova.faults()).toEqual([]);
  });
});
