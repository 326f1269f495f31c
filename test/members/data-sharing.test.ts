import { createClient } from 'graphql-ws';
import WebSocket from 'ws';
import { accrualOf, type Input, type Member, type Nova, operation, startNova } from '../support/coalition.ts';

let nova: Nova;
beforeAll(async () => {
  nova = await startNova();
});
afterAll(() => nova.stop());

const sharing = (fields: readonly string[], more: Input = {}): Input => ({
  dataSharing: { fields, purposes: ['PERSONALISATION'], ...more },
});
const consents = (...granted: string[]): Input[] => ['SERVICE', ...granted].map((purpose) => ({ purpose, granted: true, version: 'v1' }));
const ALL = consents('DATA_SHARING', 'PERSONALISATION');

let people = 0;
/** Somebody who can be reached, and consents. */
function enrol(who: Input = {}): Promise<Member> {
  people += 1;
  return nova.enrol({ email: `p${people}@example.com`, phone: `+861380000${1000 + people}`, consents: ALL, ...who });
}

interface Profile {
  readonly displayName: string;
  readonly phone: string;
  readonly email: string;
}

async function seen(partner: string, member: Member): Promise<Profile> {
  const { member: profile } = await nova.run<{ member: Profile }>(await nova.token(partner), 'member-profile', { ref: { id: member.id } });
  return profile;
}

const MASKED = { displayName: '王*', phone: expect.stringContaining('****'), email: 'p***@example.com' };
const FULL_NAME = { displayName: '王小明' };

describe('names and addresses', () => {
  beforeAll(async () => {
    await nova.join('NAMES', { clauses: [sharing(['DISPLAY_NAME'])] });
    await nova.join('WRITES', { clauses: [sharing(['DISPLAY_NAME', 'CONTACT'], { purposes: ['PERSONALISATION', 'MARKETING'] })] });
  });

  test('a partner reads what its clause names, of a member who consents; another reads masks', async () => {
    const member = await enrol();
    expect(await seen('NAMES', member)).toMatchObject({ ...MASKED, ...FULL_NAME });
    expect(await seen('CAFE', member)).toMatchObject(MASKED);
    const { data } = await nova.answer(await nova.token('NAMES'), 'find-member', { by: 'CARD', value: member.cardNumber });
    expect(data.findMember).toMatchObject({ ...MASKED, ...FULL_NAME });
  });

  test.each([
    ['did not say that data may be shared', consents('PERSONALISATION')],
    ['did not consent to the purpose', consents('DATA_SHARING')],
    ['said no to the purpose', [...consents('DATA_SHARING'), { purpose: 'PERSONALISATION', granted: false, version: 'v1' }]],
    ['said nothing beyond the service', consents()],
  ])('of a member who %s it reads masks', async (_, said) => {
    expect(await seen('NAMES', await enrol({ consents: said }))).toMatchObject(MASKED);
  });

  test('every purpose of the clause needs its consent', async () => {
    expect(await seen('WRITES', await enrol())).toMatchObject(MASKED);
    const member = await enrol({ consents: consents('DATA_SHARING', 'PERSONALISATION', 'MARKETING') });
    expect(await seen('WRITES', member)).toMatchObject({
      ...FULL_NAME,
      phone: expect.not.stringContaining('*'),
      email: expect.not.stringContaining('*'),
    });
  });

  test('members and the operator see all without any clause', async () => {
    const member = await enrol({ consents: consents() });
    for (const token of [member.token, nova.operator]) {
      const { data } = await nova.answer(token, 'member-profile', { ref: { id: member.id } });
      expect(data.member).toMatchObject({ ...FULL_NAME, phone: expect.not.stringContaining('*'), email: expect.not.stringContaining('*') });
    }
  });
});

describe('activity', () => {
  let member: Member;
  let elsewhere: string;
  beforeAll(async () => {
    await nova.join('FOLLOWS', { clauses: [sharing(['ACTIVITY'])] });
    member = await enrol();
    elsewhere = accrualOf(await nova.earn('AERO', member, { points: 500 })).id;
  });

  const activity = async (partner: string, who = member) => nova.answer(await nova.token(partner), 'member', { ref: { id: who.id } });

  test('what happened at other partners is shown where the clause names it and the member consents', async () => {
    const { data, errors } = await activity('FOLLOWS');
    expect(errors).toBeUndefined();
    expect(data.member.activity.edges).toMatchObject([
      { node: { type: 'accrual.confirmed', partner: { code: 'AERO' }, delta: { points: 500 }, accrual: null } },
    ]);
    expect((await activity('CAFE')).data.member.activity.edges).toEqual([]);
    const silent = await enrol({ consents: consents() });
    await nova.earn('AERO', silent, { points: 500 });
    expect((await activity('FOLLOWS', silent)).data.member.activity.edges).toEqual([]);
  });

  test('the terms of the other partner stay its own', async () => {
    const { data, errors } = await nova.answer(await nova.token('FOLLOWS'), 'transaction', { id: elsewhere });
    expect([data.node, errors?.[0]?.extensions?.code]).toEqual([null, 'FORBIDDEN']);
  });

  test('a subscriber is told what happened under the same condition', async () => {
    expect(await firstChange(await nova.token('FOLLOWS'), member)).toMatchObject({ version: '1', available: 500, change: { points: 500 } });
    expect(await firstChange(await nova.token('CAFE'), member)).toMatchObject({ version: '1', available: 500, change: null });
  });
});

