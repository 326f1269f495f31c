import fc from 'fast-check';
import { noteLowBlocks } from '../../src/exchange/funding/note-low-blocks.ts';
import { statementCounter } from '../../src/platform/database.ts';
import { accrualOf, cny, type Member, type Nova, redemptionOf, refusal, startNova } from '../support/coalition.ts';
import { blockFaults, blocksOf, buy, remainingOf } from './point-blocks-api.ts';

let nova: Nova;
let member: Member;
let partners = 0;
beforeAll(async () => {
  nova = await startNova();
  member = await nova.enrol();
});
afterAll(() => nova.stop());
afterEach(async () => {
  expect(await nova.faults()).toEqual([]);
  expect(await blockFaults(nova)).toEqual([]);
});

/** One more partner that issues from blocks; answers its code, which is also that of its currency with PT after it. */
async function prepaidPartner(issuance: object = {}, price: readonly [number, number] = [10_000, 2_000]): Promise<string> {
  partners += 1;
  const code = `PRE${partners}`;
  await nova.join(code, { currency: `${code}PT`, price, issuance: { billing: 'PREPAID', ...issuance } });
  return code;
}

const usedBy = async (partner: string) => Number((await nova.positionOf(partner)).exposure.used.minor);

/** From an instant on, points cost twice as much. */
const raise = (code: string) =>
  nova.amend(code, '2026-01-15T12:00:00+08:00', { currency: `${code}PT`, price: [20_000, 4_000], issuance: { billing: 'PREPAID' } });

test('a block is paid for when it is bought; what is issued from it costs nothing more', async () => {
  const code = await prepaidPartner({ creditLimit: cny('12.00') });
  const { block } = await buy(nova, { partner: code, currency: `${code}PT`, points: 1000 });
  expect(block).toMatchObject({ partner: { code }, currency: { code: `${code}PT` }, points: 1000, remaining: 1000, priceMicros: '12000' });
  expect(await usedBy(code)).toBe(1200);
  const earned = await nova.earn(code, member, { points: 400 });
  expect(accrualOf(earned)).toMatchObject({ points: 400, fundingMicros: '4800000' });
  expect(earned.exposure).toMatchObject({ used: { minor: '1200' } });
  expect((await nova.positionOf(code)).netPosition.minor).toBe('-1200');
  expect(await remainingOf(nova, code)).toEqual([600]);
  const { node } = await nova.run<{ node: object }>(await nova.token(code), 'point-block', { id: block?.id });
  expect(node).toMatchObject({ remaining: 600 });
});

test('an accrual takes from the earliest block first, each part at its own price, and a reversal gives back what was taken last', async () => {
  const code = await prepaidPartner();
  await nova.join(`${code}SHOP`, { acceptance: { currencies: [`${code}PT`] } });
  await buy(nova, { partner: code, currency: `${code}PT`, points: 100 });
  await raise(code);
  await buy(nova, { partner: code, currency: `${code}PT`, points: 100 });
  // 100 at 0.012 and 50 at 0.024
  const accrual = accrualOf(await nova.earn(code, member, { points: 150, occurredAt: '2026-01-15T12:00:00+08:00' }));
  expect(accrual.fundingMicros).toBe('2400000');
  expect(await remainingOf(nova, code)).toEqual([0, 50]);
  expect(
    await nova.app.db.rows(
      `select l.initial, l.funded_micros from ledger.lots l join ledger.accounts a on a.id = l.account_id
       join partners.point_currencies c on c.no = a.unit where c.code = $1 order by l.funded_micros`,
      [`${code}PT`],
    ),
  ).toEqual([
    { initial: 100n, funded_micros: 10_000n },
    { initial: 50n, funded_micros: 20_000n },
  ]);
  expect(await nova.reverse(code, accrual.id, { points: 60 })).toMatchObject({ accrual: { status: 'PARTIALLY_REVERSED' }, userErrors: [] });
  expect(await remainingOf(nova, code)).toEqual([10, 100]);
  await nova.capture(`${code}SHOP`, redemptionOf(await nova.hold(`${code}SHOP`, member, `${code}PT`, 90)).id);
  // the points are spent: nothing is left to take back
  expect(refusal(await nova.reverse(code, accrual.id))).toBe('INSUFFICIENT_POINTS');
  // 90 points at 0.020 each, of which the blocks had brought 0.010: the issuer pays the difference
  expect(await usedBy(code)).toBe(120 + 240 + 90);
});

