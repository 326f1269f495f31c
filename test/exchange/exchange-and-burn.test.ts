import { payWithExchange } from '../../src/exchange/conversion/pay-with-exchange.ts';
import { parseIdOf } from '../../src/kernel/ids.ts';
import { type Tx, transact } from '../../src/platform/database.ts';
import { attemptOf } from '../../src/platform/idempotency.ts';
import { cny, type Member, type Nova, refusal, startNova } from '../support/coalition.ts';
import { EXCHANGING, type Exchanging, exchange, exchangeOf, exchanging, type PayPayload } from './exchange-api.ts';

let nova: Nova;
let api: Exchanging;
beforeAll(async () => {
  nova = await startNova(EXCHANGING);
  api = exchanging(nova);
  await nova.join('SHOP', { acceptance: { currencies: ['BPT'] } });
});
afterAll(() => nova.stop());

const available = async (member: Member, ...currencies: string[]) =>
  Promise.all(currencies.map(async (currency) => (await nova.balanceOf(member, currency)).available));
const net = async (partner: string) => Number((await nova.positionOf(partner)).netPosition.minor);
const redemptionIn = ({ redemption, userErrors }: PayPayload) => {
  expect(userErrors).toEqual([]);
  if (redemption === null) throw new Error('there is no redemption');
  return redemption;
};

test('a member pays 1,000 BPT with as few APT as give them', async () => {
  const member = await api.memberWith({ AERO: 1000 });
  // 527 x 1.9 = 1,001.3; 526 would be 999
  const paid = await api.pay('SHOP', member, { from: 'APT', currency: 'BPT', points: 1000, maxDebited: 527 });
  expect(exchangeOf(paid)).toMatchObject({ debited: 527, credited: 1001, spreadMicros: '265000' });
  expect(redemptionIn(paid)).toMatchObject({
    status: 'CAPTURED',
    heldPoints: 1000,
    capturedPoints: 1000,
    reimbursementMicros: '5000000',
    allocations: [{ lotId: exchangeOf(paid).lotId, issuer: { code: 'BOOKS' }, points: 1000 }],
  });
  // the rest of the floor stays as a new point
  expect(paid.balances).toMatchObject([
    { currency: { code: 'APT' }, available: 473 },
    { currency: { code: 'BPT' }, available: 1 },
  ]);
  expect(await available(member, 'APT', 'BPT')).toEqual([473, 1]);
  expect(await net('SHOP')).toBe(500);
  // one posting did it all
  const { id } = exchangeOf(paid);
  const postings = await nova.app.db.rows<{ code: string }>('select code from ledger.postings where reference = $1', [
    parseIdOf('Exchange', id),
  ]);
  expect(postings).toEqual([{ code: 'exchange.redeemed' }]);
  expect(await nova.faults()).toEqual([]);
});

test('where nothing is left over, the wallet of the points that paid does not change', async () => {
  const member = await api.memberWith({ AERO: 100 });
  const paid = await api.pay('SHOP', member, { from: 'APT', currency: 'BPT', points: 19 });
  expect(exchangeOf(paid)).toMatchObject({ debited: 10, credited: 19 });
  expect(paid.balances).toMatchObject([{ available: 90 }, { available: 0, version: '0' }]);
  expect(await nova.balanceOf(member, 'BPT')).toMatchObject({ available: 0, version: '0' });
  expect(await nova.faults()).toEqual([]);
});

