import { setImmediate } from 'node:timers/promises';
import { accrueMany } from '../../src/exchange/accrual/accrue.ts';
import type { AccrueCommand } from '../../src/exchange/accrual/plan-accrual.ts';
import { purchasePointBlock } from '../../src/exchange/funding/purchase-point-block.ts';
import { promotionId } from '../../src/partners/contracts/clauses/joint-promotion/joint-promotion.rules.ts';
import { type Tx, transact } from '../../src/platform/database.ts';
import { attemptOf } from '../../src/platform/idempotency.ts';
import {
  type AccruePayload,
  accrualOf,
  cny,
  type Input,
  type Joining,
  type Member,
  type Nova,
  redemptionOf,
  refusal,
  startNova,
} from '../support/coalition.ts';

let nova: Nova;
let member: Member;
let promotions = 0;
beforeAll(async () => {
  nova = await startNova();
  member = await nova.enrol();
});
afterAll(() => nova.stop());
afterEach(async () => {
  expect(await nova.faults()).toEqual([]);
});

interface Pair {
  readonly promotion: string;
  readonly a: string;
  readonly c: string;
}

const FROM = '2026-01-01T00:00:00+08:00';
const UNTIL = '2026-02-01T00:00:00+08:00';

/** A promotion of two partners of its own, 70 to 30; the first issues points at 0.012, the second others at 0.0235. */
async function pair(terms: Input = {}, a: Joining = {}, c: Joining = {}, other: Input = {}): Promise<Pair> {
  promotions += 1;
  const names = { promotion: `SPRING${promotions}`, a: `A${promotions}`, c: `C${promotions}` };
  const clause = (shares: readonly [string, number][], more: Input) => ({
    jointPromotion: {
      promotion: names.promotion,
      contributions: shares.map(([partner, weight]) => ({ partner, weight: String(weight) })),
      from: FROM,
      until: UNTIL,
      ...terms,
      ...more,
    },
  });
  const found = async (code: string, currency: string) => {
    await nova.operate('create-partner', { code, name: code, roles: ['ISSUER', 'ACCEPTOR'] });
    await nova.operate('create-point-currency', { code: currency, name: currency, issuer: code, expiry: { rollingMonths: 12 } });
  };
  await found(names.a, `${names.a}PT`);
  await found(names.c, `${names.c}PT`);
  const equal: [string, number][] = [
    [names.a, 7_000],
    [names.c, 3_000],
  ];
  await nova.amend(names.a, FROM, { currency: `${names.a}PT`, price: [10_000, 2_000], ...a, clauses: [clause(equal, {})] });
  await nova.amend(names.c, FROM, {
    currency: `${names.c}PT`,
    price: [20_000, 3_500],
    ...c,
    // The order of the funders does not matter.
    clauses: [clause(equal.toReversed(), other)],
  });
  return names;
}

const used = async (...partners: string[]) =>
  Promise.all(partners.map(async (partner) => Number((await nova.positionOf(partner)).exposure.used.minor)));

/** What the promotion's accounts hold: points given, and micros owed, both negative. */
async function accountsOf(promotion: string): Promise<Record<string, bigint>> {
  const rows = await nova.app.db.rows<{ what: string; balance: bigint }>(
    `select case when unit = 0 then 'money' else 'points' end as what, sum(available + pending)::bigint as balance
     from ledger.accounts where kind = 'JOINT' and owner = $1 group by 1`,
    [promotionId(promotion)],
  );
  return Object.fromEntries(rows.map(({ what, balance }) => [what, balance]));
}

test('[L02] 30,000 bonus points, 70 to 30: the promotion owes 360.00, of which one partner pays 252.00 and the other 108.00', async () => {
  const { promotion, a, c } = await pair();
  expect(accrualOf(await nova.earn(a, member, { points: 30_000, promotion }))).toMatchObject({
    points: 30_000,
    fundingMicros: '360000000',
  });
  expect(await accountsOf(promotion)).toEqual({ points: -30_000n, money: -360_000_000n });
  expect(await used(a, c)).toEqual([25_200, 10_800]);
  const positions = await Promise.all([a, c].map((partner) => nova.positionOf(partner)));
  expect(positions.map(({ netPosition }) => netPosition.minor)).toEqual(['-25200', '-10800']);
});

