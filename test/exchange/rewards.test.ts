import { cny, type Input, type Member, type Nova, redemptionOf, refusal, startNova } from '../support/coalition.ts';
import { type Burned, burnOf, type Giving, givingAt, leavesNothing } from './giving-api.ts';

let nova: Nova;
let giving: Giving;
beforeAll(async () => {
  nova = await startNova({
    BOOKS: { currency: 'BPT', price: [5_000, 1_000], acceptance: { currencies: ['BPT', 'CPT'] } },
    DEPOT: { acceptance: { currencies: ['APT', 'BPT', 'CPT'] } },
  });
  giving = givingAt(nova);
});
afterAll(() => nova.stop());

interface Published {
  readonly reward: { readonly id: string; readonly version: number };
}

const CARD: Input = { partner: 'DEPOT', code: 'CARD_30', name: 'Gift card of 30 yuan', kind: 'GIFT_CARD', currency: 'APT', points: 3_000 };

const publish = (what: Input): Promise<Published> => nova.operate('publish-reward', { ...CARD, ...what });

async function memberWith(points: number, partner = 'AERO'): Promise<Member> {
  const member = await nova.enrol();
  await nova.earn(partner, member, { points });
  return member;
}

async function fails(token: string, name: string, input: Input): Promise<Burned['userErrors']> {
  const [payload] = Object.values(
    await nova.run<Record<string, Burned>>(token, name, { input: { idempotencyKey: nova.newKey(), ...input } }),
  );
  return payload?.userErrors ?? [];
}

interface Offer {
  readonly code: string;
  readonly version: number;
  readonly points: number;
}
const offers = async (token: string, partner: string): Promise<Offer[]> => {
  const { partner: seen } = await nova.run<{ partner: { rewards: { edges: { node: Offer }[] } } }>(token, 'rewards', { partner });
  return seen.rewards.edges.map(({ node }) => node);
};

test.each(['B09', 'L14'])('[%s] 3,000 APT for a gift card of 30 yuan: the shop is owed 3,000 fen', async (row) => {
  const code = `CARD_${row}`;
  await publish({ code, faceValue: cny('30.00') });
  const member = await memberWith(4_000);
  const before = BigInt((await nova.positionOf('DEPOT')).netPosition.minor);
  const taken = await giving.takeReward(member, { reward: { partner: 'DEPOT', code } });
  expect(taken).toMatchObject({
    redemption: {
      status: 'CAPTURED',
      orderExternalId: code,
      capturedPoints: 3_000,
      tenderValue: cny('30.00'),
      entitlement: { status: 'ACTIVE', validUntil: null, reward: { code, version: 1 } },
    },
    balance: { available: 1_000 },
  });
  // DEPOT has agreed to no handling fee here.
  expect(BigInt((await nova.positionOf('DEPOT')).netPosition.minor) - before).toBe(3_000n);
});

test.each(['B10', 'L13'])(
  '[%s] 2,000 CPT for a month of streaming at another brand: an entitlement for a month, and its reimbursement',
  async (row) => {
    const code = `STREAM_1M_${row}`;
    await publish({ partner: 'BOOKS', code, name: 'A month', kind: 'SUBSCRIPTION', currency: 'CPT', points: 2_000, entitlementMonths: 1 });
    const member = await memberWith(2_000, 'CAFE');
    const before = BigInt((await nova.positionOf('BOOKS')).netPosition.minor);
    const { entitlement } = burnOf(await giving.takeReward(member, { reward: { partner: 'BOOKS', code } }));
    const { validFrom, validUntil } = entitlement ?? {};
    expect(new Date(validUntil ?? '').getTime() - new Date(validFrom ?? '').getTime()).toBe(31 * 24 * 60 * 60 * 1000);
    // 2,000 x 20,000 micros
    expect(BigInt((await nova.positionOf('BOOKS')).netPosition.minor) - before).toBe(4_000n);
    expect(await nova.balanceOf(member, 'CPT')).toMatchObject({ available: 0 });
  },
);

