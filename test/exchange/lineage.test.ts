import { sightOf } from '../../src/exchange/lineage/lineage.rules.ts';
import type { LotChain } from '../../src/exchange/lineage/lot.ts';
import type { Viewer } from '../../src/kernel/viewer.ts';
import { statementCounter } from '../../src/platform/database.ts';
import { accrualOf, type Member, type Nova, redemptionOf, startNova } from '../support/coalition.ts';
import { EXCHANGING, exchangeOf, exchanging } from './exchange-api.ts';
import { type Giving, givingAt } from './giving-api.ts';
import { giveNotice, joinAndLeave } from './termination-api.ts';

let nova: Nova;
let giving: Giving;
beforeAll(async () => {
  nova = await startNova({ AERO: { currency: 'APT', price: [10_000, 2_000], ...EXCHANGING.AERO } });
  giving = givingAt(nova);
  await giving.allow({});
});
afterAll(() => nova.stop());

interface Lot {
  readonly id: string;
  readonly origin: string;
  readonly issuer: { readonly code: string };
  readonly currency: { readonly code: string };
  readonly points: number | null;
  readonly available: number | null;
  readonly held: number | null;
  readonly expiresAt: string | null;
  readonly member: { readonly id: string; readonly displayName: string } | null;
  readonly history: readonly {
    readonly type: string;
    readonly points: number;
    readonly partner: { readonly code: string } | null;
    readonly reference: string | null;
  }[];
  readonly origins: readonly {
    readonly issuer: { readonly code: string };
    readonly currency: { readonly code: string };
    readonly accrual: { readonly id: string } | null;
    readonly points: number;
    readonly earnedAt: string;
    readonly expiresAt: string;
  }[];
  readonly parents: readonly Part[];
  readonly children: readonly Part[];
}
interface Part {
  readonly points: number;
  readonly lot: Lot;
}

async function see(token: string, id: string): Promise<Lot> {
  const { node } = await nova.run<{ node: Lot }>(token, 'lot', { id });
  return node;
}

/** The chain in one direction as `ORIGIN issuer: points that went over`, following the first of several. */
function pathOf(lot: Lot, way: 'parents' | 'children'): string[] {
  const [part] = lot[way] ?? [];
  return part === undefined
    ? []
    : [`${part.lot.origin} ${part.lot.issuer.code} ${part.lot.currency.code}: ${part.points}`, ...pathOf(part.lot, way)];
}

async function exchange(member: Member, points: number): Promise<string> {
  return exchangeOf(await exchanging(nova).exchange(member, 'APT', 'BPT', points)).lotId;
}

const idsOf = async (member: Member, currency: string): Promise<string[]> => (await giving.lotsOf(member, currency)).map(({ id }) => id);

