import { startApp, type TestApp } from '../support/app.ts';
import { type CoalitionApi, coalitionApi } from './coalition-api.ts';

let app: TestApp;
let api: CoalitionApi;
let code: string;
let partner: string;
beforeAll(async () => {
  app = await startApp();
  api = await coalitionApi(app);
  await api.change(
    'configureProgram',
    'ConfigureProgramInput',
    { code: 'NOVA', name: 'Nova', timeZone: 'Asia/Shanghai', settlementCurrency: 'CNY', startsAt: '2026-01-01T00:00:00+08:00' },
    'userErrors { code }',
  );
  await api.partner('B');
  await api.currency('APT');
  await api.currency('BPT', { issuer: 'B' });
});
afterAll(() => app.stop());

// Nothing is posted here, so the clock may go back: every test has a partner of its own on the same day.
let partners = 0;
beforeEach(async () => {
  await setClock('2026-01-10T00:00:00+08:00');
  partners += 1;
  code = `A${partners}`;
  await api.partner(code);
  partner = await api.partnerToken(code);
});

const setClock = (now: string) =>
  app.graphql('mutation ($now: DateTime!) { setClock(now: $now) }', { token: api.operator, variables: { now } });
const SCOPE = { scope: { roles: ['ISSUER'] } };
const TERMINATION = { termination: { noticeDays: 10, earnEndDays: 30, burnEndDays: 60, tailMonths: 2, outstandingPolicy: 'HONOUR' } };
const terms = (effectiveFrom: string, ...clauses: object[]) => ({ partner: code, effectiveFrom, clauses: [SCOPE, ...clauses] });
const status = async () =>
  (await app.graphql('{ viewerPartner { contract { status } } }', { token: partner })).data.viewerPartner.contract.status;

async function inForce(effectiveFrom: string, ...clauses: object[]): Promise<string> {
  const { contract } = await api.propose(terms(effectiveFrom, ...clauses));
  const number = contract.versions.edges[0].node.number;
  await api.sign(contract.id, number, partner);
  const signed = await api.sign(contract.id, number, api.operator);
  expect(signed.userErrors).toEqual([]);
  return contract.id;
}

test('a contract is proposed by the operator, signed by the partner, then by the operator, and active from its date', async () => {
  const proposed = await api.propose(terms('2026-02-01T00:00:00+08:00'));
  expect(proposed.userErrors).toEqual([]);
  expect(proposed.contract).toMatchObject({ id: expect.stringMatching(/^ctr_/), status: 'PROPOSED', activeVersion: null });
  expect((await api.sign(proposed.contract.id, 1, partner)).contract.status).toBe('SIGNED');
  expect((await api.sign(proposed.contract.id, 1, api.operator)).contract).toMatchObject({ status: 'SIGNED', activeVersion: null });
  await setClock('2026-02-01T00:00:00+08:00');
  expect(await status()).toBe('ACTIVE');
});

test('the second signature answers ACTIVE when the date has passed already', async () => {
  const { contract } = await api.propose(terms('2026-01-01T00:00:00+08:00'));
  await api.sign(contract.id, 1, partner);
  const signed = await api.sign(contract.id, 1, api.operator);
  expect(signed.contract).toMatchObject({
    status: 'ACTIVE',
    activeVersion: { number: 1, effectiveFrom: '2025-12-31T16:00:00.000Z', effectiveUntil: null },
  });
});

test('the operator signs after the partner, and signing twice changes nothing', async () => {
  const { contract } = await api.propose(terms('2026-02-01T00:00:00+08:00'));
  expect((await api.sign(contract.id, 1, api.operator)).userErrors).toMatchObject([{ code: 'FORBIDDEN' }]);
  const first = await api.sign(contract.id, 1, partner);
  const second = await api.sign(contract.id, 1, partner);
  expect(second).toEqual(first);
});

test('a partner signs no contract of another, and only the operator proposes', async () => {
  const { contract } = await api.propose(terms('2026-02-01T00:00:00+08:00'));
  const other = await api.partnerToken('B');
  expect((await api.sign(contract.id, 1, other)).userErrors).toMatchObject([{ code: 'FORBIDDEN' }]);
  expect((await api.propose(terms('2026-02-01T00:00:00+08:00'), other)).userErrors).toMatchObject([{ code: 'FORBIDDEN' }]);
  expect((await api.notice(contract.id, other)).userErrors).toMatchObject([{ code: 'FORBIDDEN' }]);
  const read = await app.graphql('query ($id: ID!) { node(id: $id) { id } }', { token: other, variables: { id: contract.id } });
  expect([read.data.node, read.errors?.[0]?.extensions?.code]).toEqual([null, 'FORBIDDEN']);
});

