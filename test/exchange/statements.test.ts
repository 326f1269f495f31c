import { statementCounter } from '../../src/platform/database.ts';
import { accrualOf, type Member, type Nova, redemptionOf, startNova } from '../support/coalition.ts';

let nova: Nova;
const members: Member[] = [];
beforeAll(async () => {
  nova = await startNova();
  await Promise.all(Array.from({ length: 20 }, async () => members.push(await nova.enrol())));
});
afterAll(() => nova.stop());

const memberAt = (at: number): Member => {
  const member = members[at % members.length];
  if (member === undefined) throw new Error('nobody was enrolled');
  return member;
};

/** How many SQL statements the server sends while work is done for the third time: the first opens accounts, the second remembers them. */
async function statementsOf(work: () => Promise<unknown>): Promise<number> {
  await work();
  await work();
  const before = statementCounter.count;
  await work();
  return statementCounter.count - before;
}

const batchOf = (lines: number) => () =>
  nova.earnMany(
    'BOOKS',
    Array.from({ length: lines }, (_, at) => nova.accrueInput(memberAt(at), { amount: { minor: '1000', currency: 'CNY' } })),
  );

test('earning and burning cost a fixed number of statements each', async () => {
  const member = memberAt(0);
  const counted = {
    accrue: await statementsOf(() => nova.earn('AERO', member, { points: 1000 })),
    holdRedemption: await statementsOf(() => nova.hold('DEPOT', member, 'APT', 10)),
    captureRedemption: 0,
    refundRedemption: 0,
    reverseAccrual: 0,
  };
  const steps = async () => {
    const { id } = redemptionOf(await nova.hold('DEPOT', member, 'APT', 10));
    const { id: accrual } = accrualOf(await nova.earn('AERO', member, { points: 10 }));
    const marks = [statementCounter.count];
    await nova.capture('DEPOT', id);
    marks.push(statementCounter.count);
    await nova.refund('DEPOT', id);
    marks.push(statementCounter.count);
    await nova.reverse('AERO', accrual);
    marks.push(statementCounter.count);
    return marks.slice(1).map((mark, at) => mark - (marks[at] ?? 0));
  };
  await steps();
  await steps();
  [counted.captureRedemption = 0, counted.refundRedemption = 0, counted.reverseAccrual = 0] = await steps();
  expect(counted.accrue).toBeLessThanOrEqual(11);
  expect(counted.holdRedemption).toBeLessThanOrEqual(10);
  expect(counted.captureRedemption).toBeLessThanOrEqual(10);
  expect(counted.refundRedemption).toBeLessThanOrEqual(11);
  expect(counted.reverseAccrual).toBeLessThanOrEqual(12);
});

test('a batch costs the same number of statements whether it has one line or five hundred', async () => {
  const one = await statementsOf(batchOf(1));
  expect(await statementsOf(batchOf(500))).toBe(one);
  expect(one).toBeLessThanOrEqual(11);
});

test('a member with balances and twenty activities, and what stands behind each, costs as much as one with two', async () => {
  const short = await nova.enrol();
  await nova.earn('AERO', short, { points: 100 });
  await nova.hold('DEPOT', short, 'APT', 10);
  const long = memberAt(0);
  for (let n = 0; n < 10; n += 1) await nova.hold('DEPOT', long, 'APT', 1);
  const read = (member: Member) => statementsOf(() => nova.run(nova.operator, 'member', { ref: { id: member.id }, first: 20 }));
  const cost = await read(short);
  expect(await read(long)).toBe(cost);
  expect(cost).toBeLessThanOrEqual(8);
});

test('the positions of all partners cost as much for five partners as for nine', async () => {
  const read = () => statementsOf(() => nova.run(nova.operator, 'positions'));
  const few = await read();
  for (const code of ['ONE', 'TWO', 'THREE', 'FOUR']) {
    await nova.join(code, { currency: `${code}PT` });
    await nova.earn(code, memberAt(1), { points: 10 });
  }
  expect(await read()).toBe(few);
  expect(few).toBeLessThanOrEqual(7);
});
