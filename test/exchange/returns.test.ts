import { accrualOf, cny, type Input, type Member, type Nova, redemptionOf, refusal, startNova } from '../support/coalition.ts';

let nova: Nova;
let m1: Member;
beforeAll(async () => {
  nova = await startNova();
  m1 = await nova.enrol();
});
afterAll(() => nova.stop());

async function leavesNothing<T>(work: () => Promise<T>): Promise<T> {
  const before = await nova.countRows();
  const result = await work();
  expect(await nova.countRows()).toEqual(before);
  return result;
}

const reversed = async (partner: string, id: string, how: Input) => {
  const { accrual, userErrors } = await nova.reverse(partner, id, how);
  return userErrors[0]?.code ?? accrual?.reversedPoints;
};

describe('a purchase that comes back', () => {
  test('takes back points in proportion: 70 earned on 40, 20 returned, 35 taken back', async () => {
    const earned = accrualOf(await nova.earn('CAFE', m1, { amount: cny('40.00'), points: 70 }));
    const payload = await nova.reverse('CAFE', earned.id, { returnedAmount: cny('20.00') });
    expect(payload).toMatchObject({ accrual: { status: 'PARTIALLY_REVERSED', points: 70, reversedPoints: 35 }, replayed: false });
  });

  test('takes back floored points, and with the last return the remainder: 1,200 on 100.00', async () => {
    await nova.join('SHOES', { currency: 'SHOEPT', rules: [{ code: 'R12', flatMilliPointsPerUnit: 12_000 }] });
    const member = await nova.enrol();
    const { id, points } = accrualOf(await nova.earn('SHOES', member, { amount: cny('100.00') }));
    expect(points).toBe(1200);
    // 399.96, 399.96, and the rest
    expect(await reversed('SHOES', id, { returnedAmount: cny('33.33') })).toBe(399);
    expect(await reversed('SHOES', id, { returnedAmount: cny('33.33') })).toBe(798);
    expect(await leavesNothing(() => reversed('SHOES', id, { returnedAmount: cny('33.35') }))).toBe('REVERSAL_EXCEEDS_ORIGINAL');
    const last = await nova.reverse('SHOES', id, { returnedAmount: cny('33.34') });
    expect(last).toMatchObject({ accrual: { status: 'REVERSED', reversedPoints: 1200 }, balance: { available: 0, version: '4' } });
    expect(await leavesNothing(() => reversed('SHOES', id, { returnedAmount: cny('0.01') }))).toBe('REVERSAL_EXCEEDS_ORIGINAL');
  });

  test('gives the partner its money back, both elements', async () => {
    const before = await nova.positionOf('CAFE');
    const earned = accrualOf(await nova.earn('CAFE', m1, { points: 1000 }));
    const payload = await nova.reverse('CAFE', earned.id);
    expect(payload.exposure?.used).toEqual(before.exposure.used);
    expect(await nova.positionOf('CAFE')).toEqual(before);
  });

  test('never takes back more than was earned, in whatever way it is said', async () => {
    const { id } = accrualOf(await nova.earn('CAFE', m1, { amount: cny('10.00') }));
    expect(await reversed('CAFE', id, { points: 101 })).toBe('REVERSAL_EXCEEDS_ORIGINAL');
    expect(await reversed('CAFE', id, { returnedAmount: cny('10.01') })).toBe('REVERSAL_EXCEEDS_ORIGINAL');
    expect(await reversed('CAFE', id, { points: 30 })).toBe(30);
    const tooMuch = await leavesNothing(() => nova.reverse('CAFE', id, { points: 71 }));
    expect(tooMuch.userErrors).toMatchObject([{ code: 'REVERSAL_EXCEEDS_ORIGINAL', details: { remaining: 70 } }]);
    expect(await reversed('CAFE', id, {})).toBe(100);
    expect(await reversed('CAFE', id, {})).toBe('REVERSAL_EXCEEDS_ORIGINAL');
  });

  test.each([
    [{ points: 0 }],
    [{ points: -1 }],
    [{ returnedAmount: cny('0.00') }],
    [{ returnedAmount: { minor: '-100', currency: 'CNY' } }],
    [{ returnedAmount: { minor: '100', currency: 'EUR' } }],
    [{ returnedAmount: cny('1.00'), points: 1 }],
  ])('is refused as VALIDATION when malformed, before anybody asks whose it is: %j', async (how) => {
    const { id } = accrualOf(await nova.earn('CAFE', m1, { amount: cny('10.00') }));
    expect(await leavesNothing(() => reversed('CAFE', id, how))).toBe('VALIDATION');
    expect(await leavesNothing(() => reversed('BOOKS', id, how))).toBe('VALIDATION');
  });

  test('of points awarded without an amount is counted in points', async () => {
    const { id } = accrualOf(await nova.earn('CAFE', m1, { points: 10 }));
    expect(await reversed('CAFE', id, { returnedAmount: cny('1.00') })).toBe('VALIDATION');
    expect(await reversed('CAFE', id, { points: 4 })).toBe(4);
  });

  test('is done once for a key, and the first answer is given again', async () => {
    const { id } = accrualOf(await nova.earn('CAFE', m1, { amount: cny('10.00') }));
    const how = { idempotencyKey: 'return-1', returnedAmount: cny('5.00') };
    const first = await nova.reverse('CAFE', id, how);
    await nova.reverse('CAFE', id, { points: 10 });
    const again = await leavesNothing(() => nova.reverse('CAFE', id, how));
    expect(again).toMatchObject({ accrual: { reversedPoints: 50, status: 'PARTIALLY_REVERSED' }, balance: first.balance, replayed: true });
    expect(await reversed('CAFE', id, { ...how, returnedAmount: cny('5.01') })).toBe('IDEMPOTENCY_CONFLICT');
  });

  test('said from two channels under one external id is done once; another return under that id is a conflict', async () => {
    const { id } = accrualOf(await nova.earn('CAFE', m1, { amount: cny('10.00') }));
    const first = await nova.reverse('CAFE', id, { returnedAmount: cny('4.00'), externalId: 'RET-9' });
    const again = await nova.reverse('CAFE', id, { returnedAmount: cny('4.00'), externalId: 'RET-9', reason: 'till 7' });
    expect(first).toMatchObject({ accrual: { reversedPoints: 40 }, replayed: false });
    expect(again).toEqual({ ...first, replayed: true });
    const other = await leavesNothing(() => nova.reverse('CAFE', id, { returnedAmount: cny('5.00'), externalId: 'RET-9' }));
    expect(other.userErrors).toMatchObject([{ code: 'IDEMPOTENCY_CONFLICT', field: ['input', 'externalId'] }]);
    expect(await reversed('CAFE', id, { returnedAmount: cny('5.00'), externalId: 'RET-10' })).toBe(90);
    expect(await reversed('CAFE', id, { points: 1, externalId: '' })).toBe('VALIDATION');
  });

  test('is done once when twenty of them arrive at the same moment', async () => {
    const member = await nova.enrol();
    const { id } = accrualOf(await nova.earn('CAFE', member, { points: 100 }));
    const all = await Promise.all(Array.from({ length: 20 }, () => nova.reverse('CAFE', id, { idempotencyKey: 'return-2', points: 10 })));
    expect(all.filter((one) => !one.replayed)).toHaveLength(1);
    expect(await nova.balanceOf(member, 'CPT')).toMatchObject({ available: 90, version: '2' });
    const rival = await Promise.all(Array.from({ length: 20 }, () => nova.reverse('CAFE', id, { points: 10 })));
    expect(rival.filter((one) => refusal(one) === undefined)).toHaveLength(9);
    expect(await nova.balanceOf(member, 'CPT')).toMatchObject({ available: 0 });
  });

  test('of points that are spent is refused, and nothing has changed', async () => {
    // given 1,000 APT earned, 300 of them burned at DEPOT and 500 held
    const member = await nova.enrol();
    const { id } = accrualOf(await nova.earn('AERO', member, { points: 1000 }));
    await nova.capture('DEPOT', redemptionOf(await nova.hold('DEPOT', member, 'APT', 300)).id);
    await nova.hold('DEPOT', member, 'APT', 500);
    const position = await nova.positionOf('AERO');
    // when more is taken back than the 200 that are left
    const payload = await leavesNothing(() => nova.reverse('AERO', id, { points: 201 }));
    // then held points are not touched either
    expect(payload.userErrors).toMatchObject([{ code: 'INSUFFICIENT_POINTS', details: { available: 200, required: 201 } }]);
    expect(await nova.positionOf('AERO')).toEqual(position);
    expect(await nova.balanceOf(member, 'APT')).toMatchObject({ available: 200, held: 500, version: '4' });
    expect(await reversed('AERO', id, { points: 200 })).toBe(200);
  });

  test('takes points of its own lot first, then of the others', async () => {
    const member = await nova.enrol();
    const early = accrualOf(await nova.earn('AERO', member, { points: 100, occurredAt: '2026-01-02T00:00:00+08:00' }));
    const late = accrualOf(await nova.earn('AERO', member, { points: 100, occurredAt: '2026-01-09T00:00:00+08:00' }));
    await nova.reverse('AERO', late.id, { points: 60 });
    const held = redemptionOf(await nova.hold('DEPOT', member, 'APT', 120));
    expect(held.allocations.map(({ points }) => points)).toEqual([100, 20]);
    // 20 of the lot are left, and 100 of the early one are held: only 20 can be taken back
    expect(await reversed('AERO', early.id, { points: 21 })).toBe('INSUFFICIENT_POINTS');
    expect(await reversed('AERO', early.id, { points: 20 })).toBe(20);
  });
});

