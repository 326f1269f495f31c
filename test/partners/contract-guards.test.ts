import { type Input, type Nova, refusal, startNova } from '../support/coalition.ts';
import { type ContractApi, contractApi } from './contract-api.ts';

let nova: Nova;
let api: ContractApi;
beforeAll(async () => {
  nova = await startNova();
  api = contractApi(nova);
});
afterAll(() => nova.stop());

// The clock shows 15 January; 30 days of notice are over on 14 February.
const IN_29_DAYS = '2026-02-13T23:00:00+08:00';
const IN_30_DAYS = '2026-02-14T00:00:00+08:00';
const exchange = (from: string, more: Input = {}) => ({
  exchange: { from, to: 'BPT', spreadBps: 500, operatorShareBps: 6000, sourceShareBps: 2000, destinationShareBps: 2000, ...more },
});
const issues = (currency: string) => ({ issuance: { currency, redemptionElementMicros: 10_000, serviceElementMicros: 2_000 } });
const propose = (partner: string, effectiveFrom: string, clauses: readonly Input[], roles: readonly string[] = ['ISSUER', 'ACCEPTOR']) =>
  api.change('propose-contract', { partner, effectiveFrom, clauses: [{ scope: { roles } }, ...clauses] });
const put = async (partner: string, effectiveFrom: string, clauses: readonly Input[]) => {
  const { contract, userErrors } = await propose(partner, effectiveFrom, clauses);
  expect(userErrors).toEqual([]);
  await api.sign(partner, contract?.id ?? '', contract?.versions?.edges[0]?.node.number ?? 0);
};