describe('earned at one brand, exchanged, burned at a third, refunded late and given away', () => {
  let member: Member;
  let friend: Member;
  let accrual: string;
  let earned: string;
  let exchanged: string;
  let refunded: string;
  let given: string;
  let burn: string;

  beforeAll(async () => {
    member = await nova.enrol();
    friend = await nova.enrol({ displayName: '李小红' });
    accrual = accrualOf(await nova.earn('AERO', member, { points: 1_000, occurredAt: '2026-01-10T10:00:00+08:00' })).id;
    [earned = ''] = await idsOf(member, 'APT');
    // 1,000 APT become 1,900 BPT, of which 950 are burned at DEPOT.
    exchanged = await exchange(member, 1_000);
    burn = redemptionOf(await nova.hold('DEPOT', member, 'BPT', 950)).id;
    await nova.capture('DEPOT', burn);
    // A year later all lots have expired: what DEPOT gives back comes in a lot of 30 days.
    await nova.setClock('2027-02-15T12:00:00+08:00');
    await nova.runJob('EXPIRE_LOTS', '2027-02-15T12:00:00+08:00');
    await nova.refund('DEPOT', burn);
    [refunded = ''] = await idsOf(member, 'BPT');
    await giving.give(member, { to: { id: friend.id }, currency: 'BPT', points: 600 });
    [given = ''] = await idsOf(friend, 'BPT');
  });

  test('the operator reads it back both ways, to the original issuer and expiry', async () => {
    const last = await see(nova.operator, given);
    expect(last).toMatchObject({
      origin: 'TRANSFER',
      issuer: { code: 'BOOKS' },
      points: 600,
      available: 600,
      member: { displayName: '李小红' },
    });
    expect(pathOf(last, 'parents')).toEqual(['REFUND BOOKS BPT: 600', 'EXCHANGE BOOKS BPT: 950', 'ACCRUAL AERO APT: 1000']);
    expect(last.origins).toEqual([
      {
        issuer: { code: 'AERO' },
        currency: { code: 'APT' },
        accrual: { id: accrual },
        points: 1_000,
        earnedAt: '2026-01-10T02:00:00.000Z',
        expiresAt: '2027-01-10T02:00:00.000Z',
      },
    ]);
    const first = await see(nova.operator, earned);
    expect(first).toMatchObject({
      origin: 'ACCRUAL',
      points: 1_000,
      available: 0,
      held: 0,
      expiresAt: '2027-01-10T02:00:00.000Z',
      parents: [],
    });
    expect(pathOf(first, 'children')).toEqual(['EXCHANGE BOOKS BPT: 1000', 'REFUND BOOKS BPT: 950', 'TRANSFER BOOKS BPT: 600']);
    expect(first.origins).toMatchObject([{ issuer: { code: 'AERO' }, accrual: { id: accrual }, points: 1_000 }]);
  });

  test('the member reads all of its own, and of the friend only what was given', async () => {
    const first = await see(member.token, earned);
    expect(first.member?.id).toBe(member.id);
    expect(pathOf(first, 'children')).toEqual(['EXCHANGE BOOKS BPT: 1000', 'REFUND BOOKS BPT: 950', 'TRANSFER BOOKS BPT: 600']);
    const middle = await see(member.token, exchanged);
    expect(middle.history.map(({ type, points, partner }) => `${type} ${points} ${partner?.code}`)).toEqual([
      'exchange.completed 1900 undefined',
      'redemption.held -950 DEPOT',
      'redemption.captured 0 DEPOT',
      'lot.expired -950 BOOKS',
    ]);
    expect(middle.history[1]?.reference).toBe(burn);
    const friends = await see(member.token, given);
    expect(friends).toMatchObject({
      points: null,
      available: null,
      held: null,
      member: null,
      history: [],
      issuer: { code: 'BOOKS' },
      children: [],
    });
  });

  test('the friend reads where the points came from, without the giver', async () => {
    const mine = await see(friend.token, given);
    expect(mine).toMatchObject({ points: 600, available: 600, member: { id: friend.id } });
    expect(pathOf(mine, 'parents')).toEqual(['REFUND BOOKS BPT: 600', 'EXCHANGE BOOKS BPT: 950', 'ACCRUAL AERO APT: 1000']);
    expect(mine.parents[0]?.lot).toMatchObject({ points: null, member: null });
    expect(mine.origins).toMatchObject([{ issuer: { code: 'AERO' }, accrual: null, expiresAt: '2027-01-10T02:00:00.000Z' }]);
    const givers = await see(friend.token, refunded);
    expect(givers).toMatchObject({ available: null, history: [], origins: [] });
    expect(pathOf(givers, 'children')).toEqual(['TRANSFER BOOKS BPT: 600']);
  });

  test('each issuer reads what its points became, and what they were made of, with the member masked', async () => {
    const [aero, books] = [await nova.token('AERO'), await nova.token('BOOKS')];
    const first = await see(aero, earned);
    expect(first).toMatchObject({ points: 1_000, available: 0, member: { displayName: '王*' }, origins: [{ accrual: { id: accrual } }] });
    expect(first.history.map(({ type }) => type)).toEqual(['accrual.confirmed', 'exchange.completed']);
    expect(pathOf(first, 'children')).toHaveLength(3);
    const last = await see(books, given);
    expect(last).toMatchObject({ points: 600, available: 600, origins: [{ issuer: { code: 'AERO' }, accrual: null }] });
    expect(pathOf(last, 'parents')).toHaveLength(3);
    // Of the other's lots in the chain: issuer, currency, points and dates.
    expect(await see(aero, exchanged)).toMatchObject({
      issuer: { code: 'BOOKS' },
      points: 1_900,
      available: null,
      held: null,
      history: [],
      member: { displayName: '王*' },
    });
    expect(await see(books, earned)).toMatchObject({
      issuer: { code: 'AERO' },
      points: 1_000,
      available: null,
      history: [],
      expiresAt: '2027-01-10T02:00:00.000Z',
    });
  });

  test('a partner and a member that have nothing to do with it are refused', async () => {
    const stranger = await nova.enrol();
    for (const token of [await nova.token('CAFE'), await nova.token('DEPOT'), stranger.token]) {
      for (const id of [earned, exchanged, refunded, given]) {
        const { data, errors } = await nova.answer(token, 'lot', { id });
        expect(data).toEqual({ node: null });
        expect(errors).toMatchObject([{ path: ['node'], extensions: { code: 'FORBIDDEN' } }]);
      }
    }
    expect((await nova.answer(nova.operator, 'lot', { id: `lot_${'0'.repeat(32)}` })).data).toEqual({ node: null });
  });

  test('a partner sees of a chain only the branches that its own points are in', async () => {
    const giver = await nova.enrol();
    await nova.earn('AERO', giver, { points: 100, occurredAt: '2027-02-15T10:00:00+08:00' });
    await nova.earn('CAFE', giver, { points: 100, occurredAt: '2027-02-15T10:00:00+08:00' });
    const [lot = ''] = await idsOf(giver, 'APT');
    await exchange(giver, 40);
    await giving.give(giver, { to: { id: friend.id }, currency: 'APT', points: 60 });
    expect((await see(await nova.token('AERO'), lot)).children).toHaveLength(2);
    // BOOKS issued what 40 of them became; where the other 60 went is not its business.
    expect((await see(await nova.token('BOOKS'), lot)).children).toMatchObject([{ points: 40, lot: { origin: 'EXCHANGE' } }]);
    expect((await see(friend.token, lot)).children).toMatchObject([{ points: 60, lot: { origin: 'TRANSFER' } }]);
  });
});