test('what was paid is refunded to the exchanged points, with their expiry and at the rate of the day', async () => {
  const member = await api.memberWith({ AERO: 1000 });
  const before = await net('SHOP');
  const { id } = redemptionIn(await api.pay('SHOP', member, { from: 'APT', currency: 'BPT', points: 1000 }));
  const refund = await nova.refund('SHOP', id, { points: 400 });
  expect(refund).toMatchObject({ redemption: { status: 'PARTIALLY_REFUNDED', refundedPoints: 400 }, balance: { available: 401 } });
  await nova.refund('SHOP', id);
  expect(await available(member, 'APT', 'BPT')).toEqual([473, 1001]);
  expect(await net('SHOP')).toBe(before);
  const lots = await nova.app.db.rows<{ origin: string; available: bigint }>(
    `select l.origin, l.available from ledger.lots l join ledger.accounts a on a.id = l.account_id
     where a.owner = $1 and a.unit = (select no from partners.point_currencies where code = 'BPT')`,
    [parseIdOf('Member', member.id)],
  );
  expect(lots).toEqual([{ origin: 'EXCHANGE', available: 1001n }]);
  expect(await nova.faults()).toEqual([]);
});

test('a repetition answers what was answered first, also after a refund', async () => {
  const member = await api.memberWith({ AERO: 1000 });
  const what = { idempotencyKey: nova.newKey(), orderExternalId: 'o-1', from: 'APT', currency: 'BPT', points: 100 };
  const first = await api.pay('SHOP', member, what);
  await nova.refund('SHOP', redemptionIn(first).id, { points: 50 });
  expect(await api.pay('SHOP', member, what)).toEqual({ ...first, replayed: true });
  expect(refusal(await api.pay('SHOP', member, { ...what, points: 101 }))).toBe('IDEMPOTENCY_CONFLICT');
});

test('minimum, multiple and fee of the clause are kept; what is more than the purchase stays', async () => {
  await nova.join('STEPS', { currency: 'TPT', clauses: [exchange('TPT', 'BPT', { minPoints: 200, increment: 50, feePoints: 10 })] });
  const member = await api.memberWith({ STEPS: 2000 });
  // the minimum: (200 - 10) x 1.9 = 361
  expect(await api.pay('SHOP', member, { from: 'TPT', currency: 'BPT', points: 1 })).toMatchObject({
    exchange: { debited: 200, credited: 361, feePoints: 10 },
  });
  expect(await api.pay('SHOP', member, { from: 'TPT', currency: 'BPT', points: 361 })).toMatchObject({ exchange: { debited: 200 } });
  // one more is a step more: (250 - 10) x 1.9 = 456
  expect(await api.pay('SHOP', member, { from: 'TPT', currency: 'BPT', points: 362 })).toMatchObject({
    exchange: { debited: 250, credited: 456 },
  });
  expect(await available(member, 'TPT', 'BPT')).toEqual([1350, 360 + 0 + 94]);
  expect(await nova.faults()).toEqual([]);
});

test('an issuer that funds its points when they are burned pays for those that pay here', async () => {
  await nova.join('LATER', { currency: 'LPT', issuance: { fundingModel: 'ON_REDEMPTION' }, clauses: [exchange('LPT', 'BPT')] });
  const member = await api.memberWith({ LATER: 1000 });
  const [before, shop] = [await net('LATER'), await net('SHOP')];
  const paid = await api.pay('SHOP', member, { from: 'LPT', currency: 'BPT', points: 1900 });
  expect(exchangeOf(paid)).toMatchObject({ debited: 1000, credited: 1900 });
  // 10.00 for what it had not funded, less its 20 % of the spread of 0.50
  expect([await net('LATER'), await net('SHOP')]).toEqual([before - 1000 + 10, shop + 950]);
  expect(await nova.faults()).toEqual([]);
});

test('the acceptor is reimbursed at its own rate', async () => {
  await nova.join('CHEAP', { acceptance: { currencies: ['BPT'], reimbursementMicros: '4000' } });
  const member = await api.memberWith({ AERO: 1000 });
  await api.pay('CHEAP', member, { from: 'APT', currency: 'BPT', points: 1000 });
  expect(await net('CHEAP')).toBe(400);
  expect(await nova.faults()).toEqual([]);
});

