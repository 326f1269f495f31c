import { type Member, type Nova, refusal, startNova } from '../support/coalition.ts';
import { EXCHANGING, type Exchanging, exchange, exchanging, quoteOf } from './exchange-api.ts';

let nova: Nova;
let api: Exchanging;
let rich: Member;
beforeAll(async () => {
  nova = await startNova(EXCHANGING);
  api = exchanging(nova);
  await nova.join('KIOSK', { scope: { roles: ['EXCHANGER'] }, acceptance: { currencies: ['APT'] } });
  rich = await api.memberWith({ AERO: 200_000, BOOKS: 1_000, CAFE: 100_000 });
});
afterAll(() => nova.stop());

async function suspend(partner: string, suspended: boolean): Promise<void> {
  await nova.app.db.rows(
    `update partners.contracts set suspended_at = case when $2 then platform.now() end
     where partner_id = (select id from partners.partners where code = $1)`,
    [partner, suspended],
  );
  await nova.app.db.rows("update platform.state set revision = nextval('platform.revisions')");
}

test('a quote says what is given and received, at which rate, what it is worth, and until when', async () => {
  // given R(APT) = 10,000, R(BPT) = 5,000 and a spread of 500 bps
  const before = await nova.countRows();
  const quote = quoteOf(await api.quote(rich, 'APT', 'BPT', 1000));
  expect(quote).toMatchObject({
    debited: 1000,
    credited: 1900,
    spreadBps: 500,
    feePoints: 0,
    mid: { numerator: '2', denominator: '1' },
    rate: { numerator: '19', denominator: '10' },
    valueBefore: { minor: '1000', currency: 'CNY' },
    valueAfter: { minor: '950', currency: 'CNY' },
  });
  const [clock] = await nova.app.db.rows<{ seconds: number }>(
    'select extract(epoch from $1::timestamptz - platform.now())::float8 as seconds',
    [quote.expiresAt],
  );
  expect(clock?.seconds).toBeGreaterThan(270);
  expect(clock?.seconds).toBeLessThanOrEqual(300);
  // then nothing was posted or set aside
  expect(await nova.countRows()).toEqual(before);
  expect(await nova.balanceOf(rich, 'APT')).toMatchObject({ available: 200_000, held: 0 });
});

test('values are rounded half away from zero, credits are floored once', async () => {
  // 1 APT = 1 fen; floor(1 x 2 x 0.95) = 1 BPT = 0.5 fen
  expect(quoteOf(await api.quote(rich, 'APT', 'BPT', 1))).toMatchObject({
    credited: 1,
    valueBefore: { minor: '1' },
    valueAfter: { minor: '1' },
  });
  expect(quoteOf(await api.quote(rich, 'CPT', 'APT', 30_001))).toMatchObject({ credited: 57_001 });
});

test('a member asks for itself, a partner names one, and the operator does not ask', async () => {
  const other = await nova.enrol();
  const input = { from: 'APT', to: 'BPT', points: 100 };
  expect(refusal(await api.ask(rich.token, { ...input, member: { id: rich.id } }))).toBeUndefined();
  expect(refusal(await api.ask(rich.token, { ...input, member: { cardNumber: rich.cardNumber } }))).toBeUndefined();
  expect(refusal(await api.ask(rich.token, { ...input, member: { id: other.id } }))).toBe('FORBIDDEN');
  const kiosk = await nova.token('KIOSK');
  expect(refusal(await api.ask(kiosk, { ...input, member: { id: rich.id } }))).toBeUndefined();
  expect(await api.ask(kiosk, input)).toMatchObject({ userErrors: [{ code: 'VALIDATION', field: ['input', 'member'] }] });
  expect(await api.ask(kiosk, { ...input, member: { id: 'mem_nobody' } })).toMatchObject({
    userErrors: [{ code: 'VALIDATION', field: ['input', 'member'] }],
  });
  expect(refusal(await api.ask(nova.operator, { ...input, member: { id: rich.id } }))).toBe('FORBIDDEN');
  expect((await nova.answer(undefined, 'quote-exchange', { input })).errors).toMatchObject([{ extensions: { code: 'UNAUTHENTICATED' } }]);
});