test('what is signed must exist', async () => {
  const { contract } = await api.propose(terms('2026-02-01T00:00:00+08:00'));
  expect((await api.sign(contract.id, 2, partner)).userErrors).toMatchObject([{ code: 'VALIDATION', field: ['input', 'version'] }]);
  expect((await api.sign('ctr_unknown', 1, partner)).userErrors).toMatchObject([{ code: 'VALIDATION', field: ['input', 'contractId'] }]);
});

test('a new version ends the one before at its effectiveFrom, once both have signed', async () => {
  await inForce('2026-01-01T00:00:00+08:00');
  const amended = await api.propose(terms('2026-01-20T00:00:00+08:00', TERMINATION));
  expect(amended.contract.activeVersion).toMatchObject({ number: 1, effectiveUntil: null });
  await api.sign(amended.contract.id, 2, partner);
  const { contract } = await api.sign(amended.contract.id, 2, api.operator);
  expect(contract.status).toBe('ACTIVE');
  expect(contract.versions.edges.map(({ node }: { node: object }) => node)).toEqual([
    { number: 2, effectiveFrom: '2026-01-19T16:00:00.000Z', effectiveUntil: null },
    { number: 1, effectiveFrom: '2025-12-31T16:00:00.000Z', effectiveUntil: '2026-01-19T16:00:00.000Z' },
  ]);
  const at = await app.graphql(
    '{ viewerPartner { contract { before: activeVersion(at: "2026-01-19T15:59:59.999Z") { number } after: activeVersion(at: "2026-01-19T16:00:00Z") { number } } } }',
    { token: partner },
  );
  expect(at.data.viewerPartner.contract).toEqual({ before: { number: 1 }, after: { number: 2 } });
});

test('a version that overlaps a later one in force is refused at the signature', async () => {
  await inForce('2026-03-01T00:00:00+08:00');
  const { contract } = await api.propose(terms('2026-02-01T00:00:00+08:00'));
  await api.sign(contract.id, 2, partner);
  expect((await api.sign(contract.id, 2, api.operator)).userErrors).toMatchObject([{ code: 'VALIDATION', field: ['input', 'version'] }]);
  const bounded = await api.propose({ ...terms('2026-02-01T00:00:00+08:00'), effectiveUntil: '2026-03-01T00:00:00+08:00' });
  await api.sign(bounded.contract.id, 3, partner);
  expect((await api.sign(bounded.contract.id, 3, api.operator)).userErrors).toEqual([]);
});

test.each([
  ['a partner that does not exist', { partner: 'NOBODY' }, ['input', 'partner']],
  ['a start before the open cycle', { effectiveFrom: '2025-12-31T23:59:59+08:00' }, ['input', 'effectiveFrom']],
  ['an end before its start', { effectiveUntil: '2026-01-01T00:00:00+08:00' }, ['input', 'effectiveUntil']],
  ['no scope', { clauses: [] }, ['input', 'clauses']],
  ['two scopes', { clauses: [SCOPE, SCOPE] }, ['input', 'clauses', '1', 'scope']],
  ['an empty clause', { clauses: [SCOPE, {}] }, ['input', 'clauses', '1']],
  ['a clause of two kinds', { clauses: [{ ...SCOPE, ...TERMINATION }] }, ['input', 'clauses', '0']],
  [
    'a point currency that does not exist',
    {
      clauses: [
        SCOPE,
        { exchange: { from: 'XPT', to: 'BPT', spreadBps: 500, operatorShareBps: 6000, sourceShareBps: 2000, destinationShareBps: 2000 } },
      ],
    },
    ['input', 'clauses', '1', 'exchange', 'from'],
  ],
])('a proposal with %s is refused', async (_, more, field) => {
  const { contract, userErrors } = await api.propose({ ...terms('2026-01-01T00:00:00+08:00'), ...more });
  expect(contract).toBeNull();
  expect(userErrors).toMatchObject([{ code: 'VALIDATION', field }]);
});