/** The first change of a member's APT, replayed to a new subscriber. */
async function firstChange(token: string, member: Member): Promise<unknown> {
  const client = createClient({
    url: nova.app.wsUrl,
    webSocketImpl: WebSocket,
    connectionParams: { authorization: `Bearer ${token}` },
    retryAttempts: 0,
  });
  try {
    const variables = { memberId: member.id, after: [{ currency: 'APT', version: '0' }] };
    for await (const { data, errors } of client.iterate<{ balanceChanged: { currency: { code: string } } }>({
      query: operation('balance-changed'),
      variables,
    })) {
      if (errors !== undefined) throw errors[0];
      if (data?.balanceChanged.currency.code === 'APT') return data.balanceChanged;
    }
    return undefined;
  } finally {
    await client.dispose();
  }
}

describe('groups', () => {
  const groups = async (token: string, by: string) => nova.answer(token, 'member-groups', { by });
  const asPartner = async (partner: string, by: string) => (await groups(await nova.token(partner), by)).data?.memberGroups;

  async function enrolInto(homePartner: string, tiers: Readonly<Record<string, number>>): Promise<void> {
    for (const [tier, count] of Object.entries(tiers))
      for (let at = 0; at < count; at += 1) {
        const { id: memberId } = await nova.enrol({ homePartner });
        if (tier !== 'NONE') await nova.operate('assign-tier', { memberId, tier });
      }
  }

  beforeAll(async () => {
    await nova.join('COUNTS', { clauses: [sharing(['TIER'], { minimumGroupSize: 3 })] });
    await enrolInto('COUNTS', { NONE: 7, GOLD: 4, SILVER: 3, PLATINUM: 2 });
    await nova.join('FEW', { clauses: [sharing(['TIER'])] });
    await enrolInto('FEW', { GOLD: 4 });
  });

  test('a partner counts the members who joined through it; with a small group the next larger one is left out, or a total would tell it', async () => {
    expect(await asPartner('COUNTS', 'HOME_PARTNER')).toEqual([{ key: 'COUNTS', members: 16 }]);
    expect(await asPartner('COUNTS', 'STATUS')).toEqual([{ key: 'ACTIVE', members: 16 }]);
    expect(await asPartner('COUNTS', 'TIER')).toEqual([
      { key: 'GOLD', members: 4 },
      { key: null, members: 7 },
    ]);
  });

  test('where all together are too few nothing is shown', async () => {
    for (const by of ['HOME_PARTNER', 'TIER', 'STATUS']) expect(await asPartner('FEW', by)).toEqual([]);
  });

  test('a later version may ask for smaller groups', async () => {
    await nova.amend('FEW', '2026-01-15T00:00:00+08:00', { clauses: [sharing(['TIER'], { minimumGroupSize: 4 })] });
    expect(await asPartner('FEW', 'TIER')).toEqual([{ key: 'GOLD', members: 4 }]);
  });

  test('the operator sees every group of all members', async () => {
    const { data } = await groups(nova.operator, 'TIER');
    expect(data.memberGroups).toMatchObject([
      { key: 'GOLD', members: 8 },
      { key: 'PLATINUM', members: 2 },
      { key: 'SILVER' },
      { key: null },
    ]);
    expect((await groups(nova.operator, 'HOME_PARTNER')).data.memberGroups).toEqual(expect.arrayContaining([{ key: 'FEW', members: 4 }]));
  });

  test('without the clause, and to a member, no group is shown', async () => {
    const member = await nova.enrol();
    for (const token of [await nova.token('CAFE'), member.token])
      expect((await groups(token, 'TIER')).errors).toMatchObject([{ extensions: { code: 'FORBIDDEN' } }]);
  });
});

test('a version without the clause ends it, from its first instant on', async () => {
  await nova.join('ONCE', { clauses: [sharing(['DISPLAY_NAME'])] });
  await nova.amend('ONCE', '2026-01-20T00:00:00+08:00', {});
  await nova.amend('ONCE', '2026-01-25T00:00:00+08:00', { clauses: [sharing(['DISPLAY_NAME'], { purposes: ['MARKETING'] })] });
  const [personal, marketed] = [await enrol(), await enrol({ consents: consents('DATA_SHARING', 'MARKETING') })];
  const names = async () => [(await seen('ONCE', personal)).displayName, (await seen('ONCE', marketed)).displayName];
  expect(await names()).toEqual(['王小明', '王*']);
  await nova.setClock('2026-01-20T00:00:00+08:00');
  expect(await names()).toEqual(['王*', '王*']);
  await nova.setClock('2026-01-25T00:00:00+08:00');
  expect(await names()).toEqual(['王*', '王小明']);
});

