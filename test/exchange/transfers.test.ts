import fc from 'fast-check';
import { checkPolicy } from '../../src/exchange/transfer/transfer.rules.ts';
import { type Input, type Member, type Nova, refusal, startNova } from '../support/coalition.ts';
import { type Giving, givingAt, leavesNothing, type Transferred } from './giving-api.ts';

let nova: Nova;
let giving: Giving;
beforeAll(async () => {
  nova = await startNova();
  giving = givingAt(nova);
});
afterAll(() => nova.stop());

async function memberWith(points: number, who: Input = {}): Promise<Member> {
  const member = await nova.enrol(who);
  if (points > 0) await nova.earn('AERO', member, { points });
  return member;
}

const to = (member: Member, points: number): Input => ({ to: { cardNumber: member.cardNumber }, currency: 'APT', points });

function transferOf(payload: Transferred): NonNullable<Transferred['transfer']> {
  expect(payload.userErrors).toEqual([]);
  if (payload.transfer === null) throw new Error('nothing was given');
  return payload.transfer;
}

test('nobody gives anything until the program allows it, and nobody is searched for that way', async () => {
  const member = await memberWith(100);
  const policy = await nova.app.graphql('{ program { memberTransfers { allowed minPoints perMemberDayPoints perMemberYearPoints } } }', {
    token: member.token,
  });
  expect(policy.data.program.memberTransfers).toEqual({
    allowed: false,
    minPoints: null,
    perMemberDayPoints: null,
    perMemberYearPoints: null,
  });
  expect(refusal(await leavesNothing(nova, async () => giving.give(member, to(await memberOf(), 10))))).toBe('NOT_ELIGIBLE');
  expect(refusal(await giving.give(member, { ...to(member, 10), to: { cardNumber: '1' } }))).toBe('NOT_ELIGIBLE');
});

let friend: Member | undefined;
async function memberOf(): Promise<Member> {
  friend ??= await memberWith(0, { displayName: '李小红' });
  return friend;
}
beforeAll(memberOf);

test("the policy is the operator's, as a whole", async () => {
  const policy = { minPoints: 10, perMemberDayPoints: 500, perMemberYearPoints: 800 };
  expect(await nova.operate('set-transfer-policy', { allowed: true, ...policy })).toMatchObject({
    program: { memberTransfers: { allowed: true, ...policy } },
  });
  expect(await nova.operate('set-transfer-policy', { allowed: true })).toMatchObject({
    program: { memberTransfers: { allowed: true, minPoints: null } },
  });
  const { setTransferPolicy } = await nova.run<{ setTransferPolicy: Transferred }>(await nova.token('AERO'), 'set-transfer-policy', {
    input: { idempotencyKey: 'mine', allowed: true },
  });
  expect(refusal(setTransferPolicy)).toBe('FORBIDDEN');
  const { setTransferPolicy: wrong } = await nova.run<{ setTransferPolicy: Transferred }>(nova.operator, 'set-transfer-policy', {
    input: { idempotencyKey: 'minus', allowed: true, minPoints: -1 },
  });
  expect(wrong.userErrors).toMatchObject([{ code: 'VALIDATION', field: ['input', 'minPoints'] }]);
});