test('every clause is shown back with the fields and names of its input, defaults filled in', async () => {
  const clauses = {
    issuance: {
      currency: 'APT',
      redemptionElementMicros: '10000',
      serviceElementMicros: '2000',
      creditLimit: { minor: '100000', currency: 'CNY' },
      capPerCycle: 5,
    },
    acceptance: { currencies: ['APT', 'BPT'], handlingFeeBps: 300, perMemberDayPoints: 5000, excludedIssuers: ['B'] },
    exchange: {
      from: 'APT',
      to: 'BPT',
      spreadBps: 500,
      rate: { numerator: '2', denominator: '1' },
      operatorShareBps: 6000,
      sourceShareBps: 2000,
      destinationShareBps: 2000,
    },
    revenueShare: { basis: 'NET_SALE', bps: 150, payee: 'HOME', cap: { minor: '5000', currency: 'CNY' } },
    breakage: { issuerBps: 4000, operatorBps: 6000 },
    costAllocation: { code: 'MEDIA', budget: { minor: '100000', currency: 'CNY' }, basis: 'TRANSACTION_COUNT' },
    jointPromotion: {
      promotion: 'SPRING',
      contributions: [
        { partner: code, weight: '7000' },
        { partner: 'B', weight: '3000' },
      ],
      from: '2026-02-01T00:00:00Z',
      until: '2026-03-01T00:00:00Z',
    },
    paymentTerms: { netDays: 15, disputeWindowDays: 10 },
  };
  await inForce('2026-01-01T00:00:00+08:00', ...Object.entries(clauses).map(([kind, parameters]) => ({ [kind]: parameters })), TERMINATION);
  const { data, errors } = await app.graphql(
    `{ viewerPartner { contract { activeVersion { clauses { __typename
      ... on ScopeClause { roles channels locations directIssuance }
      ... on IssuanceClause { currency redemptionElementMicros serviceElementMicros fundingModel issueShareBps chargeOnExpiry billing creditLimit { minor currency } capPerCycle minCommitmentPoints }
      ... on AcceptanceClause { currencies reimbursementMicros handlingFeeBps minPoints maxTenderShareBps perMemberDayPoints excludedIssuers allowSelfRedemption }
      ... on ExchangeClause { from to spreadBps feePoints rate { numerator denominator } minPoints increment capPerCycle quoteTtlSeconds noticeDays operatorShareBps sourceShareBps destinationShareBps }
      ... on RevenueShareClause { basis bps payee cap { minor currency } floor { minor currency } }
      ... on BreakageClause { issuerBps operatorBps commonFundBps }
      ... on CostAllocationClause { code budget { minor currency } costBasis: basis weights { partner weight } }
      ... on JointPromotionClause { promotion contributions { partner weight } budgetPoints start: from until }
      ... on PaymentTermsClause { netDays lateInterestBpsPerDay carryForwardThreshold { minor currency } disputeWindowDays }
      ... on TerminationClause { days: noticeDays earnEndDays burnEndDays tailMonths outstandingPolicy depositBps } } } } } }`,
    { token: partner },
  );
  expect(errors).toBeUndefined();
  expect(data.viewerPartner.contract.activeVersion.clauses).toEqual([
    { __typename: 'ScopeClause', roles: ['ISSUER'], channels: null, locations: null, directIssuance: true },
    {
      __typename: 'IssuanceClause',
      ...clauses.issuance,
      fundingModel: 'ON_ISSUANCE',
      issueShareBps: null,
      chargeOnExpiry: false,
      billing: 'POSTPAID',
      minCommitmentPoints: null,
    },
    {
      __typename: 'AcceptanceClause',
      ...clauses.acceptance,
      reimbursementMicros: null,
      minPoints: null,
      maxTenderShareBps: null,
      allowSelfRedemption: true,
    },
    {
      __typename: 'ExchangeClause',
      ...clauses.exchange,
      feePoints: 0,
      minPoints: null,
      increment: null,
      capPerCycle: null,
      quoteTtlSeconds: 300,
      noticeDays: 30,
    },
    { __typename: 'RevenueShareClause', ...clauses.revenueShare, floor: null },
    { __typename: 'BreakageClause', issuerBps: 4000, operatorBps: 6000, commonFundBps: 0 },
    {
      __typename: 'CostAllocationClause',
      code: 'MEDIA',
      budget: { minor: '100000', currency: 'CNY' },
      costBasis: 'TRANSACTION_COUNT',
      weights: null,
    },
    {
      __typename: 'JointPromotionClause',
      promotion: 'SPRING',
      contributions: clauses.jointPromotion.contributions,
      budgetPoints: null,
      start: '2026-02-01T00:00:00.000Z',
      until: '2026-03-01T00:00:00.000Z',
    },
    { __typename: 'PaymentTermsClause', netDays: 15, lateInterestBpsPerDay: 0, carryForwardThreshold: null, disputeWindowDays: 10 },
    {
      __typename: 'TerminationClause',
      days: 10,
      earnEndDays: 30,
      burnEndDays: 60,
      tailMonths: 2,
      outstandingPolicy: 'HONOUR',
      depositBps: 0,
    },
  ]);
});

