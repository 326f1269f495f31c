import { settleTerminations } from '../../src/exchange/termination/settle-terminations.ts';
import { transact } from '../../src/platform/database.ts';
import { accrualOf, type Input, type Member, type Nova, redemptionOf, refusal, startNova } from '../support/coalition.ts';
import { exchange, exchangeOf, exchanging } from './exchange-api.ts';
import { faults, giveNotice, joinAndLeave, milestones, money, operatorMicros, vouchersOf } from './termination-api.ts';

const ON_REDEMPTION: Input = { fundingModel: 'ON_REDEMPTION' };

/** Four partners that leave on the same day, each with another policy, and one whose deposit is never needed. */
let nova: Nova;
let member: Member;
let other: Member;
beforeAll(async () => {
  nova = await startNova();
  await joinAndLeave(nova, 'HON', {
    price: [20_000, 3_500],
    issuance: ON_REDEMPTION,
    termination: { outstandingPolicy: 'HONOUR', depositBps: 8_500 },
    clauses: [exchange('HONPT', 'APT', { spreadBps: 0 })],
  });
  await joinAndLeave(nova, 'BUY', {
    price: [10_001, 0],
    issuance: { fundingModel: 'HYBRID', issueShareBps: 5_000 },
    termination: { outstandingPolicy: 'BUY_BACK', depositBps: 10_000 },
  });
  await joinAndLeave(nova, 'EXP', {
    price: [5_000, 1_000],
    issuance: { ...ON_REDEMPTION, chargeOnExpiry: true },
    termination: { outstandingPolicy: 'EXPIRE', expiryAllowed: true, depositBps: 5_000 },
  });
  await joinAndLeave(nova, 'CON', {
    price: [15_000, 0],
    issuance: ON_REDEMPTION,
    termination: { outstandingPolicy: 'CONVERT', convertTo: 'CPT', depositBps: 8_500 },
  });
  await joinAndLeave(nova, 'RET', {
    price: [10_000, 0],
    issuance: ON_REDEMPTION,
    termination: { outstandingPolicy: 'HONOUR', depositBps: 8_500 },
  });
  await nova.join('MART', { acceptance: { currencies: ['HONPT', 'BUYPT', 'EXPPT', 'CONPT', 'RETPT'] } });
  [member, other] = [await nova.enrol(), await nova.enrol()];
});
afterAll(() => nova.stop());

const give = async (partner: string, who: Member, points: number, more: Input = {}) =>
  accrualOf(await nova.earn(partner, who, { points, ...more }));
const burn = async (acceptor: string, who: Member, currency: string, points: number): Promise<string> => {
  const { id } = redemptionOf(await nova.hold(acceptor, who, currency, points));
  redemptionOf(await nova.capture(acceptor, id));
  return id;
};
const settle = async (asOf: string): Promise<number | undefined> => (await nova.runJob('SETTLE_TERMINATIONS', asOf)).run?.affected;
const available = async (who: Member, currency: string): Promise<number> => (await nova.balanceOf(who, currency)).available;

const EARN_END = '2026-01-17T12:10:00+08:00';
const BURN_END = '2026-01-19T12:10:00+08:00';
const TAIL_END = '2026-02-19T12:10:00+08:00';
/** Points of HON that are taken back later, a hold over the end of burning, a burn that is refunded after it. */
let mistaken: string;
let held: string;
let refunded: string;

// The clock only runs forwards: these tests tell one story, from the notice to the end of the tail.

test('after notice nothing changes yet, and the milestones say what is coming', async () => {
  await give('HON', member, 150_000);
  mistaken = (await give('HON', member, 1_000)).id;
  await give('BUY', member, 333);
  await give('BUY', other, 100);
  await give('EXP', member, 200);
  await give('CON', member, 101);
  await give('CON', member, 1);
  await give('RET', member, 100);
  for (const code of ['HON', 'BUY', 'EXP', 'CON', 'RET']) await giveNotice(nova, code);
  expect(await settle('2026-01-15T12:00:00+08:00')).toBe(0);
  expect(await milestones(nova, 'CON')).toEqual({
    EARN_END: 'open',
    DEPOSIT: 'open: 0 points, 0 fen',
    BURN_END: 'open',
    TAIL_END: 'open',
    CONVERT: 'open: 0 points, 0 fen',
    DEPOSIT_RETURN: 'open: 0 fen',
  });
  expect(await faults(nova)).toEqual([]);
});