describe('where members may give', () => {
  beforeAll(() => giving.allow({}));

  test('points keep their issuer and their expiry, no money moves, and both see it with the other one masked', async () => {
    const giver = await nova.enrol();
    await nova.earn('AERO', giver, { points: 100, occurredAt: '2026-01-03T10:00:00+08:00' });
    await nova.earn('AERO', giver, { points: 100, occurredAt: '2026-01-05T10:00:00+08:00' });
    const receiver = await memberWith(0, { displayName: '李小红' });
    const positions = () => Promise.all(['AERO', 'DEPOT'].map(nova.positionOf));
    const before = await positions();
    const given = await giving.give(giver, { ...to(receiver, 150), note: '生日快乐' });
    expect(given).toMatchObject({
      transfer: {
        points: 150,
        note: '生日快乐',
        currency: { code: 'APT' },
        from: { displayName: '王小明', member: { id: giver.id } },
        to: { displayName: '李*', member: null },
      },
      balance: { available: 50, version: '3' },
      replayed: false,
    });
    expect(await positions()).toEqual(before);
    expect(await giving.lotsOf(receiver, 'APT')).toMatchObject([
      { origin: 'TRANSFER', issuer: { code: 'AERO' }, points: 50, expiresAt: '2027-01-05T02:00:00.000Z' },
      { origin: 'TRANSFER', issuer: { code: 'AERO' }, points: 100, expiresAt: '2027-01-03T02:00:00.000Z' },
    ]);
    expect(await giving.lotsOf(giver, 'APT')).toMatchObject([{ points: 100, available: 50 }]);
    const { id } = transferOf(given);
    const seen = async (token: string) => (await nova.answer(token, 'transfer', { id })).data.node;
    expect(await seen(receiver.token)).toMatchObject({
      note: '生日快乐',
      from: { displayName: '王*', member: null },
      to: { displayName: '李小红', member: { id: receiver.id } },
    });
    expect(await seen(nova.operator)).toMatchObject({ from: { displayName: '王小明' }, to: { displayName: '李小红' } });
    for (const token of [await nova.token('AERO'), (await nova.enrol()).token]) expect(await seen(token)).toBeNull();
    const activity = async (token: string) =>
      (
        await nova.app.graphql(
          '{ me { activity(first: 1) { edges { node { __typename type partner { code } delta { points } ... on TransferActivity { transfer { id } } } } } } }',
          { token },
        )
      ).data.me.activity.edges[0].node;
    expect(await activity(giver.token)).toMatchObject({
      __typename: 'TransferActivity',
      type: 'transfer.completed',
      partner: null,
      delta: { points: -150 },
      transfer: { id },
    });
    expect(await activity(receiver.token)).toMatchObject({ __typename: 'TransferActivity', delta: { points: 150 }, transfer: { id } });
  });

  test('points whose expiry slides with activity do not slide by being given', async () => {
    await nova.join('SLIDE', { currency: 'SPT', expiry: { slidingMonths: 12 } });
    const giver = await nova.enrol();
    const receiver = await nova.enrol();
    await nova.earn('SLIDE', giver, { points: 100, occurredAt: '2026-01-05T10:00:00+08:00' });
    transferOf(await giving.give(giver, { ...to(receiver, 40), currency: 'SPT' }));
    for (const member of [giver, receiver])
      expect(await giving.lotsOf(member, 'SPT')).toMatchObject([{ expiresAt: '2027-01-05T02:00:00.000Z' }]);
  });

  test("the operator gives for a member; a member gives its own, a partner nobody's", async () => {
    const giver = await memberWith(100);
    const receiver = await memberWith(0);
    expect(await giving.give(nova.operator, { ...to(receiver, 10), from: { id: giver.id } })).toMatchObject({ balance: { available: 90 } });
    expect(await giving.give(giver, { ...to(receiver, 10), from: { id: giver.id } })).toMatchObject({ balance: { available: 80 } });
    expect(refusal(await leavesNothing(nova, () => giving.give(receiver, { ...to(receiver, 10), from: { id: giver.id } })))).toBe(
      'FORBIDDEN',
    );
    expect(refusal(await giving.give(await nova.token('AERO'), { ...to(receiver, 10), from: { id: giver.id } }))).toBe('FORBIDDEN');
    expect(refusal(await giving.give(nova.operator, to(receiver, 10)))).toBe('VALIDATION');
  });

  test('it is done once for a key, and answered as the first time', async () => {
    const giver = await memberWith(100);
    const receiver = await memberWith(0);
    const what = { ...to(receiver, 10), idempotencyKey: 'gift-1' };
    const first = await giving.give(giver, what);
    await giving.give(giver, to(receiver, 20));
    expect(await leavesNothing(nova, () => giving.give(giver, what))).toEqual({ ...first, replayed: true });
    expect(refusal(await leavesNothing(nova, () => giving.give(giver, { ...what, points: 11 })))).toBe('IDEMPOTENCY_CONFLICT');
    // Also when it is no longer allowed.
    await nova.operate('set-transfer-policy', { allowed: false });
    expect(await giving.give(giver, what)).toEqual({ ...first, replayed: true });
    await giving.allow({});
  });

  test.each([
    ['VALIDATION', 'points', { points: 0 }],
    ['VALIDATION', 'note', { note: '' }],
    ['VALIDATION', 'currency', { currency: 'NOPE' }],
    ['VALIDATION', 'to', { to: {} }],
    ['VALIDATION', 'to', { to: { cardNumber: '8800000000000000' } }],
    ['VALIDATION', 'to', { to: { externalId: 'nobody' } }],
    ['VALIDATION', 'to', { to: { id: 'mem_1' } }],
    ['INSUFFICIENT_POINTS', 'points', { points: 101 }],
  ])('it is refused as %s of %s: %j', async (code, field, what) => {
    const giver = await memberWith(100);
    const { userErrors } = await leavesNothing(nova, async () => giving.give(giver, { ...to(await memberOf(), 10), ...what }));
    expect(userErrors).toMatchObject([{ code, field: ['input', field] }]);
  });

  test('not to oneself, and neither from nor to a suspended member', async () => {
    const [one, two] = [await memberWith(100), await memberWith(100)];
    expect(refusal(await leavesNothing(nova, () => giving.give(one, to(one, 10))))).toBe('VALIDATION');
    await nova.operate('set-member-status', { memberId: two.id, status: 'SUSPENDED' });
    expect(refusal(await leavesNothing(nova, () => giving.give(one, to(two, 10))))).toBe('MEMBER_SUSPENDED');
    expect(refusal(await leavesNothing(nova, () => giving.give(two, to(one, 10))))).toBe('MEMBER_SUSPENDED');
  });

  test('a minimum and the caps of a day and a year hold for what one member gives of one currency', async () => {
    await giving.allow({ minPoints: 10, perMemberDayPoints: 100, perMemberYearPoints: 150 });
    const giver = await memberWith(1_000);
    await nova.earn('BOOKS', giver, { points: 1_000 });
    const receiver = await memberWith(0);
    expect(refusal(await giving.give(giver, to(receiver, 9)))).toBe('BELOW_MINIMUM');
    expect(refusal(await giving.give(giver, to(receiver, 60)))).toBeUndefined();
    const over = await leavesNothing(nova, () => giving.give(giver, to(receiver, 41)));
    expect(over.userErrors).toMatchObject([{ code: 'CAP_EXCEEDED', field: ['input', 'points'], details: { limit: 100, remaining: 40 } }]);
    expect(refusal(await giving.give(giver, to(receiver, 40)))).toBeUndefined();
    expect(refusal(await giving.give(giver, { ...to(receiver, 100), currency: 'BPT' }))).toBeUndefined();
    await nova.setClock('2026-01-16T00:00:00+08:00');
    const year = await leavesNothing(nova, () => giving.give(giver, to(receiver, 51)));
    expect(year.userErrors).toMatchObject([{ code: 'CAP_EXCEEDED', details: { limit: 150, remaining: 50 } }]);
    expect(refusal(await giving.give(giver, to(receiver, 50)))).toBeUndefined();
    await giving.allow({});
  });

  test('the cap of a day holds when gifts arrive at the same moment', async () => {
    await giving.allow({ perMemberDayPoints: 200 });
    const giver = await memberWith(1_000);
    const all = await Promise.all(Array.from({ length: 12 }, async () => giving.give(giver, to(await memberOf(), 30))));
    expect(all.filter((one) => refusal(one) === undefined)).toHaveLength(6);
    expect(all.filter((one) => refusal(one) === 'CAP_EXCEEDED')).toHaveLength(6);
    await giving.allow({});
  });

  test("members who give to one another at the same moment do not stand in each other's way", async () => {
    const members = await Promise.all([1, 2, 3].map(() => memberWith(300)));
    const gifts = members.flatMap((giver) =>
      members
        .filter((other) => other !== giver)
        .flatMap((receiver) => Array.from({ length: 5 }, () => giving.give(giver, to(receiver, 10)))),
    );
    expect((await Promise.all(gifts)).map(refusal)).toEqual(gifts.map(() => undefined));
    for (const member of members) expect(await nova.balanceOf(member, 'APT')).toMatchObject({ available: 300, version: '21' });
  });
});