test('every check of an exchange and of a burn applies, and what is refused leaves nothing', async () => {
  const scope = { roles: ['EXCHANGER'] };
  await nova.join('ONLYX', { scope, acceptance: { currencies: ['BPT'] } });
  await nova.join('PICKY', {
    acceptance: { currencies: ['BPT'], excludedIssuers: ['BOOKS'], minPoints: 50, perMemberDayPoints: 100 },
  });
  await nova.join('TENDER', { acceptance: { currencies: ['BPT'], maxTenderShareBps: 5000 } });
  await nova.join('ATLEAST', { acceptance: { currencies: ['BPT'], minPoints: 50 } });
  await nova.join('DAILY', { acceptance: { currencies: ['BPT'], perMemberDayPoints: 100 } });
  await nova.join('TIGHT', { currency: 'GPT', clauses: [exchange('GPT', 'BPT', { perMemberDayPoints: 100 })] });
  const member = await api.memberWith({ AERO: 1000, TIGHT: 1000 });
  const idle = await api.memberWith({ AERO: 1000 });
  await nova.operate('set-member-status', { memberId: idle.id, status: 'SUSPENDED' });
  const rows = await nova.countRows();
  const pay = { from: 'APT', currency: 'BPT', points: 100 };
  for (const [partner, who, what, expected] of [
    ['SHOP', member, { ...pay, points: 0 }, { code: 'VALIDATION', field: ['input', 'points'] }],
    ['SHOP', member, { ...pay, from: 'BPT' }, { code: 'VALIDATION', field: ['input', 'currency'] }],
    ['SHOP', member, { ...pay, from: 'XPT' }, { code: 'VALIDATION', field: ['input', 'from'] }],
    ['SHOP', member, { ...pay, orderExternalId: '' }, { code: 'VALIDATION', field: ['input', 'orderExternalId'] }],
    ['SHOP', member, { ...pay, maxDebited: 0 }, { code: 'VALIDATION', field: ['input', 'maxDebited'] }],
    ['SHOP', { ...member, id: 'mem_x' }, pay, { code: 'VALIDATION', field: ['input', 'member'] }],
    ['DEPOT', member, { ...pay, from: 'BPT', currency: 'APT' }, { code: 'CLAUSE_NOT_GRANTED' }],
    ['SHOP', member, { ...pay, from: 'CPT', currency: 'APT' }, { code: 'CLAUSE_NOT_GRANTED' }],
    ['ONLYX', member, pay, { code: 'CLAUSE_NOT_GRANTED' }],
    ['PICKY', member, pay, { code: 'CLAUSE_NOT_GRANTED', field: ['input', 'currency'] }],
    ['PICKY', idle, pay, { code: 'CLAUSE_NOT_GRANTED' }],
    ['PICKY', member, { ...pay, points: 49 }, { code: 'CLAUSE_NOT_GRANTED' }],
    ['PICKY', member, { ...pay, points: 101 }, { code: 'CLAUSE_NOT_GRANTED' }],
    ['SHOP', idle, pay, { code: 'MEMBER_SUSPENDED' }],
    ['ATLEAST', member, { ...pay, points: 49 }, { code: 'BELOW_MINIMUM' }],
    ['DAILY', member, { ...pay, points: 101 }, { code: 'REDEMPTION_LIMIT' }],
    ['SHOP', member, { ...pay, maxDebited: 52 }, { code: 'CAP_EXCEEDED', details: { required: 53 } }],
    ['TENDER', member, { ...pay, orderAmount: cny('0.99') }, { code: 'CAP_EXCEEDED' }],
    ['SHOP', member, { ...pay, from: 'GPT', points: 191 }, { code: 'CAP_EXCEEDED', details: { remaining: 100 } }],
    ['SHOP', member, { ...pay, points: 1901 }, { code: 'INSUFFICIENT_POINTS', details: { available: 1000, required: 1001 } }],
  ] as const)
    expect([partner, what, await api.pay(partner, who, what)]).toMatchObject([
      partner,
      what,
      { exchange: null, redemption: null, userErrors: [expected] },
    ]);
  expect(await nova.countRows()).toEqual(rows);
  for (const [partner, what] of [
    ['TENDER', { ...pay, orderAmount: cny('1.00') }],
    ['DAILY', pay],
    ['SHOP', { ...pay, from: 'GPT', points: 190 }],
  ] as const)
    redemptionIn(await api.pay(partner, member, what));
  expect(refusal(await api.pay('DAILY', member, { ...pay, points: 1 }))).toBe('REDEMPTION_LIMIT');
  expect(await nova.faults()).toEqual([]);
});

