import { cny, type Member, type Nova, redemptionOf, refusal, startNova } from '../support/coalition.ts';

let nova: Nova;
beforeAll(async () => {
  nova = await startNova();
});
afterAll(() => nova.stop());

async function leavesNothing<T>(work: () => Promise<T>): Promise<T> {
  const before = await nova.countRows();
  const result = await work();
  expect(await nova.countRows()).toEqual(before);
  return result;
}

/** A new member with points of AERO. */
async function memberWith(points: number): Promise<Member> {
  const member = await nova.enrol();
  await nova.earn('AERO', member, { points });
  return member;
}

test('[B11] points pay a part of the bill: 2,000 APT are 20.00 of 100.00', async () => {
  // given 5,000 APT and an order of 100.00
  const member = await memberWith(5000);
  // when 2,000 are held
  const held = await nova.hold('DEPOT', member, 'APT', 2000, { orderAmount: cny('100.00') });
  expect(held).toMatchObject({
    redemption: { status: 'HELD', heldPoints: 2000, capturedPoints: 0, tenderValue: cny('20.00'), reimbursementMicros: '0' },
    balance: { available: 3000, held: 2000 },
  });
  // then 80.00 are due in cash, and the capture burns them
  const captured = await nova.capture('DEPOT', redemptionOf(held).id);
  expect(captured).toMatchObject({
    redemption: { status: 'CAPTURED', capturedPoints: 2000, releasedPoints: 0, tenderValue: cny('20.00'), reimbursementMicros: '20000000' },
    balance: { available: 3000, held: 0 },
  });
});

test('[B17] a member redeems up to the limit of a day at a partner, and is told what is left', async () => {
  await nova.join('DAILY', { acceptance: { currencies: ['APT', 'BPT'], perMemberDayPoints: 5000 } });
  const member = await memberWith(20_000);
  await nova.earn('BOOKS', member, { points: 20_000 });
  const first = redemptionOf(await nova.hold('DAILY', member, 'APT', 3000));
  const over = await leavesNothing(() => nova.hold('DAILY', member, 'APT', 2500));
  expect(over.userErrors).toMatchObject([{ code: 'REDEMPTION_LIMIT', field: ['input', 'points'], details: { remaining: 2000 } }]);
  // The limit is over all currencies of the clause; captured points count, given back ones do not.
  expect(refusal(await nova.hold('DAILY', member, 'BPT', 2001))).toBe('REDEMPTION_LIMIT');
  await nova.capture('DAILY', first.id, { points: 2500 });
  const second = redemptionOf(await nova.hold('DAILY', member, 'BPT', 2500));
  expect(refusal(await nova.hold('DAILY', member, 'APT', 1))).toBe('REDEMPTION_LIMIT');
  await nova.release('DAILY', second.id);
  await nova.refund('DAILY', first.id, { points: 1500 });
  expect(refusal(await nova.hold('DAILY', member, 'APT', 4001))).toBe('REDEMPTION_LIMIT');
  expect(refusal(await nova.hold('DAILY', member, 'APT', 4000))).toBeUndefined();
  expect(refusal(await nova.hold('DEPOT', member, 'APT', 5001))).toBeUndefined();
});

test('[B17] the limit of a day holds when holds in two currencies arrive at the same moment', async () => {
  const members = await Promise.all(Array.from({ length: 8 }, () => memberWith(5000)));
  for (const member of members) await nova.earn('BOOKS', member, { points: 5000 });
  for (const member of members) {
    const both = await Promise.all(['APT', 'BPT'].map((currency) => nova.hold('DAILY', member, currency, 3000)));
    expect(both.map(refusal).sort()).toEqual(['REDEMPTION_LIMIT', undefined]);
  }
});