test('pending points are taken from the blocks; what is confirmed stays taken, what is cancelled or returned goes back', async () => {
  const code = await prepaidPartner();
  await buy(nova, { partner: code, currency: `${code}PT`, points: 100 });
  await raise(code);
  await buy(nova, { partner: code, currency: `${code}PT`, points: 100 });
  const promise = async (points: number) =>
    accrualOf(await nova.earn(code, member, { points, confirm: 'MANUAL', occurredAt: '2026-01-15T12:00:00+08:00' })).id;
  const [kept, dropped] = [await promise(120), await promise(30)];
  expect(await remainingOf(nova, code)).toEqual([0, 50]);
  expect(await nova.cancel(code, dropped)).toMatchObject({ accrual: { status: 'CANCELLED' }, balance: { pending: 120 } });
  expect(await remainingOf(nova, code)).toEqual([0, 80]);
  // 20 of the dear ones and 10 of the others go back before the rest is confirmed
  await nova.reverse(code, kept, { points: 30 });
  expect(await remainingOf(nova, code)).toEqual([10, 100]);
  expect(await nova.confirm(code, kept)).toMatchObject({
    accrual: { status: 'PARTIALLY_REVERSED' },
    balance: { available: 90, pending: 0 },
  });
  expect(await nova.reverse(code, kept)).toMatchObject({ accrual: { status: 'REVERSED' }, balance: { available: 0 } });
  expect(await remainingOf(nova, code)).toEqual([100, 100]);
});

test('a batch is judged line by line: a line too large for what is left is refused, a smaller one after it fits', async () => {
  const code = await prepaidPartner({ capPerCycle: 95 });
  await buy(nova, { partner: code, currency: `${code}PT`, points: 100 });
  const inputs = [60, 60, 30, 10, 5, 1].map((points) => nova.accrueInput(member, { points }));
  const { results } = await nova.earnMany(code, inputs);
  // 60 and 30 leave 10; the cap of 95 lets 5 of them through
  expect(results.map(refusal)).toEqual([undefined, 'CAP_EXCEEDED', undefined, 'CAP_EXCEEDED', undefined, 'CAP_EXCEEDED']);
  expect(await remainingOf(nova, code)).toEqual([5]);

  const other = await prepaidPartner();
  await buy(nova, { partner: other, currency: `${other}PT`, points: 100 });
  const answers = (
    await nova.earnMany(
      other,
      [70, 50, 30, 1].map((points) => nova.accrueInput(member, { points })),
    )
  ).results;
  expect(answers.map(refusal)).toEqual([undefined, 'PREPAID_EXHAUSTED', undefined, 'PREPAID_EXHAUSTED']);
  expect(answers[1]?.userErrors[0]?.details).toEqual({ remaining: 30 });
  expect(refusal(await nova.earn(other, member, { points: 1 }))).toBe('PREPAID_EXHAUSTED');
});

test('many tills at once never issue more than the blocks hold', async () => {
  const code = await prepaidPartner();
  for (const points of [500, 500]) await buy(nova, { partner: code, currency: `${code}PT`, points });
  const members = await Promise.all(Array.from({ length: 8 }, () => nova.enrol()));
  const answers = await Promise.all(Array.from({ length: 40 }, (_, at) => nova.earn(code, members[at % 8] ?? member, { points: 30 })));
  expect(answers.filter((answer) => refusal(answer) === undefined)).toHaveLength(33);
  expect(await remainingOf(nova, code)).toEqual([0, 10]);
});

test('the statements of a batch do not grow with its lines', async () => {
  const code = await prepaidPartner();
  for (let n = 0; n < 5; n += 1) await buy(nova, { partner: code, currency: `${code}PT`, points: 60 });
  const sent = async (lines: number) => {
    const inputs = Array.from({ length: lines }, () => nova.accrueInput(member, { points: 2 }));
    const before = statementCounter.count;
    expect((await nova.earnMany(code, inputs)).refused).toBe(0);
    return statementCounter.count - before;
  };
  // The first opens accounts, the second learns their ids.
  for (const lines of [1, 1]) await sent(lines);
  expect(await sent(100)).toBe(await sent(2));
});