test('points of a promotion are fully funded, whoever gives them: burning them charges nobody again', async () => {
  const { promotion, a, c } = await pair({}, { issuance: { fundingModel: 'ON_REDEMPTION' } });
  await nova.join(`${a}SHOP`, { acceptance: { currencies: [`${a}PT`] } });
  const guest = await nova.enrol();
  // the second partner gives points of the first, which its contract does not let it issue, at their price
  expect(refusal(await nova.earn(c, guest, { points: 100, currency: `${a}PT` }))).toBe('CLAUSE_NOT_GRANTED');
  expect(refusal(await nova.earn(c, guest, { points: 1_000, currency: `${a}PT`, promotion }))).toBeUndefined();
  expect(await used(a, c)).toEqual([840, 360]);
  await nova.capture(`${a}SHOP`, redemptionOf(await nova.hold(`${a}SHOP`, guest, `${a}PT`, 1_000)).id);
  expect(await used(a, c)).toEqual([840, 360]);
  expect(await accountsOf(promotion)).toEqual({ points: -1_000n, money: -12_000_000n });
});

test('points of a promotion cost what the contract of their issuer says, though the giver may issue them cheaper itself', async () => {
  const price = (currency: string, R: number, S: number): Input => ({
    issuance: { currency, redemptionElementMicros: R, serviceElementMicros: S },
  });
  const { promotion, a, c } = await pair();
  const contributions = [a, c].map((partner, at) => ({ partner, weight: ['7000', '3000'][at] }));
  await nova.amend(c, '2026-01-10T00:00:00+08:00', {
    currency: `${c}PT`,
    clauses: [
      price(`${c}PT`, 20_000, 3_500),
      price(`${a}PT`, 4_000, 0),
      { jointPromotion: { promotion, contributions, from: FROM, until: UNTIL } },
    ],
  });
  const guest = await nova.enrol();
  const what = { points: 1_000, currency: `${a}PT`, occurredAt: '2026-01-12T10:00:00+08:00' };
  // 12.00, as if the issuer itself had given them, and not 4.00
  expect(accrualOf(await nova.earn(c, guest, { ...what, promotion }))).toMatchObject({ fundingMicros: '12000000' });
  expect(await used(a, c)).toEqual([840, 360]);
  // what it gives at its own cost is its own affair
  expect(accrualOf(await nova.earn(c, guest, what))).toMatchObject({ fundingMicros: '4000000' });
  await nova.join(`${a}BAR`, { acceptance: { currencies: [`${a}PT`] } });
  await nova.capture(`${a}BAR`, redemptionOf(await nova.hold(`${a}BAR`, guest, `${a}PT`, 2_000)).id);
  expect(await used(a, c)).toEqual([840, 760]);
});

test('a promotion works between its first instant and its end, for those whose contracts have it, once all have signed the same', async () => {
  const { promotion, a } = await pair({ from: '2026-01-05T00:00:00+08:00', until: '2026-01-10T00:00:00+08:00' });
  const at = (occurredAt: string) => nova.earn(a, member, { points: 10, promotion, occurredAt });
  for (const outside of ['2026-01-04T23:59:59.999+08:00', '2026-01-10T00:00:00+08:00']) {
    expect(await at(outside)).toMatchObject({ userErrors: [{ code: 'CLAUSE_NOT_GRANTED', field: ['input', 'promotion'] }] });
  }
  for (const inside of ['2026-01-05T00:00:00+08:00', '2026-01-09T23:59:59.999+08:00']) expect(refusal(await at(inside))).toBeUndefined();
  expect(refusal(await nova.earn('AERO', member, { points: 10, promotion }))).toBe('CLAUSE_NOT_GRANTED');
  expect(refusal(await nova.earn(a, member, { points: 10, promotion: 'NEVER' }))).toBe('CLAUSE_NOT_GRANTED');

  for (const other of [{ budgetPoints: 5 }, { until: '2026-03-01T00:00:00+08:00' }]) {
    const unequal = await pair({}, {}, {}, other);
    expect(refusal(await nova.earn(unequal.a, member, { points: 10, promotion: unequal.promotion }))).toBe('CLAUSE_NOT_GRANTED');
    expect(refusal(await nova.earn(unequal.c, member, { points: 10, promotion: unequal.promotion }))).toBe('CLAUSE_NOT_GRANTED');
  }
});