test('[B29] points of any brand are burned at any partner that accepts them, those that expire first going first', async () => {
  // given lots of 250, 100 and 200 APT that end in this order: second, first, third
  const member = await nova.enrol();
  const lot = (points: number, day: string) => nova.earn('AERO', member, { points, occurredAt: `2026-01-${day}T10:00:00+08:00` });
  await lot(250, '05');
  await lot(100, '03');
  await lot(200, '09');
  const before = await nova.positionOf('DEPOT');
  // when 300 are burned at DEPOT
  const held = redemptionOf(await nova.hold('DEPOT', member, 'APT', 300));
  expect(held.allocations).toMatchObject([
    { issuer: { code: 'AERO' }, points: 100, expiresAt: '2027-01-03T02:00:00.000Z' },
    { issuer: { code: 'AERO' }, points: 200, expiresAt: '2027-01-05T02:00:00.000Z' },
  ]);
  const { redemption } = await nova.capture('DEPOT', held.id);
  // then DEPOT gets 300 x 10,000 micros = 3.00, less a handling fee of 3 %
  expect(redemption).toMatchObject({ reimbursementMicros: '3000000', allocations: held.allocations });
  const after = await nova.positionOf('DEPOT');
  expect(BigInt(after.netPosition.minor) - BigInt(before.netPosition.minor)).toBe(291n);
  expect(redemptionOf(await nova.hold('DEPOT', member, 'APT', 250)).allocations.map(({ points }) => points)).toEqual([50, 200]);
});

