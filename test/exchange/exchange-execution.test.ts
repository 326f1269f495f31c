import { Client } from 'pg';
import { toBalanceChange } from '../../src/exchange/live/balance-change.types.ts';
import { readChangesAfter } from '../../src/exchange/live/wallet-changes.queries.ts';
import { parseIdOf } from '../../src/kernel/ids.ts';
import { coalitionNow } from '../../src/partners/coalition.ts';
import { accrualOf, type Member, type Nova, redemptionOf, refusal, startNova } from '../support/coalition.ts';
import { EXCHANGING, type Exchanging, exchange, exchangeOf, exchanging, quoteOf } from './exchange-api.ts';

let nova: Nova;
let api: Exchanging;
beforeAll(async () => {
  nova = await startNova(EXCHANGING);
  api = exchanging(nova);
  await nova.join('KIOSK', { scope: { roles: ['EXCHANGER'] }, acceptance: { currencies: ['APT'] } });
  await nova.join('STALL', { scope: { roles: ['EXCHANGER'] }, acceptance: { currencies: ['APT'] } });
});
afterAll(() => nova.stop());

const available = async (member: Member, ...currencies: string[]) =>
  Promise.all(currencies.map(async (currency) => (await nova.balanceOf(member, currency)).available));
const lotOf = async (id: string) => {
  const [row] = await nova.app.db.rows<{ code: string; origin: string; expires: Date; redemption: bigint; funded: bigint }>(
    `select p.code, l.origin, l.expires_at as expires, l.redemption_micros as redemption, l.funded_micros as funded
     from ledger.lots l join partners.partners p on p.id = l.issuer where 'lot_' || replace(l.id::text, '-', '') = $1`,
    [id],
  );
  return row;
};

test('the exchanges of the worked month: 100,000 APT are 190,000 BPT, 30,001 CPT are 57,001 APT', async () => {
  // given
  const member = await api.memberWith({ AERO: 100_000, CAFE: 30_001 });
  const pools = async () => Promise.all(['APT', 'BPT', 'CPT'].map((currency) => api.money('POOL', currency)));
  expect(await pools()).toEqual([1_000_000_000n, 0n, 600_020_000n]);
  // when
  const first = await api.exchange(member, 'APT', 'BPT', 100_000);
  expect(exchangeOf(first)).toMatchObject({ debited: 100_000, credited: 190_000, feePoints: 0, feeMicros: '0', spreadMicros: '50000000' });
  expect(first.balances).toMatchObject([
    { currency: { code: 'APT' }, available: 0, version: '2' },
    { currency: { code: 'BPT' }, available: 190_000, version: '1' },
  ]);
  const second = await api.exchange(member, 'CPT', 'APT', 30_001);
  expect(exchangeOf(second)).toMatchObject({ debited: 30_001, credited: 57_001, spreadMicros: '30010000' });
  // then the value has moved between the pools, and what is left of it stands whole on the account of each pair
  expect(await pools()).toEqual([570_010_000n, 950_000_000n, 0n]);
  expect(await Promise.all([api.money('SPREAD', 'APT', 'BPT'), api.money('SPREAD', 'CPT', 'APT')])).toEqual([50_000_000n, 30_010_000n]);
  // the new points are those of the issuer of their currency, fully funded, and last as long as if they had been earned now
  expect(await lotOf(exchangeOf(first).lotId)).toMatchObject({ code: 'BOOKS', origin: 'EXCHANGE', redemption: 5_000n, funded: 5_000n });
  const { expires } = (await lotOf(exchangeOf(first).lotId)) ?? {};
  expect(expires?.toISOString().slice(0, 10)).toBe('2027-01-15');
  expect(await nova.faults()).toEqual([]);
});

