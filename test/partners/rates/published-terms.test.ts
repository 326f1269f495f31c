import { type Input, NOW, type Nova, R10, STARTS_AT, startNova, type UserError } from '../../support/coalition.ts';

let nova: Nova;
beforeEach(async () => {
  nova = await startNova({ AERO: { clauses: [toBooks(500)] } });
});
afterEach(() => nova.stop());

const SHARES = { operatorShareBps: 6_000, sourceShareBps: 2_000, destinationShareBps: 2_000 };
const toBooks = (spreadBps: number, more: Input = {}): Input => ({ exchange: { from: 'APT', to: 'BPT', spreadBps, ...SHARES, ...more } });

interface Terms {
  readonly code: string;
  readonly acceptedCurrencies: readonly { readonly code: string }[];
  readonly exchangeRates: readonly { readonly memberReceivesPer1000: number | null }[];
  readonly earnRules: readonly { readonly code: string }[];
}
async function termsOf(token: string, code: string): Promise<Terms | undefined> {
  const { program } = await nova.run<{ program: { partners: Terms[] } }>(token, 'partner-terms');
  return program.partners.find((partner) => partner.code === code);
}

interface Change {
  readonly type: string;
  readonly before: string | null;
}
const changes = async (token: string, until?: string) =>
  (await nova.run<{ program: { upcomingChanges: Change[] } }>(token, 'upcoming-changes', { until })).program.upcomingChanges;

async function propose(effectiveFrom: string, ...clauses: Input[]): Promise<{ contract: { id: string } | null; userErrors: UserError[] }> {
  const standard: Input[] = [
    { scope: { roles: ['ISSUER', 'ACCEPTOR'] } },
    { issuance: { currency: 'APT', redemptionElementMicros: 10_000, serviceElementMicros: 2_000 } },
    { acceptance: { currencies: ['APT'] } },
  ];
  const input = { idempotencyKey: nova.newKey(), partner: 'AERO', effectiveFrom, clauses: [...standard, ...clauses] };
  const answer = await nova.run<{ proposeContract: { contract: { id: string } | null; userErrors: UserError[] } }>(
    nova.operator,
    'propose-contract',
    { input },
  );
  return answer.proposeContract;
}

test('[C11] a member reads which points every partner takes, how it exchanges them and how its purchases earn', async () => {
  await nova.operate('create-partner', { code: 'EDEN', name: 'Eden', roles: ['ISSUER'] });
  await nova.operate('create-point-currency', { code: 'EPT', name: 'Eden points', issuer: 'EDEN' });
  const limits = { feePoints: 10, minPoints: 100, increment: 10, noticeDays: 45 };
  await nova.join('GIFTS', {
    currency: 'GPT',
    acceptance: { currencies: ['GPT', 'BPT'] },
    clauses: [
      { exchange: { from: 'GPT', to: 'BPT', spreadBps: 500, ...SHARES, ...limits } },
      { exchange: { from: 'GPT', to: 'EPT', spreadBps: 0, ...SHARES } },
    ],
    rules: [R10],
  });
  await nova.publish('GIFTS', { code: 'LATER', flatMilliPointsPerUnit: 1, effectiveFrom: '2026-02-01T00:00:00+08:00' });
  const { token } = await nova.enrol();
  expect(await termsOf(token, 'GIFTS')).toEqual({
    code: 'GIFTS',
    name: 'GIFTS',
    acceptedCurrencies: [{ code: 'BPT' }, { code: 'GPT' }],
    exchangeRates: [
      {
        from: { code: 'GPT' },
        to: { code: 'BPT' },
        rate: { numerator: '10000', denominator: '5000' },
        spreadBps: 500,
        feePoints: 10,
        minPoints: 100,
        increment: 10,
        memberReceivesPer1000: 1_881,
        dormant: false,
        noticeDays: 45,
      },
      {
        from: { code: 'GPT' },
        to: { code: 'EPT' },
        rate: null,
        spreadBps: 0,
        feePoints: 0,
        minPoints: null,
        increment: null,
        memberReceivesPer1000: null,
        dormant: true,
        noticeDays: 30,
      },
    ],
    earnRules: [
      {
        code: 'R10',
        version: 1,
        currency: { code: 'GPT' },
        flatMilliPointsPerUnit: 10_000,
        multiplierBps: null,
        bonusPoints: null,
        conditions: null,
      },
    ],
  });
  expect(await termsOf(nova.operator, 'GIFTS')).toEqual(await termsOf(token, 'GIFTS'));
});

test('of other partners, a partner reads what they take and exchange, and only the earn rules of all partners', async () => {
  await nova.operate('publish-earn-rule', {
    code: 'ALL',
    currency: 'APT',
    effectiveFrom: STARTS_AT,
    bonusPoints: 1,
  });
  const codes = async (partner: string) => (await termsOf(await nova.token(partner), 'AERO'))?.earnRules.map(({ code }) => code);
  expect([await codes('AERO'), await codes('BOOKS')]).toEqual([['ALL', 'R10'], ['ALL']]);
  expect(await termsOf(await nova.token('BOOKS'), 'AERO')).toMatchObject({
    acceptedCurrencies: [{ code: 'APT' }],
    exchangeRates: [{ memberReceivesPer1000: 1_900 }],
  });
  const { errors } = await nova.answer(undefined, 'partner-terms');
  expect(errors?.[0]?.extensions?.code).toBe('UNAUTHENTICATED');
});

