import { Client } from 'pg';
import { startApp, type TestApp } from '../support/app.ts';

let app: TestApp;
let operator: string;
let aero: string;
let books: string;

const ENROL = `mutation ($input: EnrolMemberInput!) {
  enrolMember(input: $input) {
    replayed
    member { id cardNumber displayName phone email status tier homePartner { code } consents { purpose granted version } balances { currency { code } available pending held version expiringSoon { points } } }
    userErrors { code field message }
  }
}`;

const consents = [{ purpose: 'SERVICE', granted: true, version: 'v1' }];
let keys = 0;
const input = (more: object) => ({ idempotencyKey: `key-${++keys}`, displayName: '王小明', consents, ...more });

async function enrol(token: string, more: object) {
  const answer = await app.graphql(ENROL, { token, variables: { input: input(more) } });
  expect(answer.errors).toBeUndefined();
  return answer.data.enrolMember;
}

beforeAll(async () => {
  app = await startApp();
  operator = await app.token({ role: 'OPERATOR' });
  for (const [code, name] of [
    ['AERO', 'Aero'],
    ['BOOKS', 'Books'],
  ]) {
    const created = await app.graphql(
      `mutation ($code: String!, $name: String!) {
        createPartner(input: { idempotencyKey: $code, code: $code, name: $name, roles: [ISSUER] }) { userErrors { message } }
        createPointCurrency(input: { idempotencyKey: $code, code: $code, name: $name, issuer: $code }) { userErrors { message } }
      }`,
      { token: operator, variables: { code, name } },
    );
    expect(created).toMatchObject({
      errors: undefined,
      data: { createPartner: { userErrors: [] }, createPointCurrency: { userErrors: [] } },
    });
  }
  aero = await app.token({ role: 'PARTNER', partner: 'AERO' });
  books = await app.token({ role: 'PARTNER', partner: 'BOOKS' });
});
afterAll(() => app.stop());

test('[M01] a member who enrols is active and has a wallet of every point currency', async () => {
  const { member, userErrors } = await enrol(operator, { phone: '138 0000 0001' });
  expect(userErrors).toEqual([]);
  const untouched = { available: 0, pending: 0, held: 0, version: '0', expiringSoon: [] };
  expect(member).toMatchObject({
    status: 'ACTIVE',
    tier: null,
    phone: '13800000001',
    homePartner: null,
    consents: [{ purpose: 'SERVICE', granted: true, version: 'v1' }],
    balances: [
      { currency: { code: 'AERO' }, ...untouched },
      { currency: { code: 'BOOKS' }, ...untouched },
    ],
  });
  expect(member.cardNumber).toMatch(/^88\d{14}$/);
});

test('[M09] a member enrolled by a partner has it as home partner, and a partner names no other', async () => {
  expect((await enrol(aero, {})).member.homePartner).toEqual({ code: 'AERO' });
  expect((await enrol(aero, { homePartner: 'AERO' })).member.homePartner).toEqual({ code: 'AERO' });
  expect((await enrol(aero, { homePartner: 'BOOKS' })).userErrors).toMatchObject([{ code: 'FORBIDDEN', field: ['input', 'homePartner'] }]);
  expect((await enrol(operator, { homePartner: 'BOOKS' })).member.homePartner).toEqual({ code: 'BOOKS' });
  expect((await enrol(operator, { homePartner: 'NOBODY' })).userErrors).toMatchObject([
    { code: 'VALIDATION', field: ['input', 'homePartner'] },
  ]);
});

test('[V01] nobody is enrolled without consent to the service', async () => {
  const refusal = [{ code: 'CONSENT_REQUIRED', field: ['input', 'consents'] }];
  expect((await enrol(operator, { consents: [] })).userErrors).toMatchObject(refusal);
  expect((await enrol(operator, { consents: [{ purpose: 'SERVICE', granted: false, version: 'v1' }] })).userErrors).toMatchObject(refusal);
  expect((await enrol(operator, { consents: [{ purpose: 'MARKETING', granted: true, version: 'v1' }] })).userErrors).toMatchObject(refusal);
});

test('[V09] every consent keeps its purpose, version and time', async () => {
  const given = [...consents, { purpose: 'MARKETING', granted: false, version: 'v7' }];
  const { member } = await enrol(operator, { consents: given });
  const answer = await app.graphql(
    'query ($id: ID!) { member(ref: { id: $id }) { enrolledAt consents { purpose granted version recordedAt } } }',
    {
      token: operator,
      variables: { id: member.id },
    },
  );
  const { enrolledAt, consents: kept } = answer.data.member;
  expect(kept).toEqual(expect.arrayContaining(given.map((consent) => ({ ...consent, recordedAt: enrolledAt }))));
  expect(kept).toHaveLength(2);
});

