import { statementCounter } from '../../src/platform/database.ts';
import { type CoalitionAtWork, startCoalition } from './coalition-at-work.ts';

let nova: CoalitionAtWork;
beforeAll(async () => {
  nova = await startCoalition();
});
afterAll(() => nova.app.stop());

const BALANCES = '{ currency { code } available pending held version expiringSoon { points expiresAt } }';

test('[M10] a member sees what is available, pending, held and about to expire in one query', async () => {
  const { id, token } = await nova.enrol();
  await nova.earn(id, 1000);
  await nova.earn(id, 500);
  await nova.earn(id, 70, 'MANUAL');
  await nova.hold(id, 300);
  expect(await nova.done(token, `{ me { balances ${BALANCES} } }`)).toEqual({
    me: {
      balances: [
        {
          currency: { code: 'APT' },
          available: 1200,
          pending: 70,
          held: 300,
          version: '4',
          expiringSoon: [{ points: 1200, expiresAt: '2026-02-05T04:00:00.000Z' }],
        },
        { currency: { code: 'ZPT' }, available: 0, pending: 0, held: 0, version: '0', expiringSoon: [] },
      ],
    },
  });
});

test('the activity of a member is one item for every posting, newest first, and paging neither skips nor repeats while more is added', async () => {
  const { id, token } = await nova.enrol();
  await nova.earn(id, 1000);
  const redemption = await nova.hold(id, 300);
  await nova.capture(redemption, 200);
  const ACTIVITY = `query ($first: Int, $after: String) { me { activity(first: $first, after: $after) {
    edges { cursor node { __typename id at type partner { code } delta { currency { code } points held pending } balance { available held version }
      ... on AccrualActivity { accrual { points } } ... on RedemptionActivity { status redemption { capturedPoints } } } }
    pageInfo { hasNextPage endCursor } } } }`;
  const all = (await nova.done(token, ACTIVITY)).me.activity;
  expect(all.edges.map((edge: { node: unknown }) => edge.node)).toMatchObject([
    {
      __typename: 'RedemptionActivity',
      type: 'redemption.captured',
      partner: { code: 'DEPOT' },
      delta: { points: 100, held: -300 },
      balance: { available: 800, held: 0, version: '3' },
      status: 'CAPTURED',
      redemption: { capturedPoints: 200 },
    },
    {
      __typename: 'RedemptionActivity',
      type: 'redemption.held',
      delta: { points: -300, held: 300 },
      balance: { available: 700, held: 300, version: '2' },
    },
    {
      __typename: 'AccrualActivity',
      type: 'accrual.confirmed',
      partner: { code: 'AERO' },
      delta: { currency: { code: 'APT' }, points: 1000 },
      accrual: { points: 1000 },
    },
  ]);
  expect(all.pageInfo.hasNextPage).toBe(false);

  const seen: string[] = [];
  let after: string | null = null;
  do {
    const page: typeof all = (await nova.done(token, ACTIVITY, { first: 1, after })).me.activity;
    seen.push(...page.edges.map((edge: { node: { id: string } }) => edge.node.id));
    after = page.pageInfo.hasNextPage ? page.pageInfo.endCursor : null;
    await nova.earn(id, 1);
  } while (after !== null);
  expect(seen).toEqual(all.edges.map((edge: { node: { id: string } }) => edge.node.id));

  const BACKWARDS = `query ($last: Int, $before: String) { me { activity(last: $last, before: $before) {
    edges { node { id } } pageInfo { hasPreviousPage startCursor } } } }`;
  const everything = (await nova.done(token, ACTIVITY)).me.activity.edges.map((edge: { node: { id: string } }) => edge.node.id);
  const upwards: string[] = [];
  let before: string | null = null;
  do {
    const page: typeof all = (await nova.done(token, BACKWARDS, { last: 2, before })).me.activity;
    upwards.unshift(...page.edges.map((edge: { node: { id: string } }) => edge.node.id));
    before = page.pageInfo.hasPreviousPage ? page.pageInfo.startCursor : null;
  } while (before !== null);
  expect(upwards).toEqual(everything);
  const [, second] = (await nova.done(token, ACTIVITY)).me.activity.edges;
  expect((await nova.done(token, BACKWARDS, { last: 5, before: second.cursor })).me.activity.edges).toHaveLength(1);

  const { errors } = await nova.app.graphql(ACTIVITY, { token, variables: { after: 'WyJ4Il0' } });
  expect(errors).toMatchObject([{ extensions: { code: 'BAD_USER_INPUT' } }]);
});

test('a partner sees of a member what it did itself', async () => {
  const { id } = await nova.enrol();
  await nova.earn(id, 1000);
  await nova.hold(id, 300);
  const types = async (token: string) =>
    (await nova.done(token, `{ member(ref: { id: "${id}" }) { activity { edges { node { type } } } } }`)).member.activity.edges.map(
      (edge: { node: { type: string } }) => edge.node.type,
    );
  expect(await types(nova.aero)).toEqual(['accrual.confirmed']);
  expect(await types(nova.depot)).toEqual(['redemption.held']);
  expect(await types(nova.operator)).toEqual(['redemption.held', 'accrual.confirmed']);
});

test('the page of a member costs as many statements with ten activities as with one', async () => {
  const { id, token } = await nova.enrol();
  const count = async () => {
    const before = statementCounter.count;
    await nova.done(
      token,
      `{ me { balances ${BALANCES} activity { edges { node { partner { code } ... on AccrualActivity { accrual { id breakdown { rule } } } } } } } }`,
    );
    return statementCounter.count - before;
  };
  await nova.earn(id, 1);
  const one = await count();
  for (let at = 0; at < 9; at += 1) await nova.earn(id, 1);
  expect(await count()).toBe(one);
});