test('a fee is taken first and is the operator’s; the spread is what is left', async () => {
  await nova.join('FEES', { currency: 'FPT', clauses: [exchange('FPT', 'BPT', { feePoints: 100 })] });
  const member = await api.memberWith({ FEES: 1000 });
  // (1,000 - 100) x 2 x 0.95
  const done = exchangeOf(await api.exchange(member, 'FPT', 'BPT', 1000));
  expect(done).toMatchObject({ debited: 1000, credited: 1710, feePoints: 100, feeMicros: '1000000', spreadMicros: '450000' });
  expect([await api.money('OPERATOR', 'FPT'), await api.money('SPREAD', 'FPT', 'BPT')]).toEqual([1_000_000n, 450_000n]);
  expect(await nova.faults()).toEqual([]);
});

test('a rate above mid costs the shares: the spread is negative', async () => {
  await nova.join('SALE', {
    currency: 'SPT',
    clauses: [exchange('SPT', 'BPT', { spreadBps: 0, rate: { numerator: '5', denominator: '2' } })],
  });
  const member = await api.memberWith({ SALE: 1000 });
  expect(exchangeOf(await api.exchange(member, 'SPT', 'BPT', 1000))).toMatchObject({ credited: 2500, spreadMicros: '-2500000' });
  expect(await api.money('SPREAD', 'SPT', 'BPT')).toBe(-2_500_000n);
  expect(await nova.faults()).toEqual([]);
});

test.each([
  ['nothing', 'LATER', { fundingModel: 'ON_REDEMPTION' }, -200, -1190],
  ['half', 'HALF', { fundingModel: 'HYBRID', issueShareBps: 5000 }, -700, -1190],
])(
  'an issuer that had paid %s for its points at first pays the rest when they are exchanged',
  async (_, partner, issuance, before, after) => {
    await nova.join(partner, { currency: `${partner}P`, issuance, clauses: [exchange(`${partner}P`, 'BPT')] });
    const net = async () => Number((await nova.positionOf(partner)).netPosition.minor);
    const member = await api.memberWith({ [partner]: 1000 });
    expect(await net()).toBe(before);
    expect(exchangeOf(await api.exchange(member, `${partner}P`, 'BPT', 1000))).toMatchObject({ credited: 1900, spreadMicros: '500000' });
    // 12.00 for 1,000 points, less its 20 % of the spread of 0.50
    expect(await net()).toBe(after);
    expect(await api.money('POOL', `${partner}P`)).toBe(0n);
    expect(await nova.faults()).toEqual([]);
  },
);

test('of a currency of the coalition every lot gives what its own issuer put behind it', async () => {
  await nova.operate('create-point-currency', { code: 'STAR', name: 'Stars', expiry: { never: true } });
  const issue = (micros: number) => ({ issuance: { currency: 'STAR', redemptionElementMicros: micros, serviceElementMicros: 0 } });
  const roles = { scope: { roles: ['ISSUER', 'ACCEPTOR'] } };
  await nova.join('NORTH', { clauses: [roles, issue(10_000), exchange('STAR', 'BPT', { spreadBps: 1000 })] });
  await nova.join('SOUTH', { clauses: [roles, issue(9_500)] });
  const member = await nova.enrol();
  for (const partner of ['NORTH', 'SOUTH']) await nova.earn(partner, member, { points: 1000, currency: 'STAR' });
  // 2,000 at 10,000 are 3,600 BPT or 18,000,000 micros; the lots hold 19,500,000
  expect(exchangeOf(await api.exchange(member, 'STAR', 'BPT', 2000))).toMatchObject({ credited: 3600, spreadMicros: '1500000' });
  expect(await api.money('POOL', 'STAR')).toBe(0n);
  expect(Number((await nova.positionOf('SOUTH')).netPosition.minor)).toBe(-950);
  expect(await nova.faults()).toEqual([]);
});