describe('what gets worse for members', () => {
  const accepts = (more: Input = {}) => ({ acceptance: { currencies: ['APT'], reimbursementMicros: '10000', ...more } });

  test('an exchange that gets worse is announced as many days ahead as the old clause says, and not one fewer', async () => {
    await nova.join('RATES', { currency: 'RATESPT', clauses: [exchange('RATESPT')] });
    for (const worse of [{ spreadBps: 501 }, { feePoints: 1 }, { rate: { numerator: '199', denominator: '100' } }]) {
      const late = await propose('RATES', IN_29_DAYS, [issues('RATESPT'), exchange('RATESPT', worse)]);
      expect(late.userErrors).toMatchObject([
        {
          code: 'NOTICE_TOO_SHORT',
          field: ['input', 'effectiveFrom'],
          details: {
            what: 'exchange RATESPT to BPT',
            before: 'mid rate 2/1, spread 500 bps, fee 0 points',
            noticeDays: 30,
            earliest: '2026-02-14',
          },
        },
      ]);
      expect(refusal(await propose('RATES', IN_30_DAYS, [issues('RATESPT'), exchange('RATESPT', worse)]))).toBeUndefined();
    }
  });

  test('a mid that gets worse by an R of the version itself is announced like any other rate', async () => {
    await nova.join('MIDDLE', { currency: 'MIDDLEPT', clauses: [exchange('MIDDLEPT', { noticeDays: 10 })] });
    const worth = (micros: number) => ({ issuance: { currency: 'MIDDLEPT', redemptionElementMicros: micros, serviceElementMicros: 0 } });
    const now = '2026-01-16T00:00:00+08:00';
    const said = async (micros: number, more: Input = {}, from = now) =>
      refusal(await propose('MIDDLE', from, [worth(micros), exchange('MIDDLEPT', more)]));
    expect((await propose('MIDDLE', now, [worth(5_000), exchange('MIDDLEPT')])).userErrors).toMatchObject([
      {
        code: 'NOTICE_TOO_SHORT',
        details: {
          what: 'exchange MIDDLEPT to BPT',
          before: 'mid rate 2/1, spread 500 bps, fee 0 points',
          after: 'mid rate 1/1, spread 500 bps, fee 0 points',
          noticeDays: 10,
          earliest: '2026-01-25',
        },
      },
    ]);
    expect(await said(5_000, {}, '2026-01-25T00:00:00+08:00')).toBeUndefined();
    // 9,500 without spread are 10,000 with one of 500 bps; one micro less is less
    expect([await said(9_500, { spreadBps: 0 }), await said(9_499, { spreadBps: 0 })]).toEqual([undefined, 'NOTICE_TOO_SHORT']);
    // a higher R pays for a larger spread, an agreed rate for a lower R; out of 2/1 into a mid of 1/1 leads no way
    expect(await said(20_000, { spreadBps: 5_250 })).toBeUndefined();
    expect(await said(5_000, { rate: { numerator: '2', denominator: '1' } })).toBeUndefined();
    await put('MIDDLE', now, [worth(5_000), exchange('MIDDLEPT', { rate: { numerator: '2', denominator: '1' } })]);
    expect(await said(5_000, {}, '2026-01-17T00:00:00+08:00')).toBe('NOTICE_TOO_SHORT');
    // a default reimbursement moves with R, and that is repricing
    await nova.join('TAKES', { currency: 'TAKESPT' });
    const takes = [
      { issuance: { currency: 'TAKESPT', redemptionElementMicros: 1, serviceElementMicros: 0 } },
      { acceptance: { currencies: ['TAKESPT'] } },
    ];
    expect(refusal(await propose('TAKES', now, takes))).toBeUndefined();
  });

  test('what another contract says of R is no change of an exchange that follows mid', async () => {
    await nova.join('OTHER', { currency: 'OTHERPT', price: [5_000, 0] });
    const into = { exchange: { ...exchange('FOLLOWPT').exchange, to: 'OTHERPT' } };
    await nova.join('FOLLOW', { currency: 'FOLLOWPT', clauses: [into] });
    await put('OTHER', '2026-01-16T00:00:00+08:00', [
      { issuance: { currency: 'OTHERPT', redemptionElementMicros: 50_000, serviceElementMicros: 0 } },
    ]);
    expect(refusal(await propose('FOLLOW', '2026-01-17T00:00:00+08:00', [issues('FOLLOWPT'), into]))).toBeUndefined();
  });

  test('what stays or gets better needs no notice', async () => {
    await nova.join('BETTER', { currency: 'BETTERPT', clauses: [exchange('BETTERPT', { feePoints: 5 })] });
    for (const clause of [exchange('BETTERPT', { feePoints: 5 }), exchange('BETTERPT', { spreadBps: 400, feePoints: 4 })])
      expect(refusal(await propose('BETTER', '2026-01-16T00:00:00+08:00', [issues('BETTERPT'), clause]))).toBeUndefined();
    const same = exchange('BETTERPT', { rate: { numerator: '2', denominator: '1' }, feePoints: 5 });
    expect(refusal(await propose('BETTER', '2026-01-16T00:00:00+08:00', [issues('BETTERPT'), same]))).toBeUndefined();
  });

  test('a lower reimbursement is announced, for each currency by itself', async () => {
    await nova.join('SHOP', { clauses: [accepts({ currencies: ['APT', 'BPT'], noticeDays: 10 })] });
    const split = [accepts({ currencies: ['BPT'] }), accepts({ reimbursementMicros: '9999' })];
    expect((await propose('SHOP', '2026-01-24T23:59:59+08:00', split, ['ACCEPTOR'])).userErrors).toMatchObject([
      {
        code: 'NOTICE_TOO_SHORT',
        details: {
          what: 'acceptance APT',
          before: '10000 micros per point',
          after: '9999 micros per point',
          noticeDays: 10,
          earliest: '2026-01-25',
        },
      },
    ]);
    expect(refusal(await propose('SHOP', '2026-01-25T00:00:00+08:00', split, ['ACCEPTOR']))).toBeUndefined();
    // R of APT is 10,000 as well: to leave the reimbursement out changes nothing. R of BPT is 5,000.
    const standard = (code: string) => [{ acceptance: { currencies: [code] } }];
    expect(refusal(await propose('SHOP', '2026-01-16T00:00:00+08:00', standard('APT'), ['ACCEPTOR']))).toBeUndefined();
    expect(refusal(await propose('SHOP', '2026-01-16T00:00:00+08:00', standard('BPT'), ['ACCEPTOR']))).toBe('NOTICE_TOO_SHORT');
  });

  test('the days that bind are those of the old clause: a new one cannot shorten them', async () => {
    await nova.join('SLY', { clauses: [accepts()] });
    const worse = [accepts({ reimbursementMicros: '5000', noticeDays: 0 })];
    expect(refusal(await propose('SLY', IN_29_DAYS, worse, ['ACCEPTOR']))).toBe('NOTICE_TOO_SHORT');
  });

  test('taking a clause out and putting a worse one in is no way past the notice', async () => {
    await nova.join('DODGE', { currency: 'DODGEPT', clauses: [exchange('DODGEPT')] });
    await put('DODGE', '2026-01-20T00:00:00+08:00', [issues('DODGEPT')]);
    const worse = [issues('DODGEPT'), exchange('DODGEPT', { spreadBps: 900 })];
    expect(refusal(await propose('DODGE', '2026-01-21T00:00:00+08:00', worse))).toBe('NOTICE_TOO_SHORT');
    expect(refusal(await propose('DODGE', IN_30_DAYS, worse))).toBeUndefined();
    expect(refusal(await propose('DODGE', '2026-01-21T00:00:00+08:00', [issues('DODGEPT'), exchange('DODGEPT')]))).toBeUndefined();
  });

  test('a version that never came into force promised nothing, nor does one that nobody signed', async () => {
    await nova.join('AIRY', { clauses: [accepts({ reimbursementMicros: '8000' })] });
    await propose('AIRY', '2026-01-18T00:00:00+08:00', [accepts()], ['ACCEPTOR']);
    await put('AIRY', '2026-01-20T00:00:00+08:00', [accepts()]);
    await put('AIRY', '2026-01-20T00:00:00+08:00', [accepts({ reimbursementMicros: '8000' })]);
    expect((await api.read('AIRY')).versions).toMatchObject([
      { number: 4, effectiveUntil: null },
      { number: 3, effectiveFrom: '2026-01-19T16:00:00.000Z', effectiveUntil: '2026-01-19T16:00:00.000Z' },
      {},
      {},
    ]);
    expect(
      refusal(await propose('AIRY', '2026-01-21T00:00:00+08:00', [accepts({ reimbursementMicros: '8000' })], ['ACCEPTOR'])),
    ).toBeUndefined();
  });

  test('the days are counted again when the operator signs, and when a draft is proposed', async () => {
    await nova.join('LATE', { clauses: [accepts()] });
    const worse = [accepts({ reimbursementMicros: '5000' })];
    const { contract } = await propose('LATE', IN_30_DAYS, worse, ['ACCEPTOR']);
    const contractId = contract?.id ?? '';
    await api.done('draft-contract', {
      partner: 'LATE',
      effectiveFrom: IN_29_DAYS,
      clauses: [{ scope: { roles: ['ACCEPTOR'] } }, ...worse],
    });
    expect(refusal(await api.change('propose-draft', { contractId, version: 3 }))).toBe('NOTICE_TOO_SHORT');
    await api.done('sign-contract', { contractId, version: 2 }, 'LATE');
    await nova.setClock('2026-01-16T00:00:00+08:00');
    expect(refusal(await api.change('sign-contract', { contractId, version: 2 }))).toBe('NOTICE_TOO_SHORT');
    await nova.setClock('2026-01-15T12:00:00+08:00');
    await api.done('sign-contract', { contractId, version: 2 });
    expect((await api.read('LATE')).versions.map(({ number, status }) => [number, status])).toEqual([
      [2, 'SIGNED_BOTH'],
      [1, 'IN_FORCE'],
    ]);
  });
});