test('the code is for the member and the partner of the reward, and the same however often it is asked for', async () => {
  await publish({ code: 'SECRET', points: 10 });
  const member = await memberWith(100);
  const what = { reward: { partner: 'DEPOT', code: 'SECRET' }, idempotencyKey: 'secret-1' };
  const first = await giving.takeReward(member, what);
  const { entitlement } = burnOf(first);
  expect(entitlement?.code).toMatch(/^([0-9A-HJKMNP-TV-Z]{5}-){3}[0-9A-HJKMNP-TV-Z]{5}$/);
  expect(await leavesNothing(nova, () => giving.takeReward(member, what))).toEqual({ ...first, replayed: true });
  const second = burnOf(await giving.takeReward(member, { reward: what.reward }));
  expect(second.entitlement?.code).not.toBe(entitlement?.code);
  const mine = await nova.run<object>(member.token, 'my-entitlements', { first: 1 });
  expect(mine).toMatchObject({
    me: { entitlements: { edges: [{ node: { code: second.entitlement?.code } }], pageInfo: { hasNextPage: true } } },
  });
  const read = (token: string) =>
    nova.app.graphql('query ($id: ID!) { node(id: $id) { ... on Entitlement { code status redemption { id } } } }', {
      token,
      variables: { id: entitlement?.id },
    });
  expect((await read(member.token)).data.node.code).toBe(entitlement?.code);
  expect((await read(await nova.token('DEPOT'))).data.node.code).toBe(entitlement?.code);
  expect((await read(nova.operator)).data.node).toMatchObject({ code: null, status: 'ACTIVE' });
  for (const token of [await nova.token('AERO'), (await nova.enrol()).token]) {
    expect((await read(token)).errors).toMatchObject([{ extensions: { code: 'FORBIDDEN' } }]);
  }
  const seenBy = async (token: string) =>
    (
      await nova.app.graphql('query ($ref: MemberRef!) { member(ref: $ref) { entitlements(last: 5) { edges { node { code } } } } }', {
        token,
        variables: { ref: { id: member.id } },
      })
    ).data.member.entitlements.edges;
  expect(await seenBy(await nova.token('DEPOT'))).toEqual(
    [second, burnOf(first)].map((one) => ({ node: { code: one.entitlement?.code } })),
  );
  expect(await seenBy(await nova.token('AERO'))).toEqual([]);
  expect(await seenBy(nova.operator)).toEqual([{ node: { code: null } }, { node: { code: null } }]);
});

test('a refund in full takes the entitlement back, a part of it does not', async () => {
  await publish({ code: 'BACK', points: 100 });
  const member = await memberWith(100);
  const { id } = burnOf(await giving.takeReward(member, { reward: { partner: 'DEPOT', code: 'BACK' } }));
  const status = async () => {
    const { data } = await nova.app.graphql(
      'query ($id: ID!) { node(id: $id) { ... on Redemption { status entitlement { status revokedAt } } } }',
      {
        token: member.token,
        variables: { id },
      },
    );
    return data.node;
  };
  await nova.refund('DEPOT', id, { points: 40 });
  // Points that only pay entitle to nothing.
  const plain = redemptionOf(await nova.hold('DEPOT', member, 'APT', 1));
  expect(
    (
      await nova.app.graphql('query ($id: ID!) { node(id: $id) { ... on Redemption { entitlement { id } } } }', {
        token: member.token,
        variables: { id: plain.id },
      })
    ).data.node,
  ).toEqual({ entitlement: null });
  await nova.release('DEPOT', plain.id);
  expect(await status()).toEqual({ status: 'PARTIALLY_REFUNDED', entitlement: { status: 'ACTIVE', revokedAt: null } });
  await nova.refund('DEPOT', id);
  expect(await status()).toMatchObject({ status: 'REFUNDED', entitlement: { status: 'REVOKED' } });
  expect(await nova.balanceOf(member, 'APT')).toMatchObject({ available: 100 });
});

test('a partner gives its own rewards at its till, and nobody else does', async () => {
  const { reward } = await publish({ code: 'TILL', points: 10 });
  const member = await memberWith(100);
  const depot = await nova.token('DEPOT');
  expect(await giving.takeReward(depot, { member: { cardNumber: member.cardNumber }, reward: { code: 'TILL' } })).toMatchObject({
    balance: { available: 90 },
  });
  expect(await giving.takeReward(depot, { member: { id: member.id }, reward: { id: reward.id } })).toMatchObject({
    balance: { available: 80 },
  });
  const named = { partner: 'DEPOT', code: 'TILL' };
  expect(
    refusal(
      await leavesNothing(nova, async () => giving.takeReward(await nova.token('AERO'), { member: { id: member.id }, reward: named })),
    ),
  ).toBe('FORBIDDEN');
  expect(refusal(await giving.takeReward(nova.operator, { member: { id: member.id }, reward: named }))).toBe('FORBIDDEN');
  const another = await nova.enrol();
  expect(refusal(await leavesNothing(nova, () => giving.takeReward(another, { member: { id: member.id }, reward: named })))).toBe(
    'FORBIDDEN',
  );
  expect(refusal(await leavesNothing(nova, () => giving.takeReward(depot, { reward: named })))).toBe('VALIDATION');
});