test('the budget is for all points of a promotion, whoever gives them and in whichever currency', async () => {
  const { promotion, a, c } = await pair({ budgetPoints: 100 });
  const given = await nova.earn(a, member, { points: 60, promotion });
  expect(refusal(await nova.earn(c, member, { points: 41, promotion }))).toBe('CAP_EXCEEDED');
  const lines = [30, 11, 10, 1].map((points, at) =>
    nova.accrueInput(member, { points, promotion, currency: at % 2 === 0 ? `${a}PT` : `${c}PT` }),
  );
  // the contract of the second has a price for its own points; those of the first cost what they cost there
  const { results } = await nova.earnMany(c, lines);
  expect(results.map(refusal)).toEqual([undefined, 'CAP_EXCEEDED', undefined, 'CAP_EXCEEDED']);
  await nova.reverse(a, given.accrual?.id ?? '', { points: 10 });
  expect(refusal(await nova.earn(a, member, { points: 11, promotion }))).toBe('CAP_EXCEEDED');
  expect(refusal(await nova.earn(a, member, { points: 10, promotion }))).toBeUndefined();
});

test('the cap of a cycle does not count points of a promotion', async () => {
  const { promotion, a } = await pair({}, { issuance: { capPerCycle: 10 } });
  expect(refusal(await nova.earn(a, member, { points: 500, promotion }))).toBeUndefined();
  expect(refusal(await nova.earn(a, member, { points: 11 }))).toBe('CAP_EXCEEDED');
  expect(refusal(await nova.earn(a, member, { points: 10 }))).toBeUndefined();
});

test("each funder's credit limit applies to its share, and its share counts against whatever else it earns", async () => {
  // 30 % of 1,000 points at 0.012 are 3.60
  const { promotion, a, c } = await pair({}, {}, { issuance: { creditLimit: cny('3.60') } });
  expect(refusal(await nova.earn(a, member, { points: 1_001, promotion }))).toBe('CREDIT_LIMIT');
  const given = await nova.earn(a, member, { points: 500, promotion });
  // 1.80 of 3.60 are left: 76 of its own points at 0.0235
  expect(refusal(await nova.earn(c, member, { points: 77 }))).toBe('CREDIT_LIMIT');
  expect(await nova.earn(c, member, { points: 76 })).toMatchObject({ userErrors: [], exposure: { used: { minor: '359' } } });
  expect(refusal(await nova.earn(a, member, { points: 10, promotion }))).toBe('CREDIT_LIMIT');
  await nova.reverse(a, given.accrual?.id ?? '', { points: 10 });
  expect(refusal(await nova.earn(a, member, { points: 10, promotion }))).toBeUndefined();
  expect(await used(a, c)).toEqual([420, 359]);
});

test('a batch of own and joint points is judged line by line, and each is answered with the exposure right after it', async () => {
  const { promotion, c } = await pair({}, {}, { issuance: { creditLimit: cny('10.00') } });
  // own points at 0.0235; of joint ones 30 % of that
  const lines = [{ points: 200 }, { points: 700, promotion }, { points: 200 }, { points: 100, promotion }, { points: 1 }].map((what) =>
    nova.accrueInput(member, what),
  );
  const { results } = await nova.earnMany(c, lines);
  expect(results.map(refusal)).toEqual([undefined, undefined, 'CREDIT_LIMIT', 'CREDIT_LIMIT', undefined]);
  expect(results.map(({ exposure }) => exposure?.used.minor)).toEqual(['470', '964', undefined, undefined, '966']);
  const again = (await nova.earnMany(c, lines.slice(0, 2))).results;
  expect(again.map(({ exposure, replayed }) => [exposure?.used.minor, replayed])).toEqual([
    ['470', true],
    ['964', true],
  ]);
});