test('points leave the lot that expires first', async () => {
  const member = await nova.enrol();
  await nova.earn('AERO', member, { points: 100, occurredAt: '2026-01-12T10:00:00+08:00' });
  await nova.earn('AERO', member, { points: 100, occurredAt: '2026-01-05T10:00:00+08:00' });
  await api.exchange(member, 'APT', 'BPT', 150);
  const lots = await nova.app.db.rows<{ left: bigint }>(
    `select l.available as left from ledger.lots l join ledger.accounts a on a.id = l.account_id
     where 'mem_' || replace(a.owner::text, '-', '') = $1 and l.origin = 'ACCRUAL' order by l.expires_at`,
    [member.id],
  );
  expect(lots.map(({ left }) => left)).toEqual([0n, 50n]);
});

test('a quote holds rate, spread and fee when they have changed since; money is at the prices of the execution', async () => {
  const agreed = { noticeDays: 0, quoteTtlSeconds: 7200 };
  await nova.join('MOVES', { currency: 'MPT', price: [10_000, 0], clauses: [exchange('MPT', 'BPT', agreed)] });
  const member = await api.memberWith({ MOVES: 3000 });
  // given a second version, half an hour from now: a point is worth less, and the spread is wider
  await nova.amend('MOVES', '2026-01-15T12:30:00+08:00', {
    currency: 'MPT',
    price: [8_000, 0],
    clauses: [exchange('MPT', 'BPT', { ...agreed, spreadBps: 1000 })],
  });
  const quote = quoteOf(await api.quote(member, 'MPT', 'BPT', 1000));
  // when it is in force
  await nova.setClock('2026-01-15T12:30:00+08:00');
  // 1,000 x 8,000 - 1,900 x 5,000
  expect(exchangeOf(await api.execute(member.token, quote.id))).toMatchObject({ credited: 1900, spreadMicros: '-1500000' });
  // 1,000 x 1.6 x 0.9
  expect(quoteOf(await api.quote(member, 'MPT', 'BPT', 1000))).toMatchObject({
    credited: 1440,
    spreadBps: 1000,
    valueBefore: { minor: '800' },
  });
  expect(exchangeOf(await api.exchange(member, 'MPT', 'BPT', 1000))).toMatchObject({ spreadMicros: '800000' });
  await api.exchange(member, 'MPT', 'BPT', 1000);
  expect(await nova.faults()).toEqual([]);
});

test('points that were repriced between quote and execution are worth in the book what they are then', async () => {
  const quoteTtlSeconds = 86_400;
  await nova.join('UPS', { currency: 'UPT', price: [5_000, 0] });
  await nova.join('SEEN', { currency: 'SPT1', price: [10_000, 0], clauses: [exchange('SPT1', 'UPT', { quoteTtlSeconds, feePoints: 10 })] });
  await nova.join('UPSHOP', { acceptance: { currencies: ['UPT'] } });
  const member = await api.memberWith({ SEEN: 1010 });
  const quote = quoteOf(await api.quote(member, 'SPT1', 'UPT', 1010));
  expect(quote).toMatchObject({ credited: 1900, valueBefore: { minor: '1010' }, valueAfter: { minor: '950' } });
  // given both repriced: what is received costs four times as much, what is given half as much again
  await nova.amend('UPS', '2026-01-15T13:00:00+08:00', { currency: 'UPT', price: [20_000, 0] });
  await nova.amend('SEEN', '2026-01-15T13:00:00+08:00', {
    currency: 'SPT1',
    price: [15_000, 0],
    clauses: [exchange('SPT1', 'UPT', { quoteTtlSeconds, feePoints: 10 })],
  });
  await nova.setClock('2026-01-15T13:00:00+08:00');
  // when
  const done = exchangeOf(await api.execute(member.token, quote.id));
  // then 1,010 x 15,000 - 10 x 15,000 - 1,900 x 20,000
  expect(done).toMatchObject({ credited: 1900, feePoints: 10, feeMicros: '150000', spreadMicros: '-23000000' });
  expect(await lotOf(done.lotId)).toMatchObject({ code: 'UPS', redemption: 20_000n, funded: 20_000n });
  expect([await api.money('POOL', 'SPT1'), await api.money('POOL', 'UPT')]).toEqual([0n, 38_000_000n]);
  // its issuer paid for 500 micros a point more than it had funded, and burning them costs the other nothing
  const used = async (partner: string) => Number((await nova.positionOf(partner)).exposure.used.minor);
  const before = await used('UPS');
  await nova.capture('UPSHOP', redemptionOf(await nova.hold('UPSHOP', member, 'UPT', 1900)).id);
  expect([await used('UPS'), await api.money('POOL', 'UPT')]).toEqual([before, 0n]);
  expect(await nova.faults()).toEqual([]);
});