/** Everything that a payment writes. */
async function fingerprint(): Promise<unknown> {
  const [row] = await nova.app.db.rows<{ print: string }>(
    `select md5(jsonb_build_array(
       (select jsonb_agg(to_jsonb(a) order by a.id) from ledger.accounts a where a.version > 0),
       (select count(*) from ledger.entries), (select count(*) from ledger.postings), (select count(*) from ledger.lot_uses),
       (select jsonb_agg(to_jsonb(l) order by l.id) from ledger.lots l),
       (select jsonb_agg(to_jsonb(r) order by r.id) from exchange.redemptions r),
       (select jsonb_agg(to_jsonb(e) order by e.id) from exchange.exchanges e),
       (select jsonb_agg(to_jsonb(u) order by u.from_no, u.to_no, u.cycle) from exchange.exchange_usage u),
       (select count(*) from platform.idempotency_keys))::text) as print`,
  );
  return row?.print;
}

test('a fault at whichever statement undoes everything, and the same key then does it once', async () => {
  const member = await api.memberWith({ AERO: 1000 });
  const [partnerRow] = await nova.app.db.rows<{ id: string }>("select id from partners.partners where code = 'SHOP'");
  const partnerId = partnerRow?.id ?? '';
  const command = {
    attempt: attemptOf('partner:test', 'payWithExchange', { idempotencyKey: nova.newKey() }),
    partnerId,
    member: { done: { kind: 'id', value: member.id, partnerId } },
    from: 'APT',
    currency: 'BPT',
    points: 100n,
    maxDebited: undefined,
    orderExternalId: 'o-2',
    orderAmount: undefined,
    channel: 'PARTNER_API',
  } as const;
  const before = await fingerprint();
  let statements = 0;
  /** The transaction, whose n-th statement fails. */
  const failingAt = (tx: Tx, fatal: number): Tx => {
    statements = 0;
    return new Proxy(tx, {
      get: (target, name) =>
        name !== 'rows' && name !== 'later'
          ? Reflect.get(target, name)
          : (sql: string, parameters?: readonly unknown[]) => {
              statements += 1;
              if (statements === fatal) throw new Error(`statement ${fatal} failed`);
              return target[name](sql, parameters);
            },
    });
  };
  let faults = 0;
  for (;;) {
    const fatal = faults + 1;
    const outcome = await transact(nova.app.db, (tx) => payWithExchange(failingAt(tx, fatal), command)).catch((error: Error) => error);
    if (!(outcome instanceof Error)) {
      expect(outcome).toMatchObject({ done: { replayed: false } });
      break;
    }
    expect(outcome.message).toBe(`statement ${fatal} failed`);
    expect(await fingerprint()).toBe(before);
    faults += 1;
  }
  expect(faults).toBe(statements);
  expect(faults).toBeGreaterThan(10);
  expect(await available(member, 'APT', 'BPT')).toEqual([947, 0]);
  expect(await transact(nova.app.db, (tx) => payWithExchange(tx, command))).toMatchObject({ done: { replayed: true } });
  expect(await nova.faults()).toEqual([]);
});

test('a purchase is paid by one exchange: the database refuses another', async () => {
  const again = `insert into exchange.exchanges select (jsonb_populate_record(e, jsonb_build_object('id', gen_random_uuid()))).*
    from exchange.exchanges e where e.redemption_id is not null limit 1`;
  await expect(nova.app.db.rows(again)).rejects.toMatchObject({ constraint: 'an_exchange_pays_one_purchase' });
});