describe('points that are promised', () => {
  test('are pending until they are confirmed; confirming again changes nothing and answers', async () => {
    const member = await nova.enrol();
    const promised = await nova.earn('CAFE', member, { amount: cny('10.00'), confirm: 'MANUAL' });
    expect(promised).toMatchObject({
      accrual: { status: 'PENDING', pendingUntil: null },
      balance: { available: 0, pending: 100, version: '1' },
    });
    expect(refusal(await nova.hold('CAFE', member, 'CPT', 1))).toBe('INSUFFICIENT_POINTS');
    const { id } = accrualOf(promised);
    const confirmed = await nova.confirm('CAFE', id);
    expect(confirmed).toMatchObject({ accrual: { status: 'CONFIRMED' }, balance: { available: 100, pending: 0, version: '2' } });
    expect(await nova.confirm('CAFE', id)).toMatchObject({
      accrual: { status: 'CONFIRMED' },
      balance: { version: '2' },
      replayed: false,
      userErrors: [],
    });
    expect(refusal(await nova.cancel('CAFE', id))).toBe('VALIDATION');
  });

  test('can be cancelled, once and for all', async () => {
    const member = await nova.enrol();
    const before = await nova.positionOf('CAFE');
    const { id } = accrualOf(await nova.earn('CAFE', member, { points: 100, confirm: 'MANUAL' }));
    expect(await nova.cancel('CAFE', id)).toMatchObject({
      accrual: { status: 'CANCELLED' },
      balance: { available: 0, pending: 0, version: '2' },
    });
    expect(await nova.positionOf('CAFE')).toEqual(before);
    expect(await nova.cancel('CAFE', id)).toMatchObject({ accrual: { status: 'CANCELLED' }, userErrors: [] });
    expect(refusal(await nova.confirm('CAFE', id))).toBe('VALIDATION');
    expect(refusal(await nova.reverse('CAFE', id))).toBe('REVERSAL_EXCEEDS_ORIGINAL');
  });

  test('can come back in part before they are confirmed', async () => {
    const member = await nova.enrol();
    const { id } = accrualOf(await nova.earn('CAFE', member, { amount: cny('10.00'), confirm: 'MANUAL' }));
    expect(await nova.reverse('CAFE', id, { returnedAmount: cny('4.00') })).toMatchObject({
      accrual: { status: 'PENDING', reversedPoints: 40 },
      balance: { pending: 60 },
    });
    expect(await nova.confirm('CAFE', id)).toMatchObject({
      accrual: { status: 'PARTIALLY_REVERSED', reversedPoints: 40 },
      balance: { available: 60, pending: 0 },
    });
    expect(await reversed('CAFE', id, { returnedAmount: cny('6.00') })).toBe(100);
  });

  test('can all come back before they are confirmed', async () => {
    const member = await nova.enrol();
    const { id } = accrualOf(await nova.earn('CAFE', member, { points: 100, confirm: 'MANUAL' }));
    expect(await nova.reverse('CAFE', id)).toMatchObject({ accrual: { status: 'REVERSED' }, balance: { pending: 0 } });
    expect(await nova.confirm('CAFE', id)).toMatchObject({ accrual: { status: 'REVERSED' }, balance: { available: 0, pending: 0 } });
  });

  test('confirmed by the job when their period has passed, and not those that wait for a person', async () => {
    await nova.join('WAITING', { currency: 'WAITPT', rules: [{ code: 'R', flatMilliPointsPerUnit: 1_000, pendingDays: 5 }] });
    const member = await nova.enrol();
    const buy = { amount: cny('10.00'), occurredAt: '2026-01-14T10:00:00+08:00' };
    const auto = await nova.earn('WAITING', member, buy);
    expect(auto).toMatchObject({ accrual: { status: 'PENDING', pendingUntil: '2026-01-19T02:00:00.000Z' }, balance: { pending: 10 } });
    const manual = await nova.earn('WAITING', member, { ...buy, confirm: 'MANUAL' });
    expect(manual.accrual).toMatchObject({ status: 'PENDING', pendingUntil: null });
    await nova.earnMany(
      'WAITING',
      Array.from({ length: 30 }, () => nova.accrueInput(member, buy)),
    );

    await nova.setClock('2026-01-19T10:00:00+08:00');
    expect(await nova.runJob('CONFIRM_PENDING', '2026-01-19T09:59:59+08:00')).toMatchObject({ run: { affected: 0 } });
    expect(await nova.runJob('CONFIRM_PENDING', '2026-01-19T10:00:00+08:00', 'confirm')).toMatchObject({ run: { affected: 31 } });
    // Running it again finds nothing; asking for the same run again says what it did.
    expect(await nova.runJob('CONFIRM_PENDING', '2026-01-19T10:00:00+08:00')).toMatchObject({ run: { affected: 0 } });
    expect(await nova.runJob('CONFIRM_PENDING', '2026-01-19T10:00:00+08:00', 'confirm')).toMatchObject({ run: { affected: 31 } });
    expect(await nova.balanceOf(member, 'WAITPT')).toMatchObject({ available: 310, pending: 10 });
    // Confirmed by a person it needs no job.
    expect((await nova.confirm('WAITING', accrualOf(manual).id)).accrual?.status).toBe('CONFIRMED');
  });
});