test('a repetition answers the first balances; the same key for another quote is a conflict; another key comes too late', async () => {
  const member = await api.memberWith({ AERO: 1000 });
  const [one, two] = [quoteOf(await api.quote(member, 'APT', 'BPT', 400)), quoteOf(await api.quote(member, 'APT', 'BPT', 300))];
  const key = nova.newKey();
  const first = await api.execute(member.token, one.id, key);
  expect(first).toMatchObject({ replayed: false, balances: [{ available: 600 }, { available: 760 }] });
  await nova.earn('AERO', member, { points: 5 });
  const rows = await nova.countRows();
  expect(await api.execute(member.token, one.id, key)).toEqual({ ...first, replayed: true });
  expect(refusal(await api.execute(member.token, two.id, key))).toBe('IDEMPOTENCY_CONFLICT');
  expect(refusal(await api.execute(member.token, one.id))).toBe('QUOTE_EXPIRED');
  expect(await nova.countRows()).toEqual(rows);
});

test('a quote is its member’s and its partner’s, and nobody else’s', async () => {
  const [member, other] = [await api.memberWith({ AERO: 1000 }), await nova.enrol()];
  const [kiosk, stall] = [await nova.token('KIOSK'), await nova.token('STALL')];
  const input = { member: { id: member.id }, from: 'APT', to: 'BPT', points: 100 };
  const [byMember, byKiosk, alsoByKiosk] = [
    quoteOf(await api.ask(member.token, input)),
    quoteOf(await api.ask(kiosk, input)),
    quoteOf(await api.ask(kiosk, input)),
  ];
  for (const [token, { id }] of [
    [other.token, byMember],
    [other.token, byKiosk],
    [stall, byKiosk],
    [kiosk, byMember],
    [member.token, { id: 'quo_00000000000000000000000000000000' }],
    [member.token, { id: 'nonsense' }],
    [nova.operator, byMember],
  ] as const)
    expect(refusal(await api.execute(token, id))).toBe('FORBIDDEN');
  // what a partner quoted, it executes, or the member does
  for (const [token, { id }] of [
    [member.token, byMember],
    [kiosk, byKiosk],
    [member.token, alsoByKiosk],
  ] as const)
    exchangeOf(await api.execute(token, id));
  expect(await available(member, 'APT', 'BPT')).toEqual([700, 570]);
});

test('caps are counted again when a quote is executed', async () => {
  await nova.join('CAPPED', { currency: 'KPT', clauses: [exchange('KPT', 'BPT', { perMemberDayPoints: 1000, capPerCycle: 1500 })] });
  const [member, other] = [await api.memberWith({ CAPPED: 5000 }), await api.memberWith({ CAPPED: 5000 })];
  const [one, two] = [quoteOf(await api.quote(member, 'KPT', 'BPT', 600)), quoteOf(await api.quote(member, 'KPT', 'BPT', 600))];
  exchangeOf(await api.execute(member.token, one.id));
  const rows = await nova.countRows();
  expect(await api.execute(member.token, two.id)).toMatchObject({
    userErrors: [{ code: 'CAP_EXCEEDED', details: { limit: 1000, remaining: 400 } }],
  });
  expect(refusal(await api.exchange(other, 'KPT', 'BPT', 900))).toBeUndefined();
  expect(await api.quote(member, 'KPT', 'BPT', 1)).toMatchObject({
    userErrors: [{ code: 'CAP_EXCEEDED', details: { limit: 1500, remaining: 0 } }],
  });
  expect((await nova.countRows()).postings).toBe((rows.postings ?? 0) + 1);
});