test('[L12] earning stops at its end; what was earned before may still be reported and reversed', async () => {
  await nova.setClock(EARN_END);
  expect(refusal(await nova.earn('HON', member, { points: 1, occurredAt: '2026-01-17T12:05:00+08:00' }))).toBe('CONTRACT_ENDED');
  const late = await give('HON', member, 10, { occurredAt: '2026-01-17T11:00:00+08:00' });
  expect(refusal(await nova.reverse('HON', late.id))).toBeUndefined();
  expect(refusal(await nova.reverse('HON', mistaken))).toBeUndefined();
  expect(await money(nova, 'HON')).toEqual({ partner: -150_000 * 3_500, deposit: 0, pool: 0 });
});

test('at the end of earning a deposit is paid on what is not funded, once: 150,000 points at 20,000 micros and 85 % are 2,550.00', async () => {
  const runs = await Promise.all([settle(EARN_END), settle(EARN_END)]);
  expect(runs.reduce<number>((sum, affected) => sum + (affected ?? 0), 0)).toBe(5);
  expect(await settle(EARN_END)).toBe(0);
  expect(await money(nova, 'HON')).toEqual({ partner: -525_000_000 - 2_550_000_000, deposit: 2_550_000_000, pool: 0 });
  expect(await milestones(nova, 'HON')).toMatchObject({ EARN_END: 'done', DEPOSIT: 'done: 150000 points, 255000 fen', BURN_END: 'open' });
  // Half of each point is funded already: floor(10,001 / 2).
  expect(await money(nova, 'BUY')).toEqual({ partner: -433 * 5_000 - 433 * 5_001, deposit: 433 * 5_001, pool: 433 * 5_000 });
  expect(await money(nova, 'EXP')).toEqual({ partner: -200 * 1_000 - 500_000, deposit: 500_000, pool: 0 });
  expect(await money(nova, 'CON')).toEqual({ partner: -1_300_500, deposit: 1_300_500, pool: 0 });
  expect(await faults(nova)).toEqual([]);
});

test('burns and exchanges after that are charged to the deposit first, as far as it goes, and the rest to the partner', async () => {
  await burn('MART', member, 'HONPT', 10_000);
  expect(await money(nova, 'HON')).toEqual({ partner: -3_075_000_000, deposit: 2_350_000_000, pool: 0 });
  expect(exchangeOf(await exchanging(nova).exchange(member, 'HONPT', 'APT', 1_000)).credited).toBe(2_000);
  expect(await money(nova, 'HON')).toEqual({ partner: -3_075_000_000, deposit: 2_330_000_000, pool: 0 });
  // 119,000 points are 2,380.00: 50.00 more than the deposit has.
  await burn('HON', member, 'HONPT', 119_000);
  expect(await money(nova, 'HON')).toEqual({ partner: -3_075_000_000 + 2_380_000_000 - 50_000_000, deposit: 0, pool: 0 });
  refunded = await burn('MART', member, 'BUYPT', 33);
  expect(await money(nova, 'BUY')).toMatchObject({ deposit: 400 * 5_001, pool: 400 * 5_000 });
  held = redemptionOf(await nova.hold('MART', other, 'BUYPT', 40, { holdSeconds: 2_500_000 })).id;
  expect(await faults(nova)).toEqual([]);
});

test('[L12] after the end of burning the partner takes no points; under HONOUR the others still take its own', async () => {
  await nova.setClock(BURN_END);
  expect(refusal(await nova.hold('HON', member, 'HONPT', 1))).toBe('CONTRACT_ENDED');
  await burn('MART', member, 'HONPT', 5_000);
  expect(await available(member, 'HONPT')).toBe(15_000);
  expect(await settle('2026-01-19T11:59:00+08:00')).toBe(0);
});

test('BUY_BACK gives each member one voucher, rounded once; EXPIRE leaves breakage; two processes at once do it once', async () => {
  const before = await operatorMicros(nova);
  const runs = await Promise.all([settle(BURN_END), settle(BURN_END), settle(BURN_END)]);
  // Two lots of BUY and one of EXP.
  expect(runs.reduce<number>((sum, affected) => sum + (affected ?? 0), 0)).toBe(3);
  expect(await settle(BURN_END)).toBe(0);
  expect(await available(member, 'BUYPT')).toBe(0);
  expect(await nova.balanceOf(other, 'BUYPT')).toMatchObject({ available: 0, held: 40 });
  // 300 x 10,001 micros are 3.0003, 60 x 10,001 are 0.60006.
  expect(await vouchersOf(nova, member)).toMatchObject([
    { currency: { code: 'BUYPT' }, points: 300, amount: { minor: '300' }, status: 'ISSUED' },
  ]);
  expect(await vouchersOf(nova, other)).toMatchObject([{ points: 60, amount: { minor: '60' } }]);
  expect(await money(nova, 'BUY')).toEqual({ partner: -433 * 10_001, deposit: 40 * 5_001, pool: 40 * 5_000 });
  // Of the 1.00 that EXP owes for its expired points, its deposit pays 0.50.
  expect(await money(nova, 'EXP')).toEqual({ partner: -200_000 - 500_000 - 500_000, deposit: 0, pool: 0 });
  expect((await operatorMicros(nova)) - before).toBe(360 * 10_001 + 200 * 5_000);
  expect(await milestones(nova, 'BUY')).toMatchObject({ BUY_BACK: 'open: 360 points, 360 fen' });
  expect(await milestones(nova, 'EXP')).toMatchObject({ EXPIRE: 'done: 200 points, 100 fen' });
  expect(await milestones(nova, 'HON')).toMatchObject({ HONOUR: 'done' });
  expect(await available(member, 'HONPT')).toBe(15_000);
  expect(await faults(nova)).toEqual([]);
});