test("another partner's accrual is told from an unknown one by nothing", async () => {
  const { id } = accrualOf(await nova.earn('CAFE', m1, { points: 10, confirm: 'MANUAL' }));
  const unknown = `${id.slice(0, 4)}${'0'.repeat(id.length - 4)}`;
  for (const attempt of [nova.confirm, nova.cancel, nova.reverse]) {
    const answers = await Promise.all([id, unknown, 'nonsense', `\0`, 'red_1'].map((one) => attempt('BOOKS', one)));
    expect(new Set(answers.map((answer) => JSON.stringify(answer)))).toEqual(new Set([JSON.stringify(answers[0])]));
    expect(answers[0]).toMatchObject({ accrual: null, balance: null, userErrors: [{ code: 'FORBIDDEN' }] });
  }
  expect(await nova.balanceOf(m1, 'CPT')).toMatchObject({ pending: 10 });
});

test('a return of points that have expired is refused, though no job has taken them out: it says how many can be taken back', async () => {
  await nova.join('BRIEF', { currency: 'BRIEFPT', expiry: { rollingMonths: 1 } });
  const member = await nova.enrol();
  const { id } = accrualOf(await nova.earn('BRIEF', member, { points: 500, occurredAt: '2026-01-05T00:00:00+08:00' }));
  await nova.earn('BRIEF', member, { points: 90, occurredAt: '2026-01-10T00:00:00+08:00' });
  await nova.setClock('2026-02-09T00:00:00+08:00');
  const payload = await leavesNothing(() => nova.reverse('BRIEF', id, { points: 91 }));
  expect(payload.userErrors).toMatchObject([{ code: 'INSUFFICIENT_POINTS', details: { available: 90, required: 91 } }]);
  expect(payload.userErrors[0]?.message).toContain('90 points');
  expect(await reversed('BRIEF', id, { points: 90 })).toBe(90);
});

test('after all of it the ledger is intact and the pools cover their points', async () => {
  expect(await nova.faults()).toEqual([]);
});