test('balances of a member, and a page of its activity, cost three statements each: the configuration, the member, the rows', async () => {
  const { id } = await nova.enrol();
  for (let at = 0; at < 5; at += 1) await nova.earn(id, 1);
  const count = async (viewer: string, parts: string) => {
    const before = statementCounter.count;
    await nova.done(viewer, `{ member(ref: { id: "${id}" }) { id ${parts} } }`);
    return statementCounter.count - before;
  };
  const balances = 'balances { currency { code issuer { code } } available pending held version }';
  const activity =
    'activity { edges { node { at type partner { code } delta { points currency { code issuer { code } } } balance { available } } } }';
  expect(await count(nova.operator, balances)).toBeLessThanOrEqual(3);
  expect(await count(nova.operator, activity)).toBeLessThanOrEqual(3);
  // A partner sees what the member allows it to: one statement more.
  expect(await count(nova.aero, balances)).toBeLessThanOrEqual(3);
  expect(await count(nova.aero, activity)).toBeLessThanOrEqual(4);
});

test('accruals, redemptions and members are nodes, each for those it concerns', async () => {
  const { id, token } = await nova.enrol();
  const other = await nova.enrol();
  const accrual = await nova.earn(id, 1000);
  const redemption = await nova.hold(id, 300);
  const node = async (viewer: string, nodeId: string) => {
    const { data, errors } = await nova.app.graphql('query ($id: ID!) { node(id: $id) { __typename id } }', {
      token: viewer,
      variables: { id: nodeId },
    });
    return errors?.[0]?.extensions?.code ?? data.node?.__typename ?? null;
  };
  expect(await node(token, accrual.id)).toBe('Accrual');
  expect(await node(nova.aero, accrual.id)).toBe('Accrual');
  expect(await node(nova.depot, accrual.id)).toBe('FORBIDDEN');
  expect(await node(other.token, accrual.id)).toBe('FORBIDDEN');
  expect(await node(nova.depot, redemption)).toBe('Redemption');
  expect(await node(nova.aero, redemption)).toBe('FORBIDDEN');
  expect(await node(nova.operator, id)).toBe('Member');
  expect(await node(nova.operator, `acc_${'0'.repeat(32)}`)).toBeNull();
  expect(await node(nova.operator, `ent_${'f'.repeat(32)}`)).toBeNull();
  expect(await node(nova.operator, 'nonsense')).toBeNull();
  const [wallet] = await nova.app.db.rows<{ id: bigint }>("select id from ledger.accounts where kind = 'WALLET' and owner = $1", [
    id.slice(4).replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-'),
  ]);
  const entry = `ent_${wallet?.id.toString(16).padStart(16, '0')}${'1'.padStart(16, '0')}`;
  const { data } = await nova.app.graphql(
    'query ($id: ID!) { node(id: $id) { ... on LedgerEntry { posting account points micros reference } } }',
    { token, variables: { id: entry } },
  );
  expect(data.node).toEqual({
    posting: 'accrual.confirmed',
    account: `WALLET:${id}:APT`,
    points: 1000,
    micros: null,
    reference: accrual.id,
  });
  expect(await node(other.token, entry)).toBe('FORBIDDEN');
});

test('a partner reads the entries of its own accounts, and in wallets those that it made itself', async () => {
  const { id, token } = await nova.enrol();
  await nova.earn(id, 1000);
  await nova.capture(await nova.hold(id, 300));
  const entries = await nova.app.db.rows<{ kind: string; owner: string | null; node: string }>(
    `select a.kind::text, coalesce(own.code, case when a.kind = 'WALLET' then 'member' end) as owner,
       'ent_' || lpad(to_hex(e.account_id), 16, '0') || lpad(to_hex(e.version), 16, '0') as node
     from ledger.entries e join ledger.postings p on p.id = e.posting_id join ledger.accounts a on a.id = e.account_id
     left join partners.partners own on own.id = a.owner
     where p.reference in (select id from exchange.accruals where member_id = $1 union select id from exchange.redemptions where member_id = $1)
     order by e.posting_id, a.kind, own.code`,
    [id.slice(4).replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-')],
  );
  const readBy = async (viewer: string) => {
    const seen = new Set<string>();
    for (const { kind, owner, node } of entries) {
      const { data, errors } = await nova.app.graphql('query ($id: ID!) { node(id: $id) { id } }', {
        token: viewer,
        variables: { id: node },
      });
      if (data?.node?.id === node) seen.add([kind, owner].filter((part) => part !== null).join(' '));
      else expect(errors).toMatchObject([{ extensions: { code: 'FORBIDDEN' } }]);
    }
    return [...seen].sort();
  };
  expect(await readBy(nova.aero)).toEqual(['ISSUANCE AERO', 'PARTNER AERO', 'WALLET member']);
  expect(await readBy(nova.depot)).toEqual(['PARTNER DEPOT', 'REDEEMED DEPOT', 'WALLET member']);
  expect(await readBy(token)).toEqual(['WALLET member']);
  expect(await readBy(nova.operator)).toEqual([
    'ISSUANCE AERO',
    'OPERATOR',
    'PARTNER AERO',
    'PARTNER DEPOT',
    'POOL',
    'REDEEMED DEPOT',
    'WALLET member',
  ]);
});