test('points that were spent since the quote cannot be exchanged, and the quote stays good', async () => {
  const member = await api.memberWith({ AERO: 1000 });
  const quote = quoteOf(await api.quote(member, 'APT', 'BPT', 800));
  const held = await nova.hold('DEPOT', member, 'APT', 300);
  expect(await api.execute(member.token, quote.id)).toMatchObject({
    exchange: null,
    balances: [],
    userErrors: [{ code: 'INSUFFICIENT_POINTS', details: { available: 700, required: 800 } }],
  });
  await nova.release('DEPOT', held.redemption?.id ?? '');
  expect(exchangeOf(await api.execute(member.token, quote.id))).toMatchObject({ debited: 800 });
});

test('an exchange shows in both wallets, to its member, its partner and the operator', async () => {
  const [member, other] = [await api.memberWith({ AERO: 1000 }), await nova.enrol()];
  const kiosk = await nova.token('KIOSK');
  const quote = quoteOf(await api.ask(kiosk, { member: { id: member.id }, from: 'APT', to: 'BPT', points: 100 }));
  const { id } = exchangeOf(await api.execute(kiosk, quote.id));
  const { me } = await nova.run<{ me: { activity: { edges: { node: Record<string, unknown> }[] } } }>(member.token, 'my-activity', {
    first: 2,
  });
  expect(me.activity.edges.map(({ node }) => node)).toMatchObject([
    {
      type: 'exchange.completed',
      partner: { name: 'KIOSK' },
      delta: { currency: { code: 'APT' }, points: -100 },
      balance: { available: 900 },
    },
    {
      type: 'exchange.completed',
      partner: { name: 'KIOSK' },
      delta: { currency: { code: 'BPT' }, points: 190 },
      balance: { available: 190 },
    },
  ]);
  const detail = await nova.app.graphql(
    '{ me { activity(first: 1) { edges { node { ... on ExchangeActivity { exchange { id debited } } } } } } }',
    { token: member.token },
  );
  expect(detail.data.me.activity.edges[0].node).toEqual({ exchange: { id, debited: 100 } });
  for (const token of [member.token, kiosk, nova.operator]) {
    expect(await nova.run(token, 'exchange', { id })).toMatchObject({
      node: { id, partner: { code: 'KIOSK' }, from: { code: 'APT' }, to: { code: 'BPT' }, debited: 100, credited: 190, redemption: null },
    });
  }
  for (const token of [other.token, await nova.token('STALL')]) {
    expect((await nova.answer(token, 'exchange', { id })).errors).toMatchObject([{ extensions: { code: 'FORBIDDEN' } }]);
  }
});

test('a follower of balances is told of an exchange in both currencies, and when the new points expire', async () => {
  const member = await api.memberWith({ AERO: 1000 });
  await api.exchange(member, 'APT', 'BPT', 100);
  const { coalition } = await coalitionNow(nova.app.db);
  const followed = async (code: string, after: bigint) => {
    const changes = await readChangesAfter(
      nova.app.db,
      parseIdOf('Member', member.id) ?? '',
      coalition.currencyOf(code)?.no ?? 0,
      after,
      10,
    );
    return changes.map((change) => toBalanceChange(coalition, change, true).change);
  };
  expect(await followed('APT', 1n)).toMatchObject([{ type: 'EXCHANGED', points: -100n, lotExpiresAt: undefined }]);
  expect(await followed('BPT', 0n)).toMatchObject([{ type: 'EXCHANGED', points: 190n, lotExpiresAt: expect.any(Date) }]);
});

test('exchanged points are not taken back by a return of the purchase that earned the first ones', async () => {
  const member = await nova.enrol();
  const { id } = accrualOf(await nova.earn('AERO', member, { points: 100 }));
  await api.exchange(member, 'APT', 'BPT', 60);
  expect(refusal(await nova.reverse('AERO', id))).toBe('INSUFFICIENT_POINTS');
  expect(await nova.faults()).toEqual([]);
});