test.each([
  ['VALIDATION', 'reward', { reward: {} }],
  ['VALIDATION', 'reward', { reward: { id: 'rwd_1', code: 'PLAIN' } }],
  ['VALIDATION', 'reward', { reward: { id: 'rwd_1' } }],
  ['VALIDATION', 'reward', { reward: { partner: 'DEPOT', code: 'NONE' } }],
  ['VALIDATION', 'reward', { reward: { partner: 'DEPOT', code: 'a\0' } }],
  ['VALIDATION', 'reward', { reward: { partner: 'NOBODY', code: 'PLAIN' } }],
  ['VALIDATION', 'locationId', { locationId: '' }],
  ['INSUFFICIENT_POINTS', 'points', {}],
])('a reward is refused as %s of %s: %j', async (code, field, what) => {
  await publish({ code: 'PLAIN', points: 101 });
  const member = await memberWith(100);
  const { userErrors } = await leavesNothing(nova, () =>
    giving.takeReward(member, { reward: { partner: 'DEPOT', code: 'PLAIN' }, ...what }),
  );
  expect(userErrors).toMatchObject([{ code, field: expect.arrayContaining(['input', field]) }]);
});

test('a reward needs what a burn needs: the contract, the clause, an active member', async () => {
  await nova.join('NOVICE', { acceptance: { currencies: ['BPT'] } });
  await publish({ partner: 'NOVICE', code: 'DREAM', points: 10 });
  const member = await memberWith(100);
  const take = () => giving.takeReward(member, { reward: { partner: 'NOVICE', code: 'DREAM' } });
  expect(refusal(await leavesNothing(nova, take))).toBe('CLAUSE_NOT_GRANTED');
  await publish({ code: 'NEAR', points: 10 });
  await nova.operate('set-member-status', { memberId: member.id, status: 'SUSPENDED' });
  expect(refusal(await leavesNothing(nova, () => giving.takeReward(member, { reward: { partner: 'DEPOT', code: 'NEAR' } })))).toBe(
    'MEMBER_SUSPENDED',
  );
});

test('of twenty at the same moment on one wallet exactly those that fit are given, each with a code of its own', async () => {
  await publish({ code: 'RUSH', points: 70 });
  const member = await memberWith(500);
  const all = await Promise.all(
    Array.from({ length: 20 }, () => giving.takeReward(member, { reward: { partner: 'DEPOT', code: 'RUSH' } })),
  );
  const given = all.filter((one) => refusal(one) === undefined);
  expect(given).toHaveLength(7);
  expect(new Set(given.map((one) => burnOf(one).entitlement?.code)).size).toBe(7);
  const [row] = await nova.app.db.rows<{ count: bigint }>(
    'select count(*) from exchange.entitlements e join exchange.rewards r on r.id = e.reward_id where r.code = $1',
    ['RUSH'],
  );
  expect(row?.count).toBe(7n);
});

