import { cny, type Member, type Nova, refusal, startNova } from '../support/coalition.ts';
import { burnOf, type Giving, givingAt, leavesNothing } from './giving-api.ts';

let nova: Nova;
let giving: Giving;
beforeAll(async () => {
  nova = await startNova();
  giving = givingAt(nova);
  await nova.join('MEADOW', {
    scope: { roles: ['CHARITY'] },
    acceptance: { currencies: ['APT', 'CPT'], minPoints: 10, perMemberDayPoints: 2_000 },
  });
});
afterAll(() => nova.stop());

async function memberWith(points: number): Promise<Member> {
  const member = await nova.enrol();
  await nova.earn('AERO', member, { points });
  return member;
}

const toMeadow = { charity: 'MEADOW', currency: 'APT' };

test('[B08] 500 APT for a charity: the member has 500 less, and the charity is owed 5.00', async () => {
  const member = await memberWith(1_200);
  const donated = await giving.donate(member, { ...toMeadow, points: 500, note: 'for the bees' });
  expect(donated).toMatchObject({
    redemption: {
      status: 'CAPTURED',
      partner: { code: 'MEADOW' },
      orderExternalId: 'DONATION',
      note: 'for the bees',
      heldPoints: 500,
      capturedPoints: 500,
      tenderValue: cny('5.00'),
      reimbursementMicros: '5000000',
      allocations: [{ issuer: { code: 'AERO' }, points: 500 }],
    },
    balance: { currency: { code: 'APT' }, available: 700, held: 0, version: '2' },
    replayed: false,
  });
  expect((await nova.positionOf('MEADOW')).netPosition).toEqual(cny('5.00'));
  const { member: seen } = await nova.run<{ member: { activity: { edges: { node: object }[] } } }>(nova.operator, 'member', {
    ref: { id: member.id },
    first: 1,
  });
  expect(seen.activity.edges).toMatchObject([
    { node: { type: 'redemption.captured', partner: { code: 'MEADOW' }, delta: { points: -500, held: 0 } } },
  ]);
});

test('[K05] the operator gives for a member that asked for it; others may not', async () => {
  const member = await memberWith(100);
  const what = { ...toMeadow, points: 50 };
  expect(refusal(await leavesNothing(nova, () => giving.donate(nova.operator, what)))).toBe('VALIDATION');
  expect(await giving.donate(nova.operator, { ...what, member: { cardNumber: member.cardNumber } })).toMatchObject({
    balance: { available: 50 },
  });
  expect(await giving.donate(member, { ...what, member: { id: member.id } })).toMatchObject({ balance: { available: 0 } });
  const another = await memberWith(100);
  expect(refusal(await leavesNothing(nova, () => giving.donate(another, { ...what, member: { id: member.id } })))).toBe('FORBIDDEN');
  // Whether there is such a member is not told either.
  expect(refusal(await giving.donate(another, { ...what, member: { cardNumber: '1' } }))).toBe('FORBIDDEN');
  for (const partner of ['MEADOW', 'AERO']) {
    expect(refusal(await giving.donate(await nova.token(partner), { ...what, member: { id: another.id } }))).toBe('FORBIDDEN');
  }
});

test('a donation is done once for a key, and answered as the first time', async () => {
  const member = await memberWith(300);
  const what = { ...toMeadow, points: 100, idempotencyKey: 'bees-1' };
  const first = await giving.donate(member, what);
  await giving.donate(member, { ...toMeadow, points: 50 });
  expect(await leavesNothing(nova, () => giving.donate(member, what))).toEqual({ ...first, replayed: true });
  expect(refusal(await leavesNothing(nova, () => giving.donate(member, { ...what, points: 101 })))).toBe('IDEMPOTENCY_CONFLICT');
});

test.each([
  ['VALIDATION', 'points', { points: 0 }],
  ['VALIDATION', 'points', { points: -1 }],
  ['VALIDATION', 'charity', { charity: 'NOBODY' }],
  ['VALIDATION', 'currency', { currency: 'NOPE' }],
  ['VALIDATION', 'note', { note: '' }],
  ['VALIDATION', 'note', { note: 'a\0b' }],
  ['VALIDATION', 'locationId', { locationId: '\0' }],
  ['VALIDATION', 'idempotencyKey', { idempotencyKey: 'a b' }],
  ['CLAUSE_NOT_GRANTED', undefined, { charity: 'DEPOT' }],
  ['CLAUSE_NOT_GRANTED', 'currency', { currency: 'BPT' }],
  ['BELOW_MINIMUM', 'points', { points: 9 }],
  ['REDEMPTION_LIMIT', 'points', { points: 2_001 }],
  ['INSUFFICIENT_POINTS', 'points', { points: 101 }],
])('a donation is refused as %s of %s: %j', async (code, field, what) => {
  const member = await memberWith(100);
  const { userErrors } = await leavesNothing(nova, () => giving.donate(member, { ...toMeadow, points: 10, ...what }));
  expect(userErrors).toMatchObject([{ code, field: field === undefined ? null : ['input', field] }]);
});

test('a suspended member gives nothing', async () => {
  const member = await memberWith(100);
  await nova.operate('set-member-status', { memberId: member.id, status: 'SUSPENDED' });
  expect(refusal(await leavesNothing(nova, () => giving.donate(member, { ...toMeadow, points: 10 })))).toBe('MEMBER_SUSPENDED');
});

test('of thirty at the same moment on one wallet: exactly those that fit', async () => {
  const member = await memberWith(1_000);
  const all = await Promise.all(Array.from({ length: 30 }, () => giving.donate(member, { ...toMeadow, points: 70 })));
  expect(all.filter((one) => refusal(one) === undefined)).toHaveLength(14);
  expect(all.filter((one) => refusal(one) === 'INSUFFICIENT_POINTS')).toHaveLength(16);
  expect(await nova.balanceOf(member, 'APT')).toMatchObject({ available: 20, version: '15' });
});

test('a charity gives back what it cannot take, and is owed what it was', async () => {
  const member = await memberWith(500);
  const before = await nova.positionOf('MEADOW');
  const { id } = burnOf(await giving.donate(member, { ...toMeadow, points: 300 }));
  expect(refusal(await leavesNothing(nova, () => nova.capture('MEADOW', id)))).toBe('HOLD_RESOLVED');
  expect(await nova.refund('MEADOW', id)).toMatchObject({ redemption: { status: 'REFUNDED' }, balance: { available: 500 } });
  expect(await nova.positionOf('MEADOW')).toEqual(before);
});

test('an issuer that funds its points when they are burned pays for those that are given away', async () => {
  await nova.join('LATER', { currency: 'LPT', price: [10_000, 2_000], issuance: { fundingModel: 'ON_REDEMPTION' } });
  await nova.join('GROVE', { scope: { roles: ['CHARITY'] }, acceptance: { currencies: ['LPT'] } });
  const member = await nova.enrol();
  await nova.earn('LATER', member, { points: 1_000 });
  expect((await nova.positionOf('LATER')).netPosition).toEqual(cny('-2.00'));
  burnOf(await giving.donate(member, { charity: 'GROVE', currency: 'LPT', points: 400 }));
  expect((await nova.positionOf('LATER')).netPosition).toEqual(cny('-6.00'));
  expect((await nova.positionOf('GROVE')).netPosition).toEqual(cny('4.00'));
});

test('after all of it the ledger is intact and the pools cover their points, but those that are funded when they are burned', async () => {
  expect(await nova.faults()).toEqual(['LPT is covered by 0 bps']);
});