test('[L06] a partner whose scope is to issue and accept only does not exchange', async () => {
  // given AERO, whose scope is ISSUER and ACCEPTOR, and KIOSK, which is an EXCHANGER
  const input = { member: { id: rich.id }, from: 'APT', to: 'BPT', points: 100 };
  expect(refusal(await api.ask(await nova.token('AERO'), input))).toBe('CLAUSE_NOT_GRANTED');
  expect(refusal(await api.ask(await nova.token('KIOSK'), input))).toBeUndefined();
});

test.each([
  ['no points', { points: 0 }, 'points'],
  ['too many points', { points: 1_000_000_000_001 }, 'points'],
  ['an unknown source', { from: 'XPT' }, 'from'],
  ['an unknown destination', { to: 'XPT' }, 'to'],
  ['one currency on both sides', { to: 'APT' }, 'to'],
  ['a member named twice over', { member: { id: 'a', cardNumber: 'b' } }, 'member'],
])('%s is a question without an answer', async (_, wrong, field) => {
  expect(await api.ask(rich.token, { from: 'APT', to: 'BPT', points: 100, ...wrong })).toMatchObject({
    quote: null,
    userErrors: [{ code: 'VALIDATION', field: ['input', field] }],
  });
});

test('without a clause of the source there is no exchange, in the other direction neither', async () => {
  expect(refusal(await api.quote(rich, 'BPT', 'APT', 100))).toBe('CLAUSE_NOT_GRANTED');
  expect(refusal(await api.quote(rich, 'CPT', 'BPT', 100))).toBe('CLAUSE_NOT_GRANTED');
});

test('more points than can be spent are not quoted, nor those of a suspended member', async () => {
  const member = await api.memberWith({ AERO: 500 });
  await nova.hold('DEPOT', member, 'APT', 100);
  expect(await api.quote(member, 'APT', 'BPT', 401)).toMatchObject({
    userErrors: [{ code: 'INSUFFICIENT_POINTS', details: { available: 400, required: 401 } }],
  });
  expect(refusal(await api.quote(member, 'APT', 'BPT', 400))).toBeUndefined();
  await nova.operate('set-member-status', { memberId: member.id, status: 'SUSPENDED' });
  expect(refusal(await api.quote(member, 'APT', 'BPT', 400))).toBe('MEMBER_SUSPENDED');
});

test('a clause sets the fewest points and their multiple', async () => {
  await nova.join('LEAST', { currency: 'LPT', price: [10_000, 0], clauses: [exchange('LPT', 'BPT', { minPoints: 1000, increment: 50 })] });
  const member = await api.memberWith({ LEAST: 10_000 });
  expect(await api.quote(member, 'LPT', 'BPT', 950)).toMatchObject({ userErrors: [{ code: 'BELOW_MINIMUM', details: { minimum: 1000 } }] });
  expect(await api.quote(member, 'LPT', 'BPT', 1001)).toMatchObject({
    userErrors: [{ code: 'VALIDATION', field: ['input', 'points'], details: { increment: 50 } }],
  });
  expect(quoteOf(await api.quote(member, 'LPT', 'BPT', 1000))).toMatchObject({ credited: 1900 });
  expect(quoteOf(await api.quote(member, 'LPT', 'BPT', 1050))).toMatchObject({ credited: 1995 });
});

test('a multiple that is not kept is a matter of form, and said before anything else', async () => {
  await nova.join('TENS', {
    currency: 'TPT',
    clauses: [exchange('TPT', 'BPT', { minPoints: 10, increment: 10, maxPerTxPoints: 100 })],
  });
  const member = await api.memberWith({ TENS: 1000 });
  const said = async (token: string, points: number) =>
    refusal(await api.ask(token, { member: { id: member.id }, from: 'TPT', to: 'BPT', points }));
  const stranger = await nova.enrol();
  expect(await Promise.all([5, 15, 115, 110].map((points) => said(member.token, points)))).toEqual([
    'VALIDATION',
    'VALIDATION',
    'VALIDATION',
    'CAP_EXCEEDED',
  ]);
  expect([await said(stranger.token, 15), await said(stranger.token, 20)]).toEqual(['VALIDATION', 'FORBIDDEN']);
  expect([await said(await nova.token('AERO'), 15), await said(await nova.token('AERO'), 20)]).toEqual([
    'VALIDATION',
    'CLAUSE_NOT_GRANTED',
  ]);
  await nova.operate('set-member-status', { memberId: member.id, status: 'SUSPENDED' });
  expect([await said(member.token, 15), await said(member.token, 20)]).toEqual(['VALIDATION', 'MEMBER_SUSPENDED']);
  await suspend('TENS', true);
  expect([await said(member.token, 15), await said(member.token, 20)]).toEqual(['VALIDATION', 'CONTRACT_NOT_ACTIVE']);
  await suspend('TENS', false);
});