test('points that come back later, from a hold or with a refund, are bought back by a later run', async () => {
  const [mine] = await vouchersOf(nova, member);
  const paid = () => nova.operate<{ replayed: boolean; voucher: object }>('redeem-voucher', { idempotencyKey: 'pay', code: mine?.code });
  expect(await paid()).toMatchObject({ replayed: false, voucher: { status: 'REDEEMED' } });
  expect(await paid()).toMatchObject({ replayed: true, voucher: { status: 'REDEEMED' } });
  const { redeemVoucher } = await nova.run<{ redeemVoucher: { userErrors: { code: string }[] } }>(nova.operator, 'redeem-voucher', {
    input: { idempotencyKey: 'again', code: mine?.code },
  });
  expect(redeemVoucher.userErrors).toMatchObject([{ code: 'VALIDATION' }]);

  await nova.release('MART', held);
  expect(refusal(await nova.refund('MART', refunded))).toBeUndefined();
  // A round takes as many lots as it may; the job goes on with the others.
  expect(await transact(nova.app.db, (tx) => settleTerminations(tx, new Date(BURN_END), 1))).toBe(1);
  expect(await milestones(nova, 'BUY')).toMatchObject({ BUY_BACK: expect.stringMatching(/^open/) });
  expect(await settle(BURN_END)).toBe(1);
  expect(await settle(BURN_END)).toBe(0);
  // The open voucher grows and is rounded anew, 100 x 10,001 micros; beside the one that was paid stands another.
  expect(await vouchersOf(nova, other)).toMatchObject([{ points: 100, amount: { minor: '100' } }]);
  expect((await vouchersOf(nova, member)).map(({ points, status }) => [points, status])).toEqual([
    [300, 'REDEEMED'],
    [33, 'ISSUED'],
  ]);
  // What the refund gave back to the partner pays for the same points again.
  expect(await money(nova, 'BUY')).toEqual({ partner: -433 * 10_001, deposit: 0, pool: 0 });
  expect(await milestones(nova, 'BUY')).toMatchObject({ BUY_BACK: 'done: 433 points, 433 fen' });
  expect(await faults(nova)).toEqual([]);
});

test('at the end of the tail CONVERT makes the lots of a wallet points of the other currency, at mid and floored once; the rest is the operator’s', async () => {
  expect(refusal(await nova.earn('CON', member, { points: 1, occurredAt: '2026-01-16T10:00:00+08:00' }))).toBeUndefined();
  await nova.setClock(TAIL_END);
  expect(refusal(await nova.earn('CON', member, { points: 2, occurredAt: '2026-01-16T10:00:00+08:00' }))).toBe('CONTRACT_ENDED');
  const [before, pool] = [await operatorMicros(nova), (await money(nova, 'CAFE')).pool];
  const runs = await Promise.all([settle(TAIL_END), settle(TAIL_END)]);
  // Three lots, and the deposits of all five partners.
  expect(runs.reduce<number>((sum, affected) => sum + (affected ?? 0), 0)).toBe(8);
  expect(await settle(TAIL_END)).toBe(0);
  // 103 x 15,000 / 20,000 = 77.25: the lots have 75.50, 0.75 and 0.75 of the 77.
  expect(await available(member, 'CONPT')).toBe(0);
  expect(await available(member, 'CPT')).toBe(77);
  expect((await operatorMicros(nova)) - before).toBe(103 * 15_000 - 77 * 20_000);
  expect(await money(nova, 'CON')).toEqual({ partner: -103 * 15_000, deposit: 0, pool: 0 });
  expect(
    await nova.app.db.rows(
      "select available from ledger.accounts a join partners.point_currencies c on c.no = a.topic where a.kind = 'POOL' and c.code = 'CPT'",
    ),
  ).toEqual([{ available: BigInt(pool) + 77n * 20_000n }]);
  expect(
    await nova.app.db.rows(
      `select l.initial, l.origin, p.code as issuer, l.redemption_micros, l.funded_micros, parent.initial as parent from ledger.lots l
     join ledger.lots parent on parent.id = l.parent join partners.partners p on p.id = l.issuer where l.origin = 'CONVERSION' order by l.initial`,
    ),
  ).toEqual([
    { initial: 1n, origin: 'CONVERSION', issuer: 'CAFE', redemption_micros: 20_000n, funded_micros: 20_000n, parent: 1n },
    { initial: 1n, origin: 'CONVERSION', issuer: 'CAFE', redemption_micros: 20_000n, funded_micros: 20_000n, parent: 1n },
    { initial: 75n, origin: 'CONVERSION', issuer: 'CAFE', redemption_micros: 20_000n, funded_micros: 20_000n, parent: 101n },
  ]);
  // They are points like any others.
  await burn('DEPOT', member, 'CPT', 77);
  expect(await milestones(nova, 'CON')).toMatchObject({ CONVERT: 'done: 103 points, 155 fen', DEPOSIT_RETURN: 'done: 0 fen' });
  expect(await faults(nova)).toEqual([]);
});