test('whatever is tried, no more is given than the caps of the day and the year', () => {
  const caps = fc.record({
    day: fc.option(fc.bigInt(0n, 200n), { nil: undefined }),
    year: fc.option(fc.bigInt(0n, 400n), { nil: undefined }),
    min: fc.option(fc.bigInt(0n, 30n), { nil: undefined }),
  });
  fc.assert(
    fc.property(caps, fc.array(fc.array(fc.bigInt(1n, 120n), { maxLength: 8 }), { maxLength: 8 }), ({ day, year, min }, days) => {
      const policy = { allowed: true, minPoints: min, perMemberDayPoints: day, perMemberYearPoints: year };
      let total = 0n;
      for (const gifts of days) {
        let today = 0n;
        for (const points of gifts) {
          if ('refused' in checkPolicy(policy, points, { day: today, year: total })) continue;
          expect(points >= (min ?? 0n)).toBe(true);
          today += points;
          total += points;
        }
        expect(day === undefined || today <= day).toBe(true);
      }
      expect(year === undefined || total <= year).toBe(true);
    }),
  );
});

test.each([
  [
    'a_transfer_is_between_two_members',
    'select id, from_member, from_member, currency_no, points, note, created_at from exchange.transfers limit 1',
  ],
  [
    'a_transfer_moves_points',
    'select gen_random_uuid(), from_member, to_member, currency_no, 0, note, created_at from exchange.transfers limit 1',
  ],
])('the database itself keeps %s', async (constraint, row) => {
  await expect(nova.app.db.rows(`insert into exchange.transfers ${row}`)).rejects.toMatchObject({ constraint });
});

test.each([
  ['a_transfer_minimum_is_not_negative', 'transfer_min_points'],
  ['a_daily_transfer_limit_is_not_negative', 'transfer_day_points'],
  ['a_yearly_transfer_limit_is_not_negative', 'transfer_year_points'],
])('the database itself keeps %s, too', async (constraint, column) => {
  await expect(nova.app.db.rows(`update partners.program set ${column} = -1`)).rejects.toMatchObject({ constraint });
});

test('after all of it the ledger is intact and the pools cover their points', async () => {
  expect(await nova.faults()).toEqual([]);
});