test('a currency of the coalition is exchanged by whoever of those that offer it still lets points be burned', async () => {
  await nova.operate('create-point-currency', { code: 'COAL', name: 'Coalition', expiry: { never: true } });
  const issue = (micros: number) => ({ issuance: { currency: 'COAL', redemptionElementMicros: micros, serviceElementMicros: 0 } });
  const roles = { scope: { roles: ['ISSUER', 'ACCEPTOR'] } };
  await nova.join('COAL1', { clauses: [roles, issue(10_000), exchange('COAL', 'BPT')] });
  await nova.join('COAL2', { clauses: [roles, issue(4_000), exchange('COAL', 'BPT', { spreadBps: 1000 })] });
  const member = await nova.enrol();
  await nova.earn('COAL2', member, { points: 1000, currency: 'COAL' });
  const spread = async () => {
    const { quote, userErrors } = await api.quote(member, 'COAL', 'BPT', 100);
    return quote?.spreadBps ?? userErrors[0]?.code;
  };
  expect(await spread()).toBe(500);
  await suspend('COAL1', true);
  expect(await spread()).toBe(1000);
  await suspend('COAL2', true);
  expect(await spread()).toBe('CONTRACT_NOT_ACTIVE');
  await suspend('COAL1', false);
  expect(await spread()).toBe(500);
});

test('fewer points than buy one of the others are below the minimum, which is named', async () => {
  // 200 to 1 and a fee of 10: (points - 10) x 0.95 / 200 is one point from 221 on
  await nova.join('HOTEL', {
    currency: 'HPT',
    clauses: [exchange('HPT', 'BPT', { rate: { numerator: '1', denominator: '200' }, feePoints: 10 })],
  });
  const member = await api.memberWith({ HOTEL: 1000 });
  expect(await api.quote(member, 'HPT', 'BPT', 220)).toMatchObject({ userErrors: [{ code: 'BELOW_MINIMUM', details: { minimum: 221 } }] });
  expect(await api.quote(member, 'HPT', 'BPT', 10)).toMatchObject({ userErrors: [{ code: 'BELOW_MINIMUM', details: { minimum: 221 } }] });
  expect(quoteOf(await api.quote(member, 'HPT', 'BPT', 221))).toMatchObject({
    credited: 1,
    feePoints: 10,
    rate: { numerator: '19', denominator: '4000' },
  });
});

test.each([
  ['at once', 'MAXTX', { maxPerTxPoints: 500 }],
  ['in a day', 'MAXDAY', { perMemberDayPoints: 500 }],
  ['in a month', 'MAXMONTH', { perMemberMonthPoints: 500 }],
  ['in a year', 'MAXYEAR', { perMemberYearPoints: 500 }],
  ['in a cycle', 'MAXCYCLE', { capPerCycle: 500 }],
])('a quote shows the cap for points given %s', async (_, partner, cap) => {
  await nova.join(partner, { currency: `${partner}P`, clauses: [exchange(`${partner}P`, 'BPT', cap)] });
  const member = await api.memberWith({ [partner]: 10_000 });
  expect(await api.quote(member, `${partner}P`, 'BPT', 501)).toMatchObject({
    userErrors: [{ code: 'CAP_EXCEEDED', details: { limit: 500, remaining: 500 } }],
  });
  expect(refusal(await api.quote(member, `${partner}P`, 'BPT', 500))).toBeUndefined();
});