test('own and joint points of many tills at once never pass a limit together', async () => {
  // of 12.00, joint accruals of 1,000 points take 3.60 each, own ones of 100 points 2.35 each
  const { promotion, a, c } = await pair({}, {}, { issuance: { creditLimit: cny('12.00') } });
  const members = await Promise.all(Array.from({ length: 8 }, () => nova.enrol()));
  const answers = await Promise.all(
    Array.from({ length: 32 }, (_, at) => {
      const who = members[at % 8] ?? member;
      return at % 2 === 0 ? nova.earn(a, who, { points: 1_000, promotion }) : nova.earn(c, who, { points: 100 });
    }),
  );
  expect(new Set(answers.map(refusal))).toEqual(new Set([undefined, 'CREDIT_LIMIT']));
  const count = (parity: number) => answers.filter((answer, at) => at % 2 === parity && refusal(answer) === undefined).length;
  const owed = count(0) * 360 + count(1) * 235;
  expect(await used(c)).toEqual([owed]);
  expect(owed).toBeLessThanOrEqual(1_200);
  // nothing was refused that still fits
  expect(owed + 235).toBeGreaterThan(1_200);
});

/** Does something and keeps its transaction open until another request has been answered or waits for it. */
async function during(work: (tx: Tx) => Promise<unknown>, other: () => Promise<AccruePayload>) {
  let answered = false;
  // Handed out wrapped: the other may be waiting for the end of this one.
  const { second } = await transact(nova.app.db, async (tx) => {
    expect(await work(tx)).toHaveProperty('done');
    const asked = other().finally(() => {
      answered = true;
    });
    while (!answered && !(await isSomebodyWaiting())) await setImmediate();
    return { second: asked };
  });
  return refusal(await second);
}

async function accrueAs(tx: Tx, partner: string, what: { points: bigint; promotion?: string }): Promise<unknown> {
  const [row] = await tx.rows<{ id: string }>('select id from partners.partners where code = $1', [partner]);
  const id = row?.id ?? '';
  const command: AccrueCommand = {
    idempotencyKey: nova.newKey(),
    externalId: nova.newKey(),
    member: { done: { kind: 'id', value: member.id, partnerId: id } },
    occurredAt: new Date('2026-01-10T10:00:00+08:00'),
    channel: 'PARTNER_API',
    confirm: 'AUTO',
    ...what,
  };
  const [first] = await accrueMany(tx, `partner:${id}`, id, [command]);
  return first;
}

async function isSomebodyWaiting(): Promise<boolean> {
  const [row] = await nova.app.db.rows<{ waiting: boolean }>(
    `select exists (
       select from pg_locks l join pg_stat_activity s using (pid) where not l.granted and s.datname = current_database()
     ) as waiting`,
  );
  return row?.waiting ?? false;
}

test('a funder that earns at the same moment as those whose points it pays for passes no limit, to the last one', async () => {
  const { a, c, promotion } = await pair({}, {}, { issuance: { creditLimit: cny('5.00') } });
  const others = await Promise.all([1, 2, 3].map(() => nova.enrol()));
  // given joint points of which it owes 0.36 each time, and its own at 0.235: a fraction of them fits
  const answers = await Promise.all(
    Array.from({ length: 60 }, (_, at) => {
      const who = others[at % 3] ?? member;
      return at % 2 === 0 ? nova.earn(a, who, { points: 100, promotion }) : nova.earn(c, who, { points: 10 });
    }),
  );
  const [joint, own] = [answers.filter((_, at) => at % 2 === 0), answers.filter((_, at) => at % 2 === 1)];
  const doneOf = (some: readonly AccruePayload[]) => some.filter((one) => refusal(one) === undefined).length;
  expect(new Set(answers.map(refusal))).toEqual(new Set([undefined, 'CREDIT_LIMIT']));
  const micros = 360_000 * doneOf(joint) + 235_000 * doneOf(own);
  expect(micros).toBeLessThanOrEqual(5_000_000);
  if (doneOf(joint) < joint.length) expect(micros + 360_000).toBeGreaterThan(5_000_000);
  if (doneOf(own) < own.length) expect(micros + 235_000).toBeGreaterThan(5_000_000);
  expect((await nova.positionOf(c)).exposure.used.minor).toBe(String(Math.round(micros / 10_000)));
});

