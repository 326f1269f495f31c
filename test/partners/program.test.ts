import { graphql } from 'graphql';
import { buildGatewaySchema } from '../../src/gateway/schema.ts';
import { createLoad } from '../../src/platform/graphql/context.ts';
import { serve, startApp, type TestApp } from '../support/app.ts';
import { type CoalitionApi, coalitionApi, USER_ERRORS } from './coalition-api.ts';

let app: TestApp;
let api: CoalitionApi;
beforeEach(async () => {
  app = await startApp();
  api = await coalitionApi(app);
});
afterEach(() => app.stop());

const NOVA = { code: 'NOVA', name: 'Nova', timeZone: 'Asia/Shanghai', settlementCurrency: 'CNY', startsAt: '2026-01-01T00:00:00+08:00' };
const configure = (more: Record<string, unknown> = {}) =>
  api.change(
    'configureProgram',
    'ConfigureProgramInput',
    { ...NOVA, ...more },
    `program { code name timeZone settlementCurrency startsAt bankAccount { holder iban bic } } replayed ${USER_ERRORS}`,
  );
const cycle = async () => (await app.db.rows('select starts_at, cutoff from ledger.cycles where no = 1'))[0];
const setClock = (now: string, token = api.operator) =>
  app.graphql('mutation ($now: DateTime!) { setClock(now: $now) }', { token, variables: { now } });

/** The smallest thing the book can hold, written as its owner. */
async function postSomething(): Promise<void> {
  const { Client } = await import('pg');
  const owner = new Client({ connectionString: app.url });
  await owner.connect();
  await owner.query(
    "insert into ledger.postings (id, code, cycle, occurred_at, recorded_at, reference) values (1, 'accrual.pending', 1, now(), now(), gen_random_uuid())",
  );
  await owner.end();
}

test('the operator says from which account it pays also after the first posting, when nothing else can be configured', async () => {
  await postSomething();
  const account = { holder: 'Nova Ltd', iban: 'DE89370400440532013000', bic: 'COBADEFFXXX' };
  const setAccount = (more: object) =>
    api.change(
      'setBankAccount',
      'SetBankAccountInput',
      { bankAccount: { ...account, ...more } },
      `program { bankAccount { holder iban bic } } ${USER_ERRORS}`,
    );
  expect(await setAccount({})).toMatchObject({ program: { bankAccount: account }, userErrors: [] });
  expect(await setAccount({ iban: 'DE88370400440532013000' })).toMatchObject({ program: null, userErrors: [{ code: 'VALIDATION' }] });
  expect((await configure({ name: 'Other' })).userErrors).toMatchObject([{ code: 'VALIDATION' }]);
});

test('an empty database starts as program MAIN in Shanghai, settling in CNY', async () => {
  const { data } = await app.graphql('{ program { code name timeZone settlementCurrency currencies { code } partners { code } } }', {
    token: api.operator,
  });
  expect(data.program).toEqual({
    code: 'MAIN',
    name: 'MAIN',
    timeZone: 'Asia/Shanghai',
    settlementCurrency: 'CNY',
    currencies: [],
    partners: [],
  });
});

test('configuring the program restarts its first cycle at the given instant, until the next month in program time', async () => {
  const { program, userErrors } = await configure({
    bankAccount: { holder: 'Nova Ltd', iban: 'de89 3704 0044 0532 0130 00', bic: 'COBADEFFXXX' },
  });
  expect(userErrors).toEqual([]);
  expect(program).toEqual({
    ...NOVA,
    startsAt: '2025-12-31T16:00:00.000Z',
    bankAccount: { holder: 'Nova Ltd', iban: 'DE89370400440532013000', bic: 'COBADEFFXXX' },
  });
  expect(await cycle()).toEqual({ starts_at: new Date('2025-12-31T16:00:00Z'), cutoff: new Date('2026-01-31T16:00:00Z') });
});

test.each([
  ['a time zone that does not exist', { timeZone: 'Asia/Nowhere' }, ['input', 'timeZone']],
  ['an empty name', { name: ' ' }, ['input', 'name']],
  [
    'an IBAN with wrong check digits',
    { bankAccount: { holder: 'Nova', iban: 'DE88370400440532013000' } },
    ['input', 'bankAccount', 'iban'],
  ],
  ['a malformed BIC', { bankAccount: { holder: 'Nova', iban: 'DE89370400440532013000', bic: 'X' } }, ['input', 'bankAccount', 'bic']],
])('%s is refused and nothing is changed', async (_, more, field) => {
  const { program, userErrors } = await configure(more);
  expect(program).toBeNull();
  expect(userErrors).toEqual([{ code: 'VALIDATION', field, message: expect.any(String) }]);
  expect((await app.graphql('{ program { code } }', { token: api.operator })).data.program.code).toBe('MAIN');
});

test('once something is posted the program cannot be configured any more', async () => {
  await postSomething();
  expect((await configure()).userErrors).toMatchObject([{ code: 'VALIDATION' }]);
});

test('only the operator configures the program', async () => {
  await api.partner('A');
  const payload = await api.change('configureProgram', 'ConfigureProgramInput', NOVA, USER_ERRORS, await api.partnerToken('A'));
  expect(payload.userErrors).toMatchObject([{ code: 'FORBIDDEN' }]);
});

test('the clock goes anywhere while nothing is posted, and from there runs on', async () => {
  const { data } = await setClock('2026-01-15T12:00:00+08:00');
  expect(data.setClock).toBe('2026-01-15T04:00:00.000Z');
  expect((await setClock('2025-06-01T00:00:00Z')).errors).toBeUndefined();
  const [state] = await app.db.rows<{ now: Date }>('select platform.now() as now');
  expect(state?.now.getTime()).toBeGreaterThanOrEqual(Date.parse('2025-06-01T00:00:00Z'));
  expect(state?.now.getTime()).toBeLessThan(Date.parse('2025-06-01T00:01:00Z'));
});

test('once something is posted the clock goes only forwards', async () => {
  await setClock('2026-01-15T00:00:00Z');
  await postSomething();
  expect((await setClock('2026-01-14T00:00:00Z')).errors).toMatchObject([{ extensions: { code: 'BAD_USER_INPUT' } }]);
  expect((await setClock('2026-01-16T00:00:00Z')).data.setClock).toBe('2026-01-16T00:00:00.000Z');
});

test('a partner cannot set the clock', async () => {
  await api.partner('A');
  expect((await setClock('2026-01-15T00:00:00Z', await api.partnerToken('A'))).errors).toMatchObject([
    { extensions: { code: 'FORBIDDEN' } },
  ]);
});

test('outside the sandbox nobody sets the clock', async () => {
  const contextValue = {
    viewer: { role: 'OPERATOR', subject: 'o' },
    db: app.db,
    load: createLoad(app.db),
    now: new Date(),
    requestId: 'r',
    sandbox: false,
  };
  const { errors } = await graphql({
    schema: buildGatewaySchema(),
    source: 'mutation { setClock(now: "2026-01-15T00:00:00Z") }',
    contextValue,
  });
  expect(errors).toMatchObject([{ extensions: { code: 'FORBIDDEN' } }]);
});

test('a change through one process holds in another at once', async () => {
  const other = await serve(app.url);
  try {
    const seen = async () => (await other.graphql('{ program { code partners { code } } }', { token: api.operator })).data.program;
    expect(await seen()).toEqual({ code: 'MAIN', partners: [] });
    await configure();
    await api.partner('A');
    expect(await seen()).toEqual({ code: 'NOVA', partners: [{ code: 'A' }] });
  } finally {
    await other.stop();
  }
});