test('what no book could hold is not quoted', async () => {
  await nova.join('GIANT', {
    currency: 'GPT',
    clauses: [exchange('GPT', 'BPT', { rate: { numerator: '1000000000000', denominator: '1' } })],
  });
  const member = await api.memberWith({ GIANT: 1000 });
  expect(await api.quote(member, 'GPT', 'BPT', 1000)).toMatchObject({ userErrors: [{ code: 'VALIDATION', field: ['input', 'points'] }] });
});

test('an exchange for points that nobody has put a price on sleeps until somebody does', async () => {
  await nova.operate('create-partner', { code: 'ZED', name: 'Zed', roles: ['ISSUER'] });
  await nova.operate('create-point-currency', { code: 'ZPT', name: 'Zed points', issuer: 'ZED', expiry: { never: true } });
  await nova.join('EARLY', { currency: 'EPT', clauses: [exchange('EPT', 'ZPT')] });
  const member = await api.memberWith({ EARLY: 1000 });
  expect(refusal(await api.quote(member, 'EPT', 'ZPT', 100))).toBe('CONTRACT_NOT_ACTIVE');
  await nova.amend('ZED', '2026-01-01T00:00:00+08:00', { currency: 'ZPT', price: [20_000, 0] });
  expect(quoteOf(await api.quote(member, 'EPT', 'ZPT', 100))).toMatchObject({ credited: 47 });
});

test('while the contract of either side is suspended, nothing is quoted; of the caller, not to it', async () => {
  for (const partner of ['AERO', 'BOOKS']) {
    await suspend(partner, true);
    expect(refusal(await api.quote(rich, 'APT', 'BPT', 100))).toBe('CONTRACT_NOT_ACTIVE');
    await suspend(partner, false);
    expect(refusal(await api.quote(rich, 'APT', 'BPT', 100))).toBeUndefined();
  }
  await suspend('KIOSK', true);
  const input = { member: { id: rich.id }, from: 'APT', to: 'BPT', points: 100 };
  expect(refusal(await api.ask(await nova.token('KIOSK'), input))).toBe('CONTRACT_NOT_ACTIVE');
  expect(refusal(await api.ask(rich.token, input))).toBeUndefined();
  await suspend('KIOSK', false);
});

test('a leaving partner gives points until its burning ends, and takes none on after its earning has', async () => {
  // given earnEnd two days and burnEnd four days after the notice
  await nova.join('LEAVES', { currency: 'VPT', clauses: [exchange('VPT', 'BPT')] });
  await nova.join('STAYS', { currency: 'SPT', clauses: [exchange('SPT', 'VPT')] });
  const member = await api.memberWith({ LEAVES: 1000, STAYS: 1000 });
  const [{ id } = { id: '' }] = await nova.app.db.rows<{ id: string }>(
    `select 'ctr_' || replace(c.id::text, '-', '') as id from partners.contracts c join partners.partners p on p.id = c.partner_id where p.code = 'LEAVES'`,
  );
  await nova.operate('give-contract-notice', { contractId: id, reason: 'leaving' });
  const both = async () => [refusal(await api.quote(member, 'VPT', 'BPT', 100)), refusal(await api.quote(member, 'SPT', 'VPT', 100))];
  expect(await both()).toEqual([undefined, undefined]);
  await nova.setClock('2026-01-18T00:00:00+08:00');
  expect(await both()).toEqual([undefined, 'CONTRACT_ENDED']);
  await nova.setClock('2026-01-20T00:00:00+08:00');
  expect(await both()).toEqual(['CONTRACT_ENDED', 'CONTRACT_ENDED']);
});

test('quotes that nobody executed are deleted a week after they ended', async () => {
  const count = async () => {
    const [row] = await nova.app.db.rows<{ count: bigint }>('select count(*) as count from exchange.quotes');
    return row?.count;
  };
  await nova.setClock('2026-01-21T00:00:00+08:00');
  await nova.runJob('DELETE_QUOTES', '2026-01-20T00:00:00+08:00');
  const before = await count();
  expect(before).toBeGreaterThan(0n);
  await nova.runJob('DELETE_QUOTES', '2026-01-21T00:00:00+08:00');
  expect(await count()).toBe(before);
  await nova.setClock('2026-01-30T00:00:00+08:00');
  await nova.runJob('DELETE_QUOTES', '2026-01-30T00:00:00+08:00');
  expect(await count()).toBe(0n);
});
