import { cny, type Member, type Nova, redemptionOf, refusal, startNova } from '../support/coalition.ts';

let nova: Nova;
let member: Member;
beforeAll(async () => {
  nova = await startNova();
  member = await nova.enrol();
});
afterAll(() => nova.stop());
afterEach(async () => {
  // What is paid when points are burned does not cover them before.
  expect((await nova.faults()).filter((fault) => !/^(HALF|LATE)PT is covered/.test(fault))).toEqual([]);
});

const exposureOf = async (partner: string) => (await nova.positionOf(partner)).exposure;
const lines = (points: readonly number[]) => points.map((one) => nova.accrueInput(member, { points: one }));

test('ten lines of 60.00 against a limit of 100.00: one is accepted, and a smaller one after them', async () => {
  await nova.join('TEN', { currency: 'TENPT', issuance: { creditLimit: cny('100.00') } });
  // 5,000 points at 0.012
  const { results } = await nova.earnMany('TEN', lines([...Array.from({ length: 10 }, () => 5_000), 3_333, 1]));
  expect(results.map(refusal)).toEqual([undefined, ...Array.from({ length: 9 }, () => 'CREDIT_LIMIT'), undefined, 'CREDIT_LIMIT']);
  expect(await exposureOf('TEN')).toMatchObject({ used: cny('100.00'), utilisationBps: 9999 });
});

test('the limit itself may be reached, not passed by a micro', async () => {
  await nova.join('EXACT', { currency: 'EXACTPT', price: [9_999, 1], issuance: { creditLimit: cny('1.00') } });
  expect(refusal(await nova.earn('EXACT', member, { points: 101 }))).toBe('CREDIT_LIMIT');
  expect(refusal(await nova.earn('EXACT', member, { points: 100 }))).toBeUndefined();
  expect(refusal(await nova.earn('EXACT', member, { points: 1 }))).toBe('CREDIT_LIMIT');
});

test('fifty purchases at the same time never pass a limit that ten of them reach', async () => {
  await nova.join('RUSH', { currency: 'RUSHPT', issuance: { creditLimit: cny('120.00') } });
  const members = await Promise.all(Array.from({ length: 10 }, () => nova.enrol()));
  const answers = await Promise.all(
    Array.from({ length: 50 }, (_, at) => nova.earn('RUSH', members[at % 10] ?? member, { points: 1_000 })),
  );
  expect(answers.filter((answer) => refusal(answer) === undefined)).toHaveLength(10);
  expect(new Set(answers.map(refusal))).toEqual(new Set([undefined, 'CREDIT_LIMIT']));
  expect(await exposureOf('RUSH')).toMatchObject({ used: cny('120.00'), utilisationBps: 10_000 });
});

test('pending points count in full, and what is cancelled makes room again', async () => {
  await nova.join('LATER', { currency: 'LATERPT', issuance: { creditLimit: cny('12.00') } });
  const promised = await nova.earn('LATER', member, { points: 1_000, confirm: 'MANUAL' });
  expect(refusal(await nova.earn('LATER', member, { points: 1 }))).toBe('CREDIT_LIMIT');
  await nova.cancel('LATER', promised.accrual?.id ?? '');
  expect(refusal(await nova.earn('LATER', member, { points: 1_000 }))).toBeUndefined();
});

test('under HYBRID the limit counts the share paid at issuance, under ON_REDEMPTION the service element; the rest when points are burned', async () => {
  const limit = { creditLimit: cny('12.00') };
  await nova.join('HALF', { currency: 'HALFPT', issuance: { ...limit, fundingModel: 'HYBRID', issueShareBps: 5_000 } });
  await nova.join('LATE', { currency: 'LATEPT', issuance: { ...limit, fundingModel: 'ON_REDEMPTION' } });
  await nova.join('TAKER', { acceptance: { currencies: ['HALFPT', 'LATEPT'] } });
  // 0.007 and 0.002 a point
  const guest = await nova.enrol();
  expect(refusal(await nova.earn('HALF', guest, { points: 1_715 }))).toBe('CREDIT_LIMIT');
  expect(refusal(await nova.earn('HALF', guest, { points: 1_000 }))).toBeUndefined();
  expect(refusal(await nova.earn('LATE', guest, { points: 6_001 }))).toBe('CREDIT_LIMIT');
  expect(refusal(await nova.earn('LATE', guest, { points: 6_000 }))).toBeUndefined();
  expect([(await exposureOf('HALF')).used, (await exposureOf('LATE')).used]).toEqual([cny('7.00'), cny('12.00')]);
  for (const currency of ['HALFPT', 'LATEPT'])
    await nova.capture('TAKER', redemptionOf(await nova.hold('TAKER', guest, currency, 1_000)).id);
  expect([(await exposureOf('HALF')).used, (await exposureOf('LATE')).used]).toEqual([cny('12.00'), cny('22.00')]);
  expect(refusal(await nova.earn('LATE', guest, { points: 1 }))).toBe('CREDIT_LIMIT');
});

test('the cap of a cycle may be reached, not passed, and what is reversed makes room again', async () => {
  await nova.join('CAP', { currency: 'CAPPT', issuance: { capPerCycle: 100 } });
  const { results } = await nova.earnMany('CAP', lines([60, 41, 40, 1]));
  expect(results.map(refusal)).toEqual([undefined, 'CAP_EXCEEDED', undefined, 'CAP_EXCEEDED']);
  await nova.reverse('CAP', results[0]?.accrual?.id ?? '', { points: 10 });
  expect(refusal(await nova.earn('CAP', member, { points: 11 }))).toBe('CAP_EXCEEDED');
  expect(refusal(await nova.earn('CAP', member, { points: 10 }))).toBeUndefined();
});