describe('the catalogue', () => {
  test('shows everybody what is offered now, by code; a new version ends the one before', async () => {
    await nova.join('GALLERY', { acceptance: { currencies: ['APT'] } });
    const own = await nova.token('GALLERY');
    const put = async (what: Input) => fails(own, 'publish-reward', { ...CARD, partner: undefined, ...what });
    const first = await publish({ partner: 'GALLERY', code: 'TOUR', points: 50 });
    expect(await put({ code: 'BOOK', points: 20, effectiveUntil: '2026-01-20T00:00:00+08:00' })).toEqual([]);
    expect(await put({ code: 'TOUR', points: 60, effectiveFrom: '2026-01-20T00:00:00+08:00' })).toEqual([]);
    expect(await put({ code: 'LATER', points: 5, effectiveFrom: '2026-01-20T00:00:00+08:00' })).toEqual([]);
    const member = await memberWith(1_000);
    for (const token of [member.token, own, nova.operator, await nova.token('AERO')]) {
      expect(await offers(token, 'GALLERY')).toMatchObject([
        { code: 'BOOK', version: 1, points: 20 },
        { code: 'TOUR', version: 1, points: 50 },
      ]);
    }
    await nova.setClock('2026-01-20T00:00:00+08:00');
    expect(await offers(member.token, 'GALLERY')).toMatchObject([{ code: 'LATER' }, { code: 'TOUR', version: 2, points: 60 }]);
    expect(refusal(await giving.takeReward(member, { reward: { id: first.reward.id } }))).toBe('VALIDATION');
    expect(burnOf(await giving.takeReward(member, { reward: { partner: 'GALLERY', code: 'TOUR' } }))).toMatchObject({
      capturedPoints: 60,
      entitlement: { reward: { version: 2 } },
    });
  });

  test('is paged in both directions', async () => {
    await nova.join('SHELF', { acceptance: { currencies: ['APT'] } });
    for (const code of ['C', 'A', 'B', 'D']) await publish({ partner: 'SHELF', code, points: 1 });
    const page = async (args: string) => {
      const { data } = await nova.app.graphql(
        `{ partner(code: "SHELF") { rewards(${args}) { edges { cursor node { code } } pageInfo { hasNextPage hasPreviousPage } } } }`,
        { token: nova.operator },
      );
      return data.partner.rewards;
    };
    const codes = ({ edges }: { edges: { node: { code: string } }[] }) => edges.map(({ node }) => node.code).join('');
    const first = await page('first: 2');
    expect([codes(first), first.pageInfo]).toEqual(['AB', { hasNextPage: true, hasPreviousPage: false }]);
    const second = await page(`first: 2, after: ${JSON.stringify(first.edges[1].cursor)}`);
    expect([codes(second), second.pageInfo.hasNextPage]).toEqual(['CD', false]);
    const back = await page(`last: 2, before: ${JSON.stringify(second.edges[1].cursor)}`);
    expect([codes(back), back.pageInfo.hasPreviousPage]).toEqual(['BC', true]);
    expect(codes(await page('last: 1'))).toBe('D');
    const { program } = await nova.run<{ program: { rewards: { edges: unknown[]; pageInfo: { hasNextPage: boolean } } } }>(
      nova.operator,
      'rewards',
      { partner: 'SHELF', first: 3 },
    );
    expect([program.rewards.edges.length, program.rewards.pageInfo.hasNextPage]).toEqual([3, true]);
  });

  test.each([
    ['VALIDATION', 'code', { code: 'a b' }],
    ['VALIDATION', 'name', { name: ' ' }],
    ['VALIDATION', 'points', { points: 0 }],
    ['VALIDATION', 'currency', { currency: 'NOPE' }],
    ['VALIDATION', 'partner', { partner: 'NOBODY' }],
    ['VALIDATION', 'partner', { partner: null }],
    ['VALIDATION', 'faceValue', { faceValue: { minor: '1', currency: 'EUR' } }],
    ['VALIDATION', 'entitlementMonths', { entitlementMonths: 0 }],
    ['VALIDATION', 'effectiveUntil', { effectiveUntil: '2026-01-01T00:00:00+08:00' }],
  ])('refuses %s of %s: %j', async (code, field, what) => {
    const [error] = await leavesNothing(nova, () => fails(nova.operator, 'publish-reward', { ...CARD, ...what }));
    expect(error).toMatchObject({ code, field: expect.arrayContaining(['input', field]) });
  });

  test('is filled by the operator and by partners with rewards of their own', async () => {
    const [foreign] = await fails(await nova.token('AERO'), 'publish-reward', CARD);
    expect(foreign).toMatchObject({ code: 'FORBIDDEN', field: ['input', 'partner'] });
    const [member] = await fails((await nova.enrol()).token, 'publish-reward', CARD);
    expect(member).toMatchObject({ code: 'FORBIDDEN' });
  });
});

/** A row like one that is there, but for some columns. */
function copy(table: 'rewards' | 'entitlements', columns: readonly string[], other: Readonly<Record<string, string>>): string {
  const values = columns.map((column) => other[column] ?? column);
  return `insert into exchange.${table} (${columns}) select ${values} from exchange.${table} limit 1`;
}
const reward = (other: Readonly<Record<string, string>>) =>
  copy(
    'rewards',
    [
      'id',
      'code',
      'version',
      'partner_id',
      'name',
      'kind',
      'currency_no',
      'points',
      'face_value_minor',
      'entitlement_months',
      'effective_from',
      'effective_until',
      'published_at',
    ],
    { id: 'gen_random_uuid()', code: "'COPY'", ...other },
  );
const entitlement = (other: Readonly<Record<string, string>>) =>
  copy('entitlements', ['id', 'code', 'reward_id', 'redemption_id', 'member_id', 'partner_id', 'valid_from', 'valid_until'], {
    id: 'gen_random_uuid()',
    code: "'COPY'",
    ...other,
  });

test.each([
  ['a_reward_costs_points', reward({ points: '0' })],
  ['a_reward_kind_is_known', reward({ kind: "'MEAL'" })],
  ['a_face_value_is_not_negative', reward({ face_value_minor: '-1' })],
  ['an_entitlement_lasts_a_month_at_least', reward({ entitlement_months: '0' })],
  ['a_reward_ends_after_it_starts', reward({ effective_until: "effective_from - interval '1 second'" })],
  ['a_reward_version_is_used_once', reward({ code: 'code' })],
  ['a_redemption_entitles_once', entitlement({})],
  [
    'an_entitlement_code_is_used_once',
    entitlement({
      code: 'code',
      redemption_id:
        '(select r.id from exchange.redemptions r where not exists (select from exchange.entitlements e where e.redemption_id = r.id) limit 1)',
    }),
  ],
  ['an_entitlement_ends_after_it_starts', entitlement({ valid_until: "valid_from - interval '1 second'" })],
])('the database itself keeps %s', async (constraint, sql) => {
  await expect(nova.app.db.rows(sql)).rejects.toMatchObject({ constraint });
});

test('after all of it the ledger is intact and the pools cover their points', async () => {
  expect(await nova.faults()).toEqual([]);
});