describe('categories', () => {
  const brand = (code: string, category?: string) => nova.operate('create-partner', { code, name: code, roles: ['ACCEPTOR'], category });
  const only = (category: string) => ({ exclusivity: { category } });

  test('[L21] a second COFFEE partner is refused while another holds the exclusivity of the category', async () => {
    await brand('BEAN', 'COFFEE');
    await brand('ROAST', ' Coffee ');
    await brand('TEAROOM', 'TEA');
    await put('BEAN', '2026-01-01T00:00:00+08:00', [only('COFFEE')]);
    expect((await propose('ROAST', '2026-01-01T00:00:00+08:00', [])).userErrors).toMatchObject([
      { code: 'CATEGORY_EXCLUSIVE', details: { partner: 'BEAN', category: 'COFFEE' } },
    ]);
    await put('TEAROOM', '2026-01-01T00:00:00+08:00', []);
    // Its own category is in nobody's way.
    await put('BEAN', '2026-01-10T00:00:00+08:00', [only('coffee')]);
    expect(await nova.faults()).toEqual([]);
  });

  test('the promise comes second as little as the rival', async () => {
    await brand('FLORA', 'FLOWERS');
    await brand('PETAL', 'FLOWERS');
    await put('FLORA', '2026-01-01T00:00:00+08:00', []);
    expect((await propose('PETAL', '2026-01-01T00:00:00+08:00', [only('flowers')])).userErrors).toMatchObject([
      { code: 'CATEGORY_EXCLUSIVE', details: { partner: 'FLORA', category: 'flowers' } },
    ]);
  });

  test('of two that are proposed at once the second to be signed is refused', async () => {
    await brand('FIRST', 'BOOKSHOP');
    await brand('SECOND', 'BOOKSHOP');
    const first = await propose('FIRST', '2026-01-01T00:00:00+08:00', [only('BOOKSHOP')]);
    const second = await propose('SECOND', '2026-01-01T00:00:00+08:00', []);
    expect([refusal(first), refusal(second)]).toEqual([undefined, undefined]);
    await api.sign('FIRST', first.contract?.id ?? '', 1);
    await api.done('sign-contract', { contractId: second.contract?.id ?? '', version: 1 }, 'SECOND');
    expect(refusal(await api.change('sign-contract', { contractId: second.contract?.id ?? '', version: 1 }))).toBe('CATEGORY_EXCLUSIVE');
    expect((await api.read('SECOND')).status).toBe('SIGNED');
  });

  test('the category is free when burning has ended, after an end by date as after a notice', async () => {
    await brand('OLD', 'GAMES');
    await brand('NEXT', 'GAMES');
    const leaving = { termination: { noticeDays: 1, earnEndDays: 2, burnEndDays: 4, tailMonths: 1, outstandingPolicy: 'HONOUR' } };
    const bounded = await api.done('propose-contract', {
      partner: 'OLD',
      effectiveFrom: '2026-01-01T00:00:00+08:00',
      effectiveUntil: '2026-03-01T00:00:00+08:00',
      clauses: [{ scope: { roles: ['ACCEPTOR'] } }, only('GAMES'), leaving],
    });
    await api.sign('OLD', bounded.contract?.id ?? '', 1);
    // It ends with February and burns for two days more.
    expect(refusal(await propose('NEXT', '2026-03-02T23:59:59+08:00', []))).toBe('CATEGORY_EXCLUSIVE');
    expect(refusal(await propose('NEXT', '2026-03-03T00:00:00+08:00', []))).toBeUndefined();
    await api.done('give-contract-notice', { contractId: bounded.contract?.id ?? '' });
    expect(refusal(await propose('NEXT', '2026-01-19T00:00:00+08:00', []))).toBe('CATEGORY_EXCLUSIVE');
    expect(refusal(await propose('NEXT', '2026-01-20T00:00:00+08:00', []))).toBeUndefined();
  });

  test('burning that goes on after an end by date is in the way of a promise that begins in it, and of a change of category', async () => {
    for (const code of ['CELLAR', 'VINEYARD']) await brand(code, 'WINE');
    for (const code of ['ALE', 'STOUT']) await brand(code, 'BEER');
    const bounded = (partner: string, from: number, until: number, burnEndDays: number) =>
      api.change('propose-contract', {
        partner,
        effectiveFrom: `2026-01-${from}T00:00:00+08:00`,
        effectiveUntil: `2026-01-${until}T00:00:00+08:00`,
        clauses: [
          { scope: { roles: ['ACCEPTOR'] } },
          { termination: { noticeDays: 0, earnEndDays: 1, burnEndDays, tailMonths: 1, outstandingPolicy: 'HONOUR' } },
        ],
      });
    // Their ends are 20 January, and burning goes on for ten days, or twenty.
    for (const [code, burnEndDays] of [
      ['CELLAR', 11],
      ['ALE', 11],
      ['STOUT', 21],
    ] as const)
      await api.sign(code, (await bounded(code, 10, 20, burnEndDays)).contract?.id ?? '', 1);
    expect(refusal(await propose('VINEYARD', '2026-01-29T23:59:59+08:00', [only('WINE')]))).toBe('CATEGORY_EXCLUSIVE');
    await put('VINEYARD', '2026-01-30T00:00:00+08:00', [only('WINE')]);
    expect(refusal(await bounded('CELLAR', 20, 21, 11))).toBe('CATEGORY_EXCLUSIVE');
    expect(refusal(await bounded('CELLAR', 20, 21, 10))).toBeUndefined();
    await nova.setClock('2026-01-25T12:00:00+08:00');
    const moveToWine = (code: string) => api.change('update-partner', { code, category: 'WINE' });
    expect([refusal(await moveToWine('ALE')), refusal(await moveToWine('STOUT'))]).toEqual([undefined, 'CATEGORY_EXCLUSIVE']);
    await nova.setClock('2026-01-15T12:00:00+08:00');
  });
});