test('a repetition takes nothing again, and answers the accrual and the block as they were', async () => {
  const code = await prepaidPartner();
  const purchase = { partner: code, currency: `${code}PT`, points: 100, idempotencyKey: nova.newKey() };
  const first = await buy(nova, purchase);
  const input = nova.accrueInput(member, { points: 40 });
  const [once] = (await nova.earnMany(code, [input])).results;
  expect((await nova.earnMany(code, [input])).results[0]).toEqual({ ...once, replayed: true });
  expect(await buy(nova, purchase)).toEqual(first);
  expect(refusal(await buy(nova, { ...purchase, points: 101 }))).toBe('IDEMPOTENCY_CONFLICT');
  expect(await remainingOf(nova, code)).toEqual([60]);
});

test('what a contract does not grant is not sold, nor more than the credit limit allows', async () => {
  const code = await prepaidPartner({ creditLimit: cny('1.20') });
  const currency = `${code}PT`;
  expect(refusal(await buy(nova, { partner: code, currency, points: 101 }))).toBe('CREDIT_LIMIT');
  expect(refusal(await buy(nova, { partner: code, currency, points: 100 }))).toBeUndefined();
  expect(refusal(await buy(nova, { partner: code, currency, points: 1 }))).toBe('CREDIT_LIMIT');
  expect(refusal(await buy(nova, { partner: 'AERO', currency: 'APT', points: 1 }))).toBe('CLAUSE_NOT_GRANTED');
  expect(refusal(await buy(nova, { partner: code, currency: 'APT', points: 1 }))).toBe('CLAUSE_NOT_GRANTED');
  for (const wrong of [{ partner: 'NOBODY' }, { currency: 'NONE' }, { points: 0 }, { alertPoints: -1 }])
    expect(refusal(await buy(nova, { partner: code, currency, points: 1, ...wrong }))).toBe('VALIDATION');
  expect(refusal(await buy(nova, { partner: code, currency, points: 1 }, await nova.token(code)))).toBe('FORBIDDEN');
});

test('blocks are for their partner and the operator', async () => {
  const code = await prepaidPartner();
  const { block } = await buy(nova, { partner: code, currency: `${code}PT`, points: 1 });
  for (const token of [await nova.token('AERO'), member.token])
    expect((await nova.answer(token, 'point-block', { id: block?.id })).errors?.[0]?.extensions).toMatchObject({ code: 'FORBIDDEN' });
  expect(await nova.run(nova.operator, 'point-block', { id: block?.id })).toMatchObject({ node: { id: block?.id } });
  expect(await blocksOf(nova, code, 'APT')).toEqual([]);
});

test('blocks are low once all of them together have no more than the latest alert level', async () => {
  const code = await prepaidPartner();
  const currency = `${code}PT`;
  await buy(nova, { partner: code, currency, points: 100, alertPoints: 20 });
  await nova.earn(code, member, { points: 79 });
  expect((await blocksOf(nova, code)).map(({ isLow }) => isLow)).toEqual([false]);
  await nova.earn(code, member, { points: 1 });
  expect((await blocksOf(nova, code)).map(({ isLow }) => isLow)).toEqual([true]);
  // the next purchase says nothing of an alert: the level of before goes on
  await buy(nova, { partner: code, currency, points: 100 });
  expect((await blocksOf(nova, code)).map(({ isLow }) => isLow)).toEqual([false, false]);
  await buy(nova, { partner: code, currency, points: 1, alertPoints: 121 });
  expect((await blocksOf(nova, code)).map(({ isLow }) => isLow)).toEqual([true, true, true]);
});

test('low blocks are noted once for each purchase that named a level', async () => {
  const code = await prepaidPartner();
  const currency = `${code}PT`;
  const noted = async () => (await noteLowBlocks(nova.app.db)).filter(({ partner }) => partner === code);
  await buy(nova, { partner: code, currency, points: 100, alertPoints: 20 });
  expect(await noted()).toEqual([]);
  await nova.earn(code, member, { points: 90 });
  const both = await Promise.all([noted(), noted()]);
  expect(both.flat()).toEqual([{ partner: code, currency, remaining: 10, alertPoints: 20 }]);
  await nova.earn(code, member, { points: 5 });
  expect(await noted()).toEqual([]);
  await buy(nova, { partner: code, currency, points: 10, alertPoints: 30 });
  expect(await noted()).toEqual([{ partner: code, currency, remaining: 15, alertPoints: 30 }]);
});