test('points of several lots become one, and its origins are all of them', async () => {
  const member = await nova.enrol();
  for (const [points, day] of [
    [100, '10'],
    [50, '11'],
    [70, '12'],
  ] as const) {
    await nova.earn('AERO', member, { points, occurredAt: `2027-02-${day}T10:00:00+08:00` });
  }
  const lot = await see(nova.operator, await exchange(member, 160));
  expect(lot.parents.map(({ points }) => points).sort()).toEqual([10, 100, 50]);
  expect(lot.origins.map(({ points, earnedAt }) => `${points} of ${earnedAt.slice(8, 10)}`).sort()).toEqual([
    '10 of 12',
    '100 of 10',
    '50 of 11',
  ]);
});

test("a member's lots are listed newest first, of one currency or all, open or all, page by page; a partner sees its own", async () => {
  const member = await nova.enrol();
  for (const day of ['10', '11', '12']) await nova.earn('AERO', member, { points: 10, occurredAt: `2027-02-${day}T10:00:00+08:00` });
  await nova.earn('CAFE', member, { points: 10, occurredAt: '2027-02-10T10:00:00+08:00' });
  await nova.capture('DEPOT', redemptionOf(await nova.hold('DEPOT', member, 'APT', 10)).id);
  const list = async (token: string, args: string) => {
    const { data } = await nova.app.graphql(
      `query ($ref: MemberRef!) { member(ref: $ref) { lots${args} { edges { cursor node { id issuer { code } available } } pageInfo { hasNextPage hasPreviousPage } } } }`,
      { token, variables: { ref: { id: member.id } } },
    );
    return data.member.lots;
  };
  expect((await list(member.token, '')).edges).toHaveLength(4);
  expect((await list(member.token, '(onlyOpen: true)')).edges).toHaveLength(3);
  expect((await list(member.token, '(currency: "CPT")')).edges).toMatchObject([{ node: { issuer: { code: 'CAFE' } } }]);
  expect((await list(await nova.token('CAFE'), '')).edges).toHaveLength(1);
  expect((await list(await nova.token('DEPOT'), '')).edges).toEqual([]);
  const all = await list(nova.operator, '(first: 4)');
  const first = await list(nova.operator, '(first: 2)');
  expect([first.edges, first.pageInfo]).toEqual([all.edges.slice(0, 2), { hasNextPage: true, hasPreviousPage: false }]);
  expect((await list(nova.operator, `(first: 2, after: "${first.edges[1].cursor}")`)).edges).toEqual(all.edges.slice(2));
  expect((await list(nova.operator, `(last: 1, before: "${all.edges[2].cursor}")`)).edges).toEqual(all.edges.slice(1, 2));
  const wrong = await nova.app.graphql('query ($ref: MemberRef!) { member(ref: $ref) { lots(currency: "NOPE") { edges { cursor } } } }', {
    token: nova.operator,
    variables: { ref: { id: member.id } },
  });
  expect(wrong.errors).toMatchObject([{ extensions: { code: 'BAD_USER_INPUT' } }]);
});