test('notice fixes the timeline: earning ends, then burning, then the tail', async () => {
  const id = await inForce('2026-01-01T00:00:00+08:00', TERMINATION);
  const { contract, userErrors } = await api.notice(id, partner, { reason: 'We close our shops.' });
  expect(userErrors).toEqual([]);
  expect(contract.status).toBe('NOTICE');
  const given = Date.parse(contract.noticeGivenAt);
  const days = (count: number) => new Date(given + count * 86_400_000).toISOString();
  expect(contract).toMatchObject({ earnEnd: days(30), burnEnd: days(60) });
  const tailEnd = new Date(contract.burnEnd);
  tailEnd.setUTCMonth(tailEnd.getUTCMonth() + 2);
  expect(contract.tailEnd).toBe(tailEnd.toISOString());
  for (const [now, expected] of [
    [contract.earnEnd, 'RUN_OFF'],
    [contract.burnEnd, 'TAIL'],
    [contract.tailEnd, 'TERMINATED'],
  ] as const) {
    await setClock(now);
    expect(await status()).toBe(expected);
  }
});

test('notice is given once, and only where a version in force has a termination clause', async () => {
  const proposed = await api.propose(terms('2026-02-01T00:00:00+08:00'));
  expect((await api.notice(proposed.contract.id, api.operator)).userErrors).toMatchObject([{ code: 'CONTRACT_NOT_ACTIVE' }]);
  const id = await inForce('2026-01-05T00:00:00+08:00');
  expect((await api.notice(id, api.operator)).userErrors).toMatchObject([{ code: 'CLAUSE_NOT_GRANTED' }]);
  await inForce('2026-01-06T00:00:00+08:00', TERMINATION);
  const first = await api.notice(id, api.operator, { idempotencyKey: 'bye' });
  expect((await api.notice(id, api.operator, { idempotencyKey: 'bye' })).contract).toEqual(first.contract);
  expect((await api.notice(id, partner)).userErrors).toMatchObject([{ code: 'CONTRACT_ENDED' }]);
  expect((await api.propose(terms('2026-03-01T00:00:00+08:00'))).userErrors).toMatchObject([{ code: 'CONTRACT_ENDED' }]);
});

test('a terminated contract is followed by a new one', async () => {
  const id = await inForce('2026-01-01T00:00:00+08:00', TERMINATION);
  const { contract } = await api.notice(id, partner);
  await setClock(contract.tailEnd);
  const again = await api.propose(terms(contract.tailEnd));
  expect(again.contract).toMatchObject({ status: 'PROPOSED', versions: { edges: [{ node: { number: 1 } }] } });
  expect(again.contract.id).not.toBe(id);
});

test('versions are paged newest first, both ways', async () => {
  for (const day of ['11', '12', '13']) await api.propose(terms(`2026-01-${day}T00:00:00+08:00`));
  const page = async (args: string) => {
    const { data } = await app.graphql(
      `{ viewerPartner { contract { versions(${args}) { edges { node { number } cursor } pageInfo { hasNextPage hasPreviousPage } } } } }`,
      { token: partner },
    );
    const { edges, pageInfo } = data.viewerPartner.contract.versions;
    return { numbers: edges.map(({ node }: { node: { number: number } }) => node.number), last: edges.at(-1)?.cursor, ...pageInfo };
  };
  const first = await page('first: 2');
  expect(first).toMatchObject({ numbers: [3, 2], hasNextPage: true });
  expect(await page(`first: 2, after: "${first.last}"`)).toMatchObject({ numbers: [1], hasNextPage: false });
  expect(await page(`last: 1, before: "${first.last}"`)).toMatchObject({ numbers: [3] });
});

test('several changes in one request each see the ones before', async () => {
  const { data, errors } = await app.graphql(
    `mutation {
      a: createPartner(input: { idempotencyKey: "a", code: "C", name: "C", roles: [ISSUER] }) { partner { code contract { id } } }
      b: createPointCurrency(input: { idempotencyKey: "b", code: "CPT", name: "C points", issuer: "C" }) { currency { issuer { code } } }
      c: proposeContract(input: { idempotencyKey: "c", partner: "C", effectiveFrom: "2026-02-01T00:00:00Z", clauses: [{ scope: { roles: [ISSUER] } }, { acceptance: { currencies: ["CPT"] } }] }) { contract { partner { code contract { status } } } }
    }`,
    { token: api.operator },
  );
  expect(errors).toBeUndefined();
  expect(data).toEqual({
    a: { partner: { code: 'C', contract: null } },
    b: { currency: { issuer: { code: 'C' } } },
    c: { contract: { partner: { code: 'C', contract: { status: 'PROPOSED' } } } },
  });
});
