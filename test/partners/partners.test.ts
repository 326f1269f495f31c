import { startApp, type TestApp } from '../support/app.ts';
import { type CoalitionApi, coalitionApi } from './coalition-api.ts';

let app: TestApp;
let api: CoalitionApi;
beforeAll(async () => {
  app = await startApp();
  api = await coalitionApi(app);
});
afterAll(() => app.stop());

test('a new partner is seen at once, by code and in the program', async () => {
  const { partner, userErrors } = await api.partner('AERO', { category: 'AIRLINE' });
  expect(userErrors).toEqual([]);
  expect(partner).toEqual({ id: expect.stringMatching(/^ptr_/), code: 'AERO', name: 'Partner AERO', roles: ['ISSUER', 'ACCEPTOR'] });
  const { data } = await app.graphql(
    '{ partner(code: "AERO") { id category } none: partner(code: "NONE") { id } program { partners { code } } }',
    { token: api.operator },
  );
  expect(data).toEqual({ partner: { id: partner.id, category: 'AIRLINE' }, none: null, program: { partners: [{ code: 'AERO' }] } });
});

test('a code is used once', async () => {
  await api.partner('TWICE');
  const { partner, userErrors } = await api.partner('TWICE');
  expect(partner).toBeNull();
  expect(userErrors).toEqual([{ code: 'DUPLICATE', field: ['input', 'code'], message: expect.any(String) }]);
});

test.each(['', 'a', 'Ä', 'A B', 'OPERATOR', 'POOL', 'A'.repeat(33)])('%j is no code of a partner', async (code) => {
  expect((await api.partner(code)).userErrors).toMatchObject([{ code: 'VALIDATION', field: ['input', 'code'] }]);
});

test('a partner has a role', async () => {
  expect((await api.partner('IDLE', { roles: [] })).userErrors).toMatchObject([{ code: 'VALIDATION', field: ['input', 'roles'] }]);
});

test('the same key answers with what was done before, and with another body is a conflict', async () => {
  const first = await api.partner('ONCE', { idempotencyKey: 'once' });
  const second = await api.partner('ONCE', { idempotencyKey: 'once' });
  expect(second).toEqual({ ...first, replayed: true });
  expect((await api.partner('ONCE2', { idempotencyKey: 'once' })).userErrors).toMatchObject([
    { code: 'IDEMPOTENCY_CONFLICT', field: ['input', 'idempotencyKey'] },
  ]);
});

test('of many equal requests at the same time one creates and all give the same answer', async () => {
  const payloads = await Promise.all(Array.from({ length: 8 }, () => api.partner('RACE', { idempotencyKey: 'race' })));
  expect(payloads.filter(({ replayed }) => !replayed)).toHaveLength(1);
  expect(new Set(payloads.map(({ partner }) => partner.id)).size).toBe(1);
});

test('only the operator creates partners and currencies', async () => {
  await api.partner('SELF');
  const token = await api.partnerToken('SELF');
  const partner = await api.change(
    'createPartner',
    'CreatePartnerInput',
    { code: 'X', name: 'X', roles: ['ISSUER'] },
    'userErrors { code }',
    token,
  );
  const currency = await api.change(
    'createPointCurrency',
    'CreatePointCurrencyInput',
    { code: 'X', name: 'X' },
    'userErrors { code }',
    token,
  );
  expect([partner.userErrors, currency.userErrors]).toEqual([[{ code: 'FORBIDDEN' }], [{ code: 'FORBIDDEN' }]]);
});