test('chains of many lots are read in as many statements as those of one, whoever reads them', async () => {
  const member = await nova.enrol();
  await nova.earn('AERO', member, { points: 100, occurredAt: '2027-02-10T10:00:00+08:00' });
  await exchange(member, 10);
  const tokens = [nova.operator, member.token, await nova.token('AERO'), await nova.token('BOOKS')];
  const parts = '{ points lot { id issuer { code } member { id } } }';
  const statements = async (token: string) => {
    const before = statementCounter.count;
    const { errors } = await nova.app.graphql(
      `query ($ref: MemberRef!) { member(ref: $ref) { lots(first: 20) { edges { node { history { type } origins { points accrual { id } } parents ${parts} children ${parts} } } } } }`,
      { token, variables: { ref: { id: member.id } } },
    );
    expect(errors).toBeUndefined();
    return statementCounter.count - before;
  };
  const all = async () => {
    const counts: number[] = [];
    for (const token of tokens) counts.push(await statements(token));
    return counts;
  };
  await all();
  const few = await all();
  for (let at = 0; at < 6; at += 1) await exchange(member, 10);
  await all();
  expect(await all()).toEqual(few);
});

test('900 lots that became one are all its origins; each list says how many of its rows are wanted, and the limits count them', async () => {
  const member = await nova.enrol();
  const purchase = { points: 10, occurredAt: '2027-02-10T10:00:00+08:00' };
  for (let batch = 0; batch < 9; batch += 1)
    await nova.earnMany(
      'AERO',
      Array.from({ length: 100 }, () => nova.accrueInput(member, purchase)),
    );
  const id = await exchange(member, 9_000);
  const ask = async (fields: string) => nova.app.graphql(`{ node(id: "${id}") { ... on Lot { ${fields} } } }`, { token: member.token });
  const { data } = await ask('origins(first: 1000) { points } parents(first: 1000) { points }');
  for (const list of [data.node.origins, data.node.parents])
    expect([list.length, list.reduce((sum: number, { points }: { points: number }) => sum + points, 0)]).toEqual([900, 9_000]);
  const few = await ask('origins { points } parents(first: 3) { lot { children(first: 1) { points } } } history(first: 0) { at }');
  expect([few.data.node.origins.length, few.data.node.parents.length, few.data.node.history]).toEqual([20, 3, []]);
  for (const list of ['origins', 'parents', 'children', 'history'])
    expect((await ask(`${list}(first: 1001) { points }`)).errors).toMatchObject([{ extensions: { code: 'BAD_USER_INPUT' } }]);
  const nested = 'parents(first: 1000) { lot { children(first: 1000) { points } } }';
  expect((await ask(nested)).errors).toMatchObject([{ extensions: { code: 'LIMIT_EXCEEDED' } }]);
  // However few are asked for, a chain is walked to its beginning.
  const walks = (lots: number) => `{ me { lots(first: ${lots}) { edges { node { origins(first: 1) { points issuer { code } } } } } } }`;
  expect((await nova.app.graphql(walks(100), { token: member.token })).errors).toBeUndefined();
  const lots = Array.from({ length: 2 }, (_, no) => `a${no}: me { lots(first: 100) { edges { node { origins { points } } } } }`);
  expect((await nova.app.graphql(`{ ${lots.join(' ')} }`, { token: member.token })).errors).toMatchObject([
    { extensions: { code: 'LIMIT_EXCEEDED' } },
  ]);
});