test('a joint accrual waits for what a funder is about to owe, and the other way round', async () => {
  // own points take 2.35 and joint ones 3.60 of 5.00: each fits alone
  const limited = { issuance: { creditLimit: cny('5.00') } };
  const others = await nova.enrol();
  const joint = ({ a, promotion }: Pair) => nova.earn(a, others, { points: 1_000, promotion });
  const one = await pair({}, {}, limited);
  expect(
    await during(
      (tx) => accrueAs(tx, one.c, { points: 100n }),
      () => joint(one),
    ),
  ).toBe('CREDIT_LIMIT');
  const two = await pair({}, {}, limited);
  const own = () => nova.earn(two.c, others, { points: 100 });
  expect(await during((tx) => accrueAs(tx, two.a, { points: 1_000n, promotion: two.promotion }), own)).toBe('CREDIT_LIMIT');
  // a purchase of points touches nothing but the funder's own accounts
  const three = await pair({}, {}, { issuance: { ...limited.issuance, billing: 'PREPAID' } });
  const purchase = { partner: three.c, currency: `${three.c}PT`, points: 100n, alertPoints: undefined };
  const attempt = attemptOf('operator', 'purchasePointBlock', { idempotencyKey: nova.newKey() });
  expect(
    await during(
      (tx) => purchasePointBlock(tx, { ...purchase, attempt }),
      () => joint(three),
    ),
  ).toBe('CREDIT_LIMIT');
  expect(await used(one.c, two.c, three.c)).toEqual([235, 360, 235]);
});

test('pending points of a promotion count, and confirming, cancelling and reversing them stay on its accounts', async () => {
  const { promotion, a, c } = await pair();
  const promise = async (points: number) => accrualOf(await nova.earn(a, member, { points, promotion, confirm: 'MANUAL' })).id;
  const [kept, dropped] = [await promise(1_000), await promise(500)];
  expect(await used(a, c)).toEqual([1_260, 540]);
  await nova.cancel(a, dropped);
  await nova.reverse(a, kept, { points: 100 });
  await nova.confirm(a, kept);
  expect(await accountsOf(promotion)).toEqual({ points: -900n, money: -10_800_000n });
  const reversed = await nova.reverse(a, kept);
  expect(reversed).toMatchObject({ accrual: { status: 'REVERSED' }, exposure: { used: { minor: '0' } } });
  expect(await accountsOf(promotion)).toEqual({ points: 0n, money: 0n });
});

test('a reversal that finds the points of a promotion spent takes others, and their issuer pays at most what they could cost it', async () => {
  const { promotion, a, c } = await pair({}, { issuance: { fundingModel: 'ON_REDEMPTION' } });
  await nova.join(`${a}SHOP`, { acceptance: { currencies: [`${a}PT`] } });
  const guest = await nova.enrol();
  const given = accrualOf(await nova.earn(a, guest, { points: 1_000, promotion })).id;
  await nova.capture(`${a}SHOP`, redemptionOf(await nova.hold(`${a}SHOP`, guest, `${a}PT`, 1_000)).id);
  // its own points: the service element now, the rest when they are burned
  await nova.earn(a, guest, { points: 1_000 });
  expect(await used(a, c)).toEqual([1_040, 360]);
  expect(refusal(await nova.reverse(a, given))).toBeUndefined();
  // the promotion has its 12.00 back; the partner pays 10.00 for the points that were burned in place of its own
  expect(await used(a, c)).toEqual([1_200, 0]);
});

test('a purchase of prepaid points counts the share of promotions too', async () => {
  const { promotion, a, c } = await pair({}, {}, { issuance: { billing: 'PREPAID', creditLimit: cny('4.00') } });
  await nova.earn(a, member, { points: 1_000, promotion });
  const purchase = async (points: number) => {
    const input = { idempotencyKey: nova.newKey(), partner: c, currency: `${c}PT`, points };
    const { purchasePointBlock } = await nova.run<{ purchasePointBlock: Parameters<typeof refusal>[0] }>(
      nova.operator,
      'purchase-point-block',
      { input },
    );
    return refusal(purchasePointBlock);
  };
  // 3.60 of 4.00 are used: 17 points at 0.0235 are left
  expect(await purchase(18)).toBe('CREDIT_LIMIT');
  expect(await purchase(17)).toBeUndefined();
});