test('a deposit that was not needed goes back at the end of the tail, once; then the partner pays by itself again', async () => {
  expect(await money(nova, 'RET')).toEqual({ partner: 0, deposit: 0, pool: 0 });
  expect(await milestones(nova, 'RET')).toEqual({
    EARN_END: 'done',
    DEPOSIT: 'done: 100 points, 85 fen',
    BURN_END: 'done',
    HONOUR: 'done',
    TAIL_END: 'done',
    DEPOSIT_RETURN: 'done: 85 fen',
  });
  await burn('MART', member, 'RETPT', 100);
  expect(await money(nova, 'RET')).toEqual({ partner: -1_000_000, deposit: 0, pool: 0 });
  expect(await faults(nova)).toEqual([]);
});

test('milestones are for the operator and the partner; vouchers for the operator and the member', async () => {
  const [voucher] = await vouchersOf(nova, other);
  expect(voucher?.code).toMatch(/^[0-9A-F]{4}-[0-9A-F]{4}-[0-9A-F]{4}$/);
  const { errors } = await nova.app.graphql(
    'query Other($ref: MemberRef!) { member(ref: $ref) { vouchers { edges { node { code } } } } }',
    {
      token: await nova.token('MART'),
      variables: { ref: { id: other.id } },
    },
  );
  expect(errors).toMatchObject([{ extensions: { code: 'FORBIDDEN' } }]);
});

test('vouchers are listed page by page, oldest first', async () => {
  const page = async (args: string) => {
    const { data } = await nova.app.graphql(`{ me { vouchers(${args}) { edges { cursor node { points } } pageInfo { hasNextPage } } } }`, {
      token: member.token,
    });
    return data.me.vouchers;
  };
  const first = await page('first: 1');
  expect(first).toMatchObject({ edges: [{ node: { points: 300 } }], pageInfo: { hasNextPage: true } });
  const second = await page(`first: 1, after: "${first.edges[0].cursor}"`);
  expect(second).toMatchObject({ edges: [{ node: { points: 33 } }], pageInfo: { hasNextPage: false } });
  expect((await page(`last: 1, before: "${second.edges[0].cursor}"`)).edges).toEqual(first.edges);
  const { errors } = await nova.app.graphql('{ me { vouchers(after: "WyJub3BlIl0") { edges { cursor } } } }', { token: member.token });
  expect(errors).toMatchObject([{ extensions: { code: 'BAD_USER_INPUT' } }]);
});

test('a step is taken once for each contract, and a voucher stands for points: the database refuses anything else', async () => {
  const { rows } = nova.app.db;
  await expect(
    rows('insert into exchange.termination_steps (contract_id, step) select contract_id, step from exchange.termination_steps'),
  ).rejects.toMatchObject({
    constraint: 'a_termination_step_is_taken_once',
  });
  await expect(rows("update exchange.termination_steps set step = 'PARTY'")).rejects.toMatchObject({
    constraint: 'a_termination_step_is_known',
  });
  await expect(rows('update exchange.vouchers set points = 0')).rejects.toMatchObject({ constraint: 'a_voucher_stands_for_points' });
  await expect(rows("update exchange.vouchers set status = 'REDEEMED', redeemed_at = null")).rejects.toMatchObject({
    constraint: 'a_redeemed_voucher_says_when',
  });
  await expect(rows("update exchange.vouchers set status = 'LOST', redeemed_at = null")).rejects.toMatchObject({
    constraint: 'a_voucher_status_is_known',
  });
  await expect(rows("update exchange.vouchers set code = 'SAME'")).rejects.toMatchObject({ constraint: 'a_voucher_code_is_given_once' });
});