test('[M07] a member is found by card, phone and email, and two members never share one', async () => {
  const { member } = await enrol(operator, { phone: '+86 139-0000-0002', email: 'Wang@Example.com' });
  const find = (by: string, value: string) =>
    app.graphql('query ($by: MemberKey!, $value: String!) { findMember(by: $by, value: $value) { id } }', {
      token: operator,
      variables: { by, value },
    });
  for (const [by, value] of [
    ['CARD', member.cardNumber],
    ['PHONE', '+8613900000002'],
    ['PHONE', '0086 139 0000 0002'],
    ['EMAIL', 'wang@EXAMPLE.com'],
  ]) {
    expect((await find(by, value)).data).toEqual({ findMember: { id: member.id } });
  }
  expect((await find('PHONE', 'nonsense\u0000')).data).toEqual({ findMember: null });
  expect((await find('CARD', 'nonsense\u0000')).data).toEqual({ findMember: null });
  expect((await enrol(operator, { phone: '+8613900000002' })).userErrors).toMatchObject([{ code: 'DUPLICATE', field: ['input', 'phone'] }]);
  expect((await enrol(aero, { email: 'WANG@example.com' })).userErrors).toMatchObject([{ code: 'DUPLICATE', field: ['input', 'email'] }]);
});

test("an external id is the calling partner's own: unique for it, free for others, unknown to them", async () => {
  const mine = (await enrol(aero, { externalId: 'C-1' })).member;
  expect((await enrol(aero, { externalId: 'C-1' })).userErrors).toMatchObject([{ code: 'DUPLICATE', field: ['input', 'externalId'] }]);
  const theirs = (await enrol(books, { externalId: 'C-1' })).member;
  const operators = (await enrol(operator, { externalId: 'C-1' })).member;
  expect((await enrol(operator, { externalId: 'C-1' })).userErrors).toMatchObject([{ code: 'DUPLICATE' }]);
  const byExternalId = (token: string) => app.graphql('{ member(ref: { externalId: "C-1" }) { id } }', { token });
  expect((await byExternalId(aero)).data.member.id).toBe(mine.id);
  expect((await byExternalId(books)).data.member.id).toBe(theirs.id);
  expect((await byExternalId(operator)).data.member.id).toBe(operators.id);
});

test.each([
  ['an empty name', { displayName: ' ' }, 'displayName'],
  ['a name with control characters', { displayName: 'a\u0000b' }, 'displayName'],
  ['a phone number with letters', { phone: '138-CALL-ME' }, 'phone'],
  ['a phone number of four digits', { phone: '1234' }, 'phone'],
  ['an email address without a domain', { email: 'wang@' }, 'email'],
  ['an external id of spaces', { externalId: '  ' }, 'externalId'],
])('%s is refused', async (_, more, field) => {
  expect((await enrol(operator, more)).userErrors).toMatchObject([{ code: 'VALIDATION', field: ['input', field] }]);
});

test('a purpose that is named twice is refused', async () => {
  expect((await enrol(operator, { consents: [...consents, ...consents] })).userErrors).toMatchObject([
    { code: 'VALIDATION', field: ['input', 'consents', '1'] },
  ]);
});

test('the same key with the same body enrols once; with another body it is a conflict', async () => {
  const same = input({ email: 'once@example.com' });
  const first = (await app.graphql(ENROL, { token: operator, variables: { input: same } })).data.enrolMember;
  const second = (await app.graphql(ENROL, { token: operator, variables: { input: same } })).data.enrolMember;
  expect(second).toEqual({ ...first, replayed: true });
  const other = (await app.graphql(ENROL, { token: operator, variables: { input: { ...same, displayName: 'Other' } } })).data.enrolMember;
  expect(other).toMatchObject({ member: null, userErrors: [{ code: 'IDEMPOTENCY_CONFLICT' }] });
});

test('of ten that enrol the same phone at once, exactly one succeeds', async () => {
  const outcomes = await Promise.all(Array.from({ length: 10 }, () => enrol(operator, { phone: '13700000003' })));
  expect(outcomes.filter((outcome) => outcome.member !== null)).toHaveLength(1);
  expect(outcomes.filter((outcome) => outcome.userErrors[0]?.code === 'DUPLICATE')).toHaveLength(9);
});