test.each([
  [
    'an_exchange_uses_a_quote_once',
    'update exchange.exchanges set quote_id = (select quote_id from exchange.exchanges order by id limit 1)',
  ],
  ['an_exchange_has_a_quote_or_pays_a_purchase', 'update exchange.exchanges set quote_id = null'],
  ['an_exchange_is_between_two_currencies', 'update exchange.exchanges set to_no = from_no'],
  ['an_exchange_gives_and_takes_points', 'update exchange.exchanges set credited = 0'],
  ['a_fee_leaves_points_to_exchange', 'update exchange.exchanges set fee_points = debited'],
  ['exchanged_points_are_never_negative', 'update exchange.exchange_usage set used = -1'],
  ['a_quote_is_between_two_currencies', 'update exchange.quotes set to_no = from_no'],
  ['a_quote_gives_and_takes_points', 'update exchange.quotes set credited = 0'],
  ['a_quoted_fee_leaves_points_to_exchange', 'update exchange.quotes set fee_points = debited'],
  ['a_quoted_rate_is_positive', 'update exchange.quotes set rate_denominator = 0'],
  ['a_quote_is_executed_in_its_time', 'update exchange.quotes set executed_at = expires_at'],
])('the database refuses what breaks %s', async (constraint, sql) => {
  await expect(asOwner(sql)).rejects.toMatchObject({ constraint });
});

async function asOwner(sql: string): Promise<void> {
  const owner = new Client({ connectionString: nova.app.url });
  await owner.connect();
  try {
    await owner.query(sql);
  } finally {
    await owner.end();
  }
}

// The clock goes on from here: the last tests of the file.
test('a quote past its time is not executed, to the second', async () => {
  const member = await api.memberWith({ AERO: 1000 });
  const [early, late] = [quoteOf(await api.quote(member, 'APT', 'BPT', 100)), quoteOf(await api.quote(member, 'APT', 'BPT', 100))];
  await nova.setClock(new Date(new Date(early.expiresAt).getTime() - 60_000).toISOString());
  exchangeOf(await api.execute(member.token, early.id));
  await nova.setClock(late.expiresAt);
  expect(refusal(await api.execute(member.token, late.id))).toBe('QUOTE_EXPIRED');
});

test('a member’s month and year are those of program time', async () => {
  await nova.join('PERIODS', {
    currency: 'PPT',
    clauses: [exchange('PPT', 'BPT', { perMemberMonthPoints: 500, perMemberYearPoints: 800 })],
  });
  const member = await api.memberWith({ PERIODS: 5000 });
  await nova.setClock('2026-01-31T23:30:00+08:00');
  exchangeOf(await api.exchange(member, 'PPT', 'BPT', 500));
  expect(refusal(await api.quote(member, 'PPT', 'BPT', 1))).toBe('CAP_EXCEEDED');
  await nova.setClock('2026-02-01T00:00:00+08:00');
  expect(await api.quote(member, 'PPT', 'BPT', 301)).toMatchObject({ userErrors: [{ details: { limit: 800, remaining: 300 } }] });
  exchangeOf(await api.exchange(member, 'PPT', 'BPT', 300));
  expect(await nova.faults()).toEqual([]);
});

test('a contract that has ended since the quote stops it', async () => {
  await nova.join('ENDS', { currency: 'NPT', clauses: [exchange('NPT', 'BPT', { quoteTtlSeconds: 86_400 })] });
  const member = await api.memberWith({ ENDS: 1000 });
  const quote = quoteOf(await api.quote(member, 'NPT', 'BPT', 100));
  await nova.app.db.rows(
    `update partners.contracts set suspended_at = platform.now() where partner_id = (select id from partners.partners where code = 'ENDS')`,
  );
  await nova.app.db.rows("update platform.state set revision = nextval('platform.revisions')");
  expect(refusal(await api.execute(member.token, quote.id))).toBe('CONTRACT_NOT_ACTIVE');
});