test('nothing is shared while the contract is suspended', async () => {
  await nova.join('STOPPED', { clauses: [sharing(['DISPLAY_NAME'])] });
  const member = await enrol();
  const { partner } = await nova.run<{ partner: { contract: { id: string } } }>(nova.operator, 'partner', { code: 'STOPPED' });
  const contractId = partner.contract.id;
  await nova.operate('suspend-contract', { contractId, reason: 'An audit.' });
  expect(await seen('STOPPED', member)).toMatchObject(MASKED);
  await nova.operate('give-contract-notice', { contractId });
  expect(await seen('STOPPED', member)).toMatchObject(MASKED);
  await nova.operate('resume-contract', { contractId, reason: 'All is well.' });
  expect(await seen('STOPPED', member)).toMatchObject(FULL_NAME);
});

describe('after notice', () => {
  let member: Member;
  let accrual: string;
  let token: string;
  beforeAll(async () => {
    await nova.join('LEAVES', { currency: 'LPT', clauses: [sharing(['DISPLAY_NAME', 'ACTIVITY'], { minimumGroupSize: 1 })] });
    token = await nova.token('LEAVES');
    member = await enrol({ homePartner: 'LEAVES' });
    accrual = accrualOf(await nova.earn('LEAVES', member, { points: 10 })).id;
    await nova.run(member.token, 'claim-missing-points', {
      input: { idempotencyKey: nova.newKey(), partner: 'LEAVES', occurredAt: '2026-01-10T10:00:00+08:00', points: 5, note: 'missed' },
    });
    const { partner } = await nova.run<{ partner: { contract: { id: string } } }>(nova.operator, 'partner', { code: 'LEAVES' });
    await nova.operate('give-contract-notice', { contractId: partner.contract.id });
  });

  test('data is shared until burning has ended, then masked', async () => {
    expect(await seen('LEAVES', member)).toMatchObject(FULL_NAME);
    await nova.setClock('2026-02-05T00:00:00+08:00');
    expect(await seen('LEAVES', member)).toMatchObject(MASKED);
    expect((await nova.answer(token, 'member-groups', { by: 'STATUS' })).errors).toMatchObject([{ extensions: { code: 'FORBIDDEN' } }]);
  });

  test('once terminated it reads its contract and positions, and nothing of members', async () => {
    await nova.setClock('2026-03-20T00:00:00+08:00');
    const forbidden = [{ extensions: { code: 'FORBIDDEN' } }];
    const ref = { id: member.id };
    expect((await nova.answer(token, 'member-profile', { ref })).errors).toMatchObject(forbidden);
    expect((await nova.answer(token, 'find-member', { by: 'CARD', value: member.cardNumber })).errors).toMatchObject(forbidden);
    expect((await nova.answer(token, 'member-groups', { by: 'STATUS' })).errors).toMatchObject(forbidden);
    const ask = (query: string, id: string) => nova.app.graphql(query, { token, variables: { id } });
    expect((await ask('query ($id: ID!) { node(id: $id) { id } }', member.id)).errors).toMatchObject(forbidden);
    const receipt = 'query ($id: ID!) { node(id: $id) { ... on Accrual { points member { displayName tier } } } }';
    expect((await ask(receipt, accrual)).data.node).toMatchObject({ points: 10, member: { displayName: '王*' } });
    const claims = await nova.answer(token, 'claims');
    expect(claims.errors).toMatchObject(forbidden);
    expect(claims.data.claims.edges).toMatchObject([{ node: { assignedTo: 'LEAVES', note: 'missed', member: null } }]);
    for (const part of ['balances { available }', 'activity { edges { cursor } }']) {
      const through = await ask(`query ($id: ID!) { node(id: $id) { ... on Accrual { member { ${part} } } } }`, accrual);
      expect(through.errors).toMatchObject(forbidden);
    }
    // A new contract gives it members back once it begins, not when it is proposed.
    const proposal = { partner: 'LEAVES', effectiveFrom: '2026-06-01T00:00:00+08:00', clauses: [{ scope: { roles: ['ACCEPTOR'] } }] };
    await nova.operate('propose-contract', proposal);
    expect((await nova.answer(token, 'member-profile', { ref })).errors).toMatchObject(forbidden);
    await expect(firstChange(token, member)).rejects.toMatchObject({ extensions: { code: 'FORBIDDEN' } });
    const { enrolMember } = await nova.run<{ enrolMember: { member: null; userErrors: { code: string }[] } }>(token, 'enrol-member', {
      input: { idempotencyKey: nova.newKey(), displayName: 'Jane', consents: consents() },
    });
    expect(enrolMember).toMatchObject({ member: null, userErrors: [{ code: 'FORBIDDEN' }] });
    const own = await nova.answer(token, 'my-position');
    expect([own.errors, own.data.viewerPartner.code]).toEqual([undefined, 'LEAVES']);
    expect((await ask('{ viewerPartner { contract { status } } }', '')).data).toEqual({
      viewerPartner: { contract: { status: 'PROPOSED' } },
    });
  });
});

test('after all of it the ledger is intact', async () => {
  expect(await nova.faults()).toEqual([]);
});