describe('a hold', () => {
  test('is captured in part: the first lots are burned and the rest goes back', async () => {
    const member = await nova.enrol();
    await nova.earn('AERO', member, { points: 100, occurredAt: '2026-01-03T10:00:00+08:00' });
    await nova.earn('AERO', member, { points: 100, occurredAt: '2026-01-05T10:00:00+08:00' });
    const { id } = redemptionOf(await nova.hold('DEPOT', member, 'APT', 180));
    const captured = await nova.capture('DEPOT', id, { points: 120 });
    expect(captured).toMatchObject({
      redemption: {
        status: 'CAPTURED',
        heldPoints: 180,
        capturedPoints: 120,
        releasedPoints: 60,
        tenderValue: cny('1.20'),
        allocations: [{ points: 100 }, { points: 20 }],
      },
      balance: { available: 80, held: 0, version: '4' },
    });
    expect(redemptionOf(await nova.hold('DEPOT', member, 'APT', 80)).allocations).toHaveLength(1);
  });

  test('is resolved once: what comes after is refused, in any order', async () => {
    const member = await memberWith(1000);
    const [one = '', two = ''] = await Promise.all([1, 2].map(async () => redemptionOf(await nova.hold('DEPOT', member, 'APT', 100)).id));
    expect(refusal(await nova.capture('DEPOT', one))).toBeUndefined();
    expect(refusal(await leavesNothing(() => nova.capture('DEPOT', one)))).toBe('HOLD_RESOLVED');
    expect(refusal(await leavesNothing(() => nova.release('DEPOT', one)))).toBe('HOLD_RESOLVED');
    expect(await nova.release('DEPOT', two)).toMatchObject({
      redemption: { status: 'VOIDED', releasedPoints: 100 },
      balance: { available: 900, held: 0 },
    });
    expect(refusal(await leavesNothing(() => nova.capture('DEPOT', two)))).toBe('HOLD_RESOLVED');
    expect(refusal(await leavesNothing(() => nova.refund('DEPOT', two)))).toBe('REVERSAL_EXCEEDS_ORIGINAL');
  });

  test('is captured once when twenty captures and voids arrive at the same moment', async () => {
    const member = await memberWith(1000);
    const { id } = redemptionOf(await nova.hold('DEPOT', member, 'APT', 400));
    const all = await Promise.all(
      Array.from({ length: 20 }, (_, at) => (at % 2 === 0 ? nova.capture('DEPOT', id) : nova.release('DEPOT', id))),
    );
    expect(all.filter((one) => refusal(one) === undefined)).toHaveLength(1);
    expect(all.filter((one) => refusal(one) === 'HOLD_RESOLVED')).toHaveLength(19);
  });

  test('is done once for a key, and answered as the first time after it was captured in part', async () => {
    const member = await memberWith(1000);
    await nova.earn('AERO', member, { points: 100, occurredAt: '2026-01-11T10:00:00+08:00' });
    const what = { idempotencyKey: 'hold-1', orderExternalId: 'SO-1' };
    const first = await nova.hold('DEPOT', member, 'APT', 1050, what);
    const { id } = redemptionOf(first);
    const capture = { idempotencyKey: 'capture-1', points: 400 };
    const captured = await nova.capture('DEPOT', id, capture);
    await nova.refund('DEPOT', id, { idempotencyKey: 'refund-1', points: 100 });
    const again = await leavesNothing(() => nova.hold('DEPOT', member, 'APT', 1050, what));
    expect(again).toEqual({ ...first, replayed: true });
    expect(await nova.capture('DEPOT', id, capture)).toEqual({ ...captured, replayed: true });
    expect(refusal(await nova.hold('DEPOT', member, 'APT', 1049, what))).toBe('IDEMPOTENCY_CONFLICT');
    expect(refusal(await nova.capture('DEPOT', id, { ...capture, points: 401 }))).toBe('IDEMPOTENCY_CONFLICT');
    // The key of one partner is not the key of another.
    expect(refusal(await nova.hold('CAFE', member, 'APT', 1, what))).not.toBe('IDEMPOTENCY_CONFLICT');
  });

  test('of fifty at the same moment on one wallet: exactly those that fit', async () => {
    const member = await memberWith(1000);
    const all = await Promise.all(Array.from({ length: 50 }, () => nova.hold('DEPOT', member, 'APT', 70)));
    expect(all.filter((one) => refusal(one) === undefined)).toHaveLength(14);
    expect(all.filter((one) => refusal(one) === 'INSUFFICIENT_POINTS')).toHaveLength(36);
    expect(await nova.balanceOf(member, 'APT')).toMatchObject({ available: 20, held: 980, version: '15' });
  });

  test('of twenty with one key at the same moment is one hold', async () => {
    const member = await memberWith(1000);
    const more = { idempotencyKey: 'hold-race', orderExternalId: 'SO-2' };
    const all = await Promise.all(Array.from({ length: 20 }, () => nova.hold('DEPOT', member, 'APT', 70, more)));
    expect(new Set(all.map((one) => redemptionOf(one).id)).size).toBe(1);
    expect(await nova.balanceOf(member, 'APT')).toMatchObject({ available: 930, held: 70 });
  });

  test.each([
    ['points', { points: 0 }],
    ['points', { points: -5 }],
    ['points', { points: Number.MAX_SAFE_INTEGER }],
    ['orderExternalId', { orderExternalId: '' }],
    ['orderExternalId', { orderExternalId: 'a\0' }],
    ['orderExternalId', { orderExternalId: '\udfff' }],
    ['holdSeconds', { holdSeconds: 0 }],
    ['holdSeconds', { holdSeconds: -1 }],
    ['holdSeconds', { holdSeconds: 2_147_483_647 }],
    ['currency', { currency: 'NOPE' }],
    ['member', { member: { id: 'mem_1' } }],
    ['member', { member: {} }],
    ['idempotencyKey', { idempotencyKey: '\0' }],
    ['orderAmount', { orderAmount: { minor: '-1', currency: 'CNY' } }],
    ['orderAmount', { orderAmount: { minor: '1', currency: 'EUR' } }],
  ])('that is malformed is refused as VALIDATION of %s: %j', async (field, what) => {
    const member = await memberWith(10);
    const payload = await leavesNothing(() => nova.hold('DEPOT', member, 'APT', 1, what));
    expect(payload.userErrors).toMatchObject([{ code: 'VALIDATION', field: ['input', field] }]);
  });

  test('says what is wrong in one order: form, contract, clause, member, minimum, limit, points', async () => {
    await nova.join('PICKY', {
      acceptance: { currencies: ['APT'], minPoints: 100, perMemberDayPoints: 500 },
      scope: { channels: ['POS'] },
    });
    const poor = await nova.enrol();
    const said = async (points: number, more: object = {}) =>
      refusal(await leavesNothing(() => nova.hold('PICKY', poor, 'APT', points, { channel: 'POS', ...more })));
    expect(await said(0, { channel: 'WEB' })).toBe('VALIDATION');
    expect(await said(1, { currency: 'BPT' })).toBe('CLAUSE_NOT_GRANTED');
    expect(await said(1, { channel: 'WEB' })).toBe('CLAUSE_NOT_GRANTED');
    expect(await said(99)).toBe('BELOW_MINIMUM');
    expect(await said(501)).toBe('REDEMPTION_LIMIT');
    expect(await said(100)).toBe('INSUFFICIENT_POINTS');
    await nova.operate('set-member-status', { memberId: poor.id, status: 'SUSPENDED' });
    expect(await said(1, { channel: 'WEB' })).toBe('CLAUSE_NOT_GRANTED');
    expect(await said(1)).toBe('MEMBER_SUSPENDED');
  });

  test('leaves points of excluded issuers and, where that is agreed, of the partner itself alone', async () => {
    await nova.join('FUSSY', { acceptance: { currencies: ['APT', 'BPT'], excludedIssuers: ['BOOKS'] } });
    const member = await memberWith(100);
    await nova.earn('BOOKS', member, { points: 100 });
    expect(refusal(await nova.hold('FUSSY', member, 'APT', 100))).toBeUndefined();
    const payload = await nova.hold('FUSSY', member, 'BPT', 1);
    expect(payload.userErrors).toMatchObject([{ code: 'INSUFFICIENT_POINTS', details: { available: 0, required: 1 } }]);
    await nova.join('PROUD', { currency: 'PROUDPT', acceptance: { allowSelfRedemption: false } });
    await nova.earn('PROUD', member, { points: 100 });
    expect(refusal(await nova.hold('PROUD', member, 'PROUDPT', 1))).toBe('INSUFFICIENT_POINTS');
  });

  test('pays no larger share of the order than agreed', async () => {
    await nova.join('SHARE', { acceptance: { currencies: ['APT'], maxTenderShareBps: 5_000 } });
    const member = await memberWith(10_000);
    const orderAmount = cny('10.00');
    expect(refusal(await nova.hold('SHARE', member, 'APT', 501, { orderAmount }))).toBe('CAP_EXCEEDED');
    expect(refusal(await nova.hold('SHARE', member, 'APT', 500, { orderAmount }))).toBeUndefined();
  });
});