test('the database keeps blocks between nothing and all of their points, and accruals from returning more than they took', async () => {
  const code = await prepaidPartner();
  await buy(nova, { partner: code, currency: `${code}PT`, points: 10 });
  await nova.earn(code, member, { points: 4 });
  const broken: [sql: string, name: string][] = [
    ['update exchange.point_blocks set remaining = -1', 'a_block_has_between_nothing_and_all_of_its_points_left'],
    ['update exchange.point_blocks set remaining = points + 1', 'a_block_has_between_nothing_and_all_of_its_points_left'],
    ['update exchange.accrual_blocks set returned = points + 1', 'a_block_gets_back_at_most_what_was_taken'],
    ['update exchange.accrual_blocks set points = 0', 'an_accrual_takes_points_from_its_blocks'],
    ['update exchange.point_blocks set points = 0, remaining = 0', 'a_block_has_points'],
    ['update exchange.point_blocks set alert_points = -1', 'an_alert_is_not_below_nothing'],
    ['update exchange.point_blocks set alert_points = null, alerted_at = now()', 'only_a_block_with_an_alert_is_alerted'],
    ['update exchange.point_blocks set redemption_micros = -1', 'the_pool_is_never_paid_less_than_nothing'],
    ['update exchange.point_blocks set service_micros = -1', 'the_operator_is_never_paid_less_than_nothing'],
    ["update exchange.accruals set charge = 'NOBODY'", 'an_accrual_is_charged_to_the_partner_its_blocks_or_a_promotion'],
    ["update exchange.accruals set charge = 'JOINT'", 'what_a_promotion_pays_for_names_it'],
  ];
  for (const [sql, name] of broken) await expect(nova.app.db.rows(sql)).rejects.toThrow(name);
});

test('whatever is bought, earned, confirmed and taken back in whatever order: blocks, money and lots agree', async () => {
  const step = fc.oneof(
    fc.record({ do: fc.constant('buy' as const), points: fc.integer({ min: 1, max: 60 }) }),
    fc.record({ do: fc.constant('earn' as const), points: fc.integer({ min: 1, max: 50 }), pending: fc.boolean() }),
    fc.record({ do: fc.constantFrom('confirm' as const, 'cancel' as const), pick: fc.nat() }),
    fc.record({ do: fc.constant('reverse' as const), pick: fc.nat(), points: fc.integer({ min: 1, max: 30 }) }),
    fc.record({ do: fc.constant('raise' as const) }),
  );
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 8, maxLength: 14 }), async (steps) => {
      const code = await prepaidPartner();
      const guest = await nova.enrol();
      const ids: string[] = [];
      let [left, raised] = [0, false];
      for (const one of steps) {
        const id = 'pick' in one ? ids[one.pick % Math.max(1, ids.length)] : undefined;
        if (one.do === 'raise') {
          if (!raised) await raise(code);
          raised = true;
        } else if (one.do === 'buy') {
          await buy(nova, { partner: code, currency: `${code}PT`, points: one.points });
          left += one.points;
        } else if (one.do === 'earn') {
          const answer = await nova.earn(code, guest, { points: one.points, confirm: one.pending ? 'MANUAL' : 'AUTO' });
          expect(refusal(answer)).toBe(one.points > left ? 'PREPAID_EXHAUSTED' : undefined);
          if (answer.accrual !== null) ids.push(answer.accrual.id);
          if (answer.accrual !== null) left -= one.points;
        } else if (id !== undefined) {
          if (one.do === 'confirm') await nova.confirm(code, id);
          if (one.do === 'cancel') await nova.cancel(code, id);
          if (one.do === 'reverse') await nova.reverse(code, id, { points: one.points });
          left = (await remainingOf(nova, code)).reduce((sum, remaining) => sum + remaining, 0);
        }
        const { available, pending } = await nova.balanceOf(guest, `${code}PT`);
        const bought = (await blocksOf(nova, code)).reduce((sum, { points }) => sum + points, 0);
        expect(available + pending + left).toBe(bought);
      }
      expect(await blockFaults(nova)).toEqual([]);
    }),
    { numRuns: 12 },
  );
  expect(await nova.faults()).toEqual([]);
}, 60_000);