test('a partner sees itself in full, of another only code, name and roles', async () => {
  const bankAccount = { holder: 'Mine', iban: 'GB82 WEST 1234 5698 7654 32' };
  await api.partner('MINE', { category: 'BOOKS', bankAccount });
  await api.partner('THEIRS', { category: 'CAFE', bankAccount });
  const token = await api.partnerToken('MINE');
  const own = await app.graphql('{ viewerPartner { code category bankAccount { iban } contract { id } } }', { token });
  expect(own.data.viewerPartner).toEqual({
    code: 'MINE',
    category: 'BOOKS',
    bankAccount: { iban: 'GB82WEST12345698765432' },
    contract: null,
  });
  const other = await app.graphql('{ partner(code: "THEIRS") { code name roles category bankAccount { iban } contract { id } } }', {
    token,
  });
  expect(other.data.partner).toEqual({
    code: 'THEIRS',
    name: 'Partner THEIRS',
    roles: ['ISSUER', 'ACCEPTOR'],
    category: null,
    bankAccount: null,
    contract: null,
  });
  expect(other.errors?.map(({ path, extensions }) => [path?.at(-1), extensions?.code]).sort()).toEqual([
    ['bankAccount', 'FORBIDDEN'],
    ['category', 'FORBIDDEN'],
    ['contract', 'FORBIDDEN'],
  ]);
});

test('without a token nothing of the coalition is shown', async () => {
  for (const query of ['{ program { code } }', '{ viewerPartner { code } }', '{ partner(code: "AERO") { code } }']) {
    expect((await app.graphql(query)).errors).toMatchObject([{ extensions: { code: 'UNAUTHENTICATED' } }]);
  }
});

describe('point currencies', () => {
  test('belong to a partner or to the coalition and say when points end', async () => {
    await api.partner('ISS');
    expect(
      (await api.currency('IPT', { issuer: 'ISS', expiry: { calendarYearEnd: { month: 1, day: 1, yearsAfterEarning: 1 } } })).currency,
    ).toMatchObject({
      code: 'IPT',
      issuer: { code: 'ISS' },
      expiry: { never: null, calendarYearEnd: { month: 1, day: 1, yearsAfterEarning: 1 } },
    });
    expect((await api.currency('NPT')).currency).toMatchObject({ issuer: null, expiry: { never: true } });
    expect((await api.currency('RPT', { expiry: { rollingMonths: 12 } })).currency.expiry.rollingMonths).toBe(12);
    expect((await api.currency('SPT', { expiry: { slidingMonths: 6 } })).currency.expiry.slidingMonths).toBe(6);
  });

  test('have a code of their own', async () => {
    await api.currency('DUP');
    expect((await api.currency('DUP')).userErrors).toMatchObject([{ code: 'DUPLICATE', field: ['input', 'code'] }]);
    expect((await api.currency('lower')).userErrors).toMatchObject([{ code: 'VALIDATION', field: ['input', 'code'] }]);
  });

  test.each([
    ['an issuer that does not exist', { issuer: 'NOBODY' }, ['input', 'issuer']],
    ['no way to expire', { expiry: {} }, ['input', 'expiry']],
    ['two ways to expire', { expiry: { never: true, rollingMonths: 12 } }, ['input', 'expiry']],
    ['never: false', { expiry: { never: false } }, ['input', 'expiry', 'never']],
    ['no month at all', { expiry: { rollingMonths: 0 } }, ['input', 'expiry', 'rollingMonths']],
    [
      'a thirteenth month',
      { expiry: { calendarYearEnd: { month: 13, day: 1, yearsAfterEarning: 1 } } },
      ['input', 'expiry', 'calendarYearEnd', 'month'],
    ],
    [
      '31 June',
      { expiry: { calendarYearEnd: { month: 6, day: 31, yearsAfterEarning: 1 } } },
      ['input', 'expiry', 'calendarYearEnd', 'day'],
    ],
    [
      '29 February',
      { expiry: { calendarYearEnd: { month: 2, day: 29, yearsAfterEarning: 1 } } },
      ['input', 'expiry', 'calendarYearEnd', 'day'],
    ],
  ])('are refused with %s', async (_, more, field) => {
    expect((await api.currency('BAD', more)).userErrors).toMatchObject([{ code: 'VALIDATION', field }]);
  });
});