test("another partner's redemption is told from an unknown one by nothing, and form comes first", async () => {
  const member = await memberWith(100);
  const { id } = redemptionOf(await nova.hold('DEPOT', member, 'APT', 100));
  const unknown = `${id.slice(0, 4)}${'0'.repeat(id.length - 4)}`;
  for (const attempt of [nova.capture, nova.release, nova.refund]) {
    const answers = await Promise.all([id, unknown, 'nonsense', `\0`].map((one) => attempt('CAFE', one)));
    expect(new Set(answers.map((answer) => JSON.stringify(answer))).size).toBe(1);
    expect(answers[0]).toMatchObject({ redemption: null, balance: null, userErrors: [{ code: 'FORBIDDEN' }] });
  }
  for (const attempt of [nova.capture, nova.refund]) {
    for (const points of [0, -1]) expect(refusal(await attempt('CAFE', id, { points }))).toBe('VALIDATION');
  }
  expect(refusal(await leavesNothing(() => nova.capture('DEPOT', id, { points: 101 })))).toBe('VALIDATION');
  expect(await nova.balanceOf(member, 'APT')).toMatchObject({ available: 0, held: 100 });
});

describe('a refund', () => {
  test('gives burned points back to their lots with their expiry, at the price of the capture', async () => {
    const member = await nova.enrol();
    await nova.earn('AERO', member, { points: 100, occurredAt: '2026-01-03T10:00:00+08:00' });
    await nova.earn('AERO', member, { points: 100, occurredAt: '2026-01-05T10:00:00+08:00' });
    const before = await nova.positionOf('DEPOT');
    const held = redemptionOf(await nova.hold('DEPOT', member, 'APT', 150));
    await nova.capture('DEPOT', held.id);
    expect(await nova.refund('DEPOT', held.id, { points: 120 })).toMatchObject({
      redemption: { status: 'PARTIALLY_REFUNDED', capturedPoints: 150, refundedPoints: 120, reimbursementMicros: '1500000' },
      balance: { available: 170 },
    });
    const tooMuch = await leavesNothing(() => nova.refund('DEPOT', held.id, { points: 31 }));
    expect(tooMuch.userErrors).toMatchObject([{ code: 'REVERSAL_EXCEEDS_ORIGINAL', details: { remaining: 30 } }]);
    expect(await nova.refund('DEPOT', held.id)).toMatchObject({
      redemption: { status: 'REFUNDED', refundedPoints: 150 },
      balance: { available: 200 },
    });
    expect(refusal(await leavesNothing(() => nova.refund('DEPOT', held.id)))).toBe('REVERSAL_EXCEEDS_ORIGINAL');
    // then the same lots have them again, and DEPOT what it had
    const next = redemptionOf(await nova.hold('DEPOT', member, 'APT', 200));
    expect(next.allocations).toMatchObject([
      { lotId: held.allocations[0]?.lotId, points: 100, expiresAt: '2027-01-03T02:00:00.000Z' },
      { lotId: held.allocations[1]?.lotId, points: 100, expiresAt: '2027-01-05T02:00:00.000Z' },
    ]);
    expect(await nova.positionOf('DEPOT')).toEqual(before);
  });

  test('of what is only held is refused: void it', async () => {
    const member = await memberWith(100);
    const { id } = redemptionOf(await nova.hold('DEPOT', member, 'APT', 100));
    expect(refusal(await leavesNothing(() => nova.refund('DEPOT', id)))).toBe('VALIDATION');
  });

  test('is possible for a suspended member', async () => {
    const member = await memberWith(100);
    const { id } = redemptionOf(await nova.hold('DEPOT', member, 'APT', 100));
    await nova.operate('set-member-status', { memberId: member.id, status: 'SUSPENDED' });
    expect(refusal(await nova.capture('DEPOT', id))).toBeUndefined();
    expect(await nova.refund('DEPOT', id)).toMatchObject({ redemption: { status: 'REFUNDED' }, balance: { available: 100 } });
  });

  test('of twenty at the same moment gives back no more than was captured', async () => {
    const member = await memberWith(100);
    const { id } = redemptionOf(await nova.hold('DEPOT', member, 'APT', 100));
    await nova.capture('DEPOT', id);
    const all = await Promise.all(Array.from({ length: 20 }, () => nova.refund('DEPOT', id, { points: 30 })));
    expect(all.filter((one) => refusal(one) === undefined)).toHaveLength(3);
    expect(await nova.balanceOf(member, 'APT')).toMatchObject({ available: 90 });
  });
});