test('what has ended is offered no more: earning first, the rest when burning ends', async () => {
  const { viewerPartner } = (await nova.app.graphql('{ viewerPartner { contract { id } } }', { token: await nova.token('AERO') })).data;
  await nova.operate('give-contract-notice', { contractId: viewerPartner.contract.id });
  await nova.setClock('2026-01-17T13:00:00+08:00');
  expect(await termsOf(nova.operator, 'AERO')).toMatchObject({
    acceptedCurrencies: [{ code: 'APT' }],
    exchangeRates: [{}],
    earnRules: [],
  });
  expect((await changes(nova.operator)).map(({ type }) => type)).toEqual(['ACCEPTANCE_ENDS', 'BURNING_ENDS', 'EXCHANGE_ENDS']);
  await nova.setClock('2026-01-19T13:00:00+08:00');
  expect(await termsOf(nova.operator, 'AERO')).toMatchObject({ acceptedCurrencies: [], exchangeRates: [], earnRules: [] });
  expect(await changes(nova.operator)).toEqual([]);
});

test('[C10] a worse exchange rate is published 30 days ahead at least, and shown to members from the second signature on', async () => {
  expect(await propose('2026-02-13T12:00:00+08:00', toBooks(700))).toMatchObject({
    contract: null,
    userErrors: [{ code: 'NOTICE_TOO_SHORT' }],
  });
  const { contract, userErrors } = await propose('2026-02-14T12:00:00+08:00', toBooks(700));
  expect(userErrors).toEqual([]);
  const signature = { contractId: contract?.id, version: 2 };
  const member = await nova.enrol();
  const input = { ...signature, idempotencyKey: nova.newKey() };
  await nova.run(await nova.token('AERO'), 'sign-contract', { input });
  expect(await changes(member.token)).toEqual([]);
  await nova.operate('sign-contract', signature);
  const change = {
    type: 'EXCHANGE_RATE',
    partner: { code: 'AERO' },
    effectiveFrom: '2026-02-14T04:00:00.000Z',
    before: '1000 APT = 1900 BPT',
    after: '1000 APT = 1860 BPT',
    isWorse: true,
  };
  const whole = { ...change, currency: { code: 'APT' }, toCurrency: { code: 'BPT' } };
  expect(await changes(member.token)).toEqual([whole]);
  expect(await changes(await nova.token('DEPOT'))).toEqual([whole]);
  expect(await changes(nova.operator, '2026-02-14T11:59:59+08:00')).toEqual([]);
  expect((await nova.run<{ me: { upcomingChanges: Change[] } }>(member.token, 'my-upcoming-changes')).me.upcomingChanges).toEqual([change]);
  await nova.setClock('2026-02-14T12:00:00+08:00');
  expect(await changes(member.token)).toEqual([]);
  expect(await termsOf(member.token, 'AERO')).toMatchObject({ exchangeRates: [{ memberReceivesPer1000: 1_860 }] });
});

test('a version that would open a loop of exchanges is refused with the loop, unless it comes out even and the program allows that', async () => {
  const BOOKS = { currency: 'BPT', price: [5_000, 1_000] } as const;
  const back = { exchange: { from: 'BPT', to: 'APT', spreadBps: 0, ...SHARES } };
  await nova.amend('BOOKS', NOW, { ...BOOKS, clauses: [back] });
  expect(await propose(NOW, toBooks(0, { rate: { numerator: '21', denominator: '10' } }))).toMatchObject({
    contract: null,
    userErrors: [
      {
        code: 'RATE_ARBITRAGE',
        field: ['input', 'clauses', '3', 'exchange'],
        details: { loop: ['APT', 'BPT', 'APT'], product: { numerator: '21', denominator: '20' }, at: '2026-01-15T04:00:00.000Z' },
      },
    ],
  });
  expect((await propose(NOW, toBooks(0))).userErrors).toMatchObject([
    { code: 'RATE_ARBITRAGE', details: { product: { numerator: '1', denominator: '1' } } },
  ]);
  const program = { code: 'NOVA', name: 'Nova', timeZone: 'Asia/Shanghai', settlementCurrency: 'CNY', startsAt: STARTS_AT };
  await nova.operate('configure-program', { ...program, allowLossFreeLoops: true });
  expect((await propose(NOW, toBooks(0))).userErrors).toEqual([]);
  expect((await propose(NOW, toBooks(0, { rate: { numerator: '21', denominator: '10' } }))).userErrors).toMatchObject([
    { code: 'RATE_ARBITRAGE' },
  ]);
});

test('a rate that was fine when it was proposed is looked at again when the operator signs', async () => {
  const BOOKS = { currency: 'BPT', price: [5_000, 1_000] } as const;
  const { contract } = await propose(NOW, toBooks(100));
  const input = { idempotencyKey: nova.newKey(), contractId: contract?.id, version: 2 };
  await nova.run(await nova.token('AERO'), 'sign-contract', { input });
  await nova.amend('BOOKS', NOW, {
    ...BOOKS,
    clauses: [{ exchange: { from: 'BPT', to: 'APT', spreadBps: 0, ...SHARES, rate: { numerator: '52', denominator: '100' } } }],
  });
  const signed = await nova.run<{ signContract: { userErrors: UserError[] } }>(nova.operator, 'sign-contract', {
    input: { ...input, idempotencyKey: nova.newKey() },
  });
  expect(signed.signContract.userErrors).toMatchObject([{ code: 'RATE_ARBITRAGE' }]);
  expect(await termsOf(nova.operator, 'AERO')).toMatchObject({ exchangeRates: [{ memberReceivesPer1000: 1_900 }] });
});