test('[V03] a partner sees name, phone and email masked; the member itself and the operator see them in full', async () => {
  const { member } = await enrol(operator, { phone: '13812345678', email: 'ming@example.com' });
  const self = await app.token({ role: 'MEMBER', member: member.id });
  const see = async (token: string, query: string) => (await app.graphql(query, { token })).data;
  const fields = '{ id displayName phone email }';
  const full = { id: member.id, displayName: '王小明', phone: '13812345678', email: 'ming@example.com' };
  const byId = `{ member(ref: { id: "${member.id}" }) ${fields} }`;
  expect(await see(aero, byId)).toEqual({ member: { id: member.id, displayName: '王*', phone: '138****5678', email: 'm***@example.com' } });
  expect(await see(operator, byId)).toEqual({ member: full });
  expect(await see(self, byId)).toEqual({ member: full });
  expect(await see(self, `{ me ${fields} }`)).toEqual({ me: full });
  expect(await see(self, `{ node(id: "${member.id}") { ... on Member ${fields} } }`)).toEqual({ node: full });
});

test('a member reads only itself', async () => {
  const mine = (await enrol(operator, {})).member;
  const other = (await enrol(operator, {})).member;
  const self = await app.token({ role: 'MEMBER', member: mine.id });
  for (const query of [
    `{ member(ref: { id: "${other.id}" }) { id } }`,
    `{ member(ref: { cardNumber: "${other.cardNumber}" }) { id } }`,
    `{ member(ref: { cardNumber: "0000" }) { id } }`,
    `{ findMember(by: CARD, value: "${mine.cardNumber}") { id } }`,
    `{ node(id: "${other.id}") { id } }`,
  ]) {
    const { data, errors } = await app.graphql(query, { token: self });
    expect(Object.values(data)).toEqual([null]);
    expect(errors).toMatchObject([{ extensions: { code: 'FORBIDDEN' } }]);
  }
});

test('a reference names a member in exactly one way', async () => {
  for (const ref of ['{}', '{ id: "mem_1", cardNumber: "1" }']) {
    const { errors } = await app.graphql(`{ member(ref: ${ref}) { id } }`, { token: operator });
    expect(errors).toMatchObject([{ extensions: { code: 'BAD_USER_INPUT' } }]);
  }
  expect((await app.graphql('{ member(ref: { id: "mem_1" }) { id } }', { token: operator })).data).toEqual({ member: null });
});

test('closed and reinstated at the same moment, a member stays closed', async () => {
  const { member } = await enrol(operator, {});
  const set = async (status: string) => {
    const answer = await app.graphql(
      `mutation { setMemberStatus(input: { idempotencyKey: "change-${++keys}", memberId: "${member.id}", status: ${status} }) { member { status } userErrors { code field } } }`,
      { token: operator },
    );
    return answer.data.setMemberStatus;
  };
  const rival = new Client({ connectionString: app.url });
  await rival.connect();
  await rival.query('begin; select from members.members for update');
  const moment = () => new Promise((resolve) => setTimeout(resolve, 200));
  const closed = set('CLOSED');
  await moment();
  const reinstated = set('ACTIVE');
  await moment();
  await rival.query('commit');
  await rival.end();
  expect(await closed).toEqual({ member: { status: 'CLOSED' }, userErrors: [] });
  expect(await reinstated).toEqual({ member: null, userErrors: [{ code: 'VALIDATION', field: ['input', 'status'] }] });
});

test('the operator assigns tiers and changes the status; a closed member stays closed', async () => {
  const { member } = await enrol(operator, {});
  const change = (token: string, field: string, more: string) =>
    app.graphql(
      `mutation { ${field}(input: { idempotencyKey: "change-${++keys}", memberId: "${member.id}", ${more} }) { member { tier status } replayed userErrors { code field } } }`,
      { token },
    );
  expect((await change(operator, 'assignTier', 'tier: "GOLD"')).data.assignTier).toEqual({
    member: { tier: 'GOLD', status: 'ACTIVE' },
    replayed: false,
    userErrors: [],
  });
  expect((await change(operator, 'assignTier', 'tier: "solid gold"')).data.assignTier.userErrors).toEqual([
    { code: 'VALIDATION', field: ['input', 'tier'] },
  ]);
  expect((await change(aero, 'assignTier', 'tier: "GOLD"')).data.assignTier.userErrors).toMatchObject([{ code: 'FORBIDDEN' }]);
  expect((await change(operator, 'setMemberStatus', 'status: CLOSED')).data.setMemberStatus.member).toEqual({
    tier: 'GOLD',
    status: 'CLOSED',
  });
  expect((await change(operator, 'setMemberStatus', 'status: ACTIVE')).data.setMemberStatus.userErrors).toMatchObject([
    { code: 'VALIDATION', field: ['input', 'status'] },
  ]);
});