test('points that are exchanged and paid in one go leave a lot with both in its history', async () => {
  const member = await nova.enrol();
  await nova.earn('AERO', member, { points: 1_000, occurredAt: '2027-02-10T10:00:00+08:00' });
  await nova.join('SHOP', { scope: { roles: ['ACCEPTOR', 'EXCHANGER'] }, acceptance: { currencies: ['BPT'] } });
  const paid = exchangeOf(await exchanging(nova).pay('SHOP', member, { from: 'APT', currency: 'BPT', points: 1_000 }));
  const lot = await see(member.token, paid.lotId);
  expect(lot).toMatchObject({
    origin: 'EXCHANGE',
    points: 1_001,
    available: 1,
    parents: [{ points: 527, lot: { issuer: { code: 'AERO' } } }],
  });
  expect(lot.history).toMatchObject([
    { type: 'exchange.redeemed', points: 1_001, reference: paid.id, partner: { code: 'SHOP' } },
    { type: 'exchange.redeemed', points: -1_000, reference: paid.id },
  ]);
  expect(lot.children).toEqual([]);
});

test('points of a partner that left go on in those that they were converted to', async () => {
  await joinAndLeave(nova, 'GONE', { price: [10_000, 0], termination: { outstandingPolicy: 'CONVERT', convertTo: 'CPT' } });
  const member = await nova.enrol();
  await nova.earn('GONE', member, { points: 100, occurredAt: '2027-02-10T10:00:00+08:00' });
  const [gone = ''] = await idsOf(member, 'GONEPT');
  await giveNotice(nova, 'GONE');
  await nova.setClock('2027-03-20T12:00:00+08:00');
  await nova.runJob('SETTLE_TERMINATIONS', '2027-03-20T12:00:00+08:00');
  const [into = ''] = await idsOf(member, 'CPT');
  expect(await see(await nova.token('CAFE'), into)).toMatchObject({
    origin: 'CONVERSION',
    points: 50,
    parents: [{ points: 100, lot: { id: gone, issuer: { code: 'GONE' } } }],
    origins: [{ issuer: { code: 'GONE' }, currency: { code: 'GONEPT' }, points: 100 }],
  });
  expect((await see(member.token, gone)).children).toMatchObject([{ points: 100, lot: { id: into } }]);
  // A stranger, and the partner itself: once its contract is terminated it is shown nothing of members any more.
  for (const partner of ['BOOKS', 'GONE']) {
    expect((await nova.answer(await nova.token(partner), 'lot', { id: gone })).errors).toMatchObject([
      { extensions: { code: 'FORBIDDEN' } },
    ]);
  }
});

const lot = { issuer: 'I', memberId: 'M' };
const none: LotChain = { issuers: ['I'], holdersBelow: ['M'], holdersAbove: [] };
const partner = (partnerId: string): Viewer => ({ role: 'PARTNER', partnerId });
const memberIs = (memberId: string): Viewer => ({ role: 'MEMBER', memberId });
test.each<[string, Viewer, Partial<LotChain>, string]>([
  ['the operator', { role: 'OPERATOR', subject: 's' }, {}, 'FULL'],
  ['its issuer', partner('I'), {}, 'FULL'],
  ['an issuer in its chain', partner('J'), { issuers: ['I', 'J'] }, 'OUTLINE'],
  ['another partner', partner('K'), { issuers: ['I', 'J'] }, 'NONE'],
  ['its member', memberIs('M'), {}, 'FULL'],
  ['a member who has what it became', memberIs('N'), { holdersBelow: ['M', 'N'] }, 'OUTLINE'],
  ['the member who gave it', memberIs('N'), { holdersAbove: ['N'] }, 'OUTLINE'],
  ['another member', memberIs('O'), { holdersBelow: ['M', 'N'] }, 'NONE'],
  ['nobody', { role: 'ANONYMOUS' }, {}, 'NONE'],
])('%s sees of a lot what is for it', (_, viewer, more, expected) => {
  expect(sightOf(viewer, lot, { ...none, ...more })).toBe(expected);
});

test('after all of it the ledger is intact and the pools cover their points', async () => {
  expect(await nova.faults()).toEqual([]);
});