test('a hold of a partner with a price of its own is paid at that price, the operator bearing the difference', async () => {
  await nova.join('DEAR', { acceptance: { currencies: ['APT'], reimbursementMicros: '12345' } });
  const member = await memberWith(1001);
  const { id } = redemptionOf(await nova.hold('DEAR', member, 'APT', 1001));
  // 1,001 x 12,345 micros = 12.357345: the line is rounded, the ledger is not
  expect((await nova.capture('DEAR', id)).redemption).toMatchObject({ tenderValue: cny('12.36'), reimbursementMicros: '12357345' });
  expect((await nova.positionOf('DEAR')).netPosition).toEqual(cny('12.36'));
});

test('points are captured and refunded after the contract has ended: what was granted stands', async () => {
  const member = await memberWith(300);
  await nova.join('LEAVING', { acceptance: { currencies: ['APT'] } });
  const [one, two] = [
    redemptionOf(await nova.hold('LEAVING', member, 'APT', 100, { holdSeconds: 2_000_000 })),
    redemptionOf(await nova.hold('LEAVING', member, 'APT', 50)),
  ];
  await nova.capture('LEAVING', two.id);
  const contractId = await nova.amend('LEAVING', '2026-02-01T00:00:00+08:00', { acceptance: { currencies: ['APT'] } });
  const { contract } = await nova.operate<{ contract: { earnEnd: string; burnEnd: string } }>('give-contract-notice', { contractId });
  await nova.setClock(new Date(new Date(contract.earnEnd).getTime() + 1000).toISOString());
  expect(refusal(await nova.hold('LEAVING', member, 'APT', 1))).toBeUndefined();
  await nova.setClock(new Date(new Date(contract.burnEnd).getTime() + 1000).toISOString());
  expect(refusal(await nova.hold('LEAVING', member, 'APT', 1))).toBe('CONTRACT_ENDED');
  expect(refusal(await nova.capture('LEAVING', one.id))).toBeUndefined();
  expect(refusal(await nova.refund('LEAVING', two.id))).toBeUndefined();
});

test('after all of it the ledger is intact and the pools cover their points', async () => {
  expect(await nova.faults()).toEqual([]);
});
