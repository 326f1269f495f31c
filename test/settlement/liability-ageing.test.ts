import { statementCounter } from '../../src/platform/database.ts';
import { accrualOf, type Member, type Nova, redemptionOf, startNova } from '../support/coalition.ts';
import { burn } from './play-month.ts';

interface Ageing {
  readonly currency: { readonly code: string };
  readonly outstanding: number;
  readonly buckets: readonly { readonly label: string; readonly points: number; readonly liabilityMicros: string }[];
}

let nova: Nova;
beforeEach(async () => {
  today = '';
  const expiry = { rollingMonths: 60 };
  nova = await startNova({ AERO: { expiry }, BOOKS: { expiry }, CAFE: { expiry: { rollingMonths: 1 } } });
});
afterEach(async () => {
  const faults = await nova.faults();
  await nova.stop();
  expect(faults).toEqual([]);
});

const ageing = async (asOf?: string, token = nova.operator) =>
  (await nova.run<{ liabilityAgeing: Ageing[] }>(token, 'liability-ageing', { asOf })).liabilityAgeing;

/** Points of a currency by age, the youngest first. */
async function agesOf(currency: string, asOf?: string): Promise<number[]> {
  const found = (await ageing(asOf)).find(({ currency: { code } }) => code === currency);
  return (found?.buckets ?? []).map(({ points }) => points);
}

let today = '';
const earnOn = async (day: string, partner: string, member: Member, points: number): Promise<void> => {
  if (day !== today) await nova.setClock(`${day}T12:00:00+08:00`);
  today = day;
  accrualOf(await nova.earn(partner, member, { points, occurredAt: `${day}T10:00:00+08:00` }));
};

test('[X07] outstanding points by age in months come to all that is outstanding, now and at the end of any day before', async () => {
  const member = await nova.enrol();
  const outstanding: Record<string, Record<string, number>> = {};
  /** What pool coverage says at the end of a day is what the report must say of that day for ever. */
  const note = async (day: string) => {
    const { poolCoverage } = await nova.run<{ poolCoverage: { currency: { code: string }; outstanding: number }[] }>(
      nova.operator,
      'pool-coverage',
    );
    outstanding[day] = Object.fromEntries(poolCoverage.map((one) => [one.currency.code, one.outstanding]));
  };
  await earnOn('2026-01-20', 'AERO', member, 1_000);
  await earnOn('2026-01-20', 'CAFE', member, 70);
  await note('2026-01-20');
  await earnOn('2026-08-01', 'AERO', member, 200);
  await nova.runJob('EXPIRE_LOTS', '2026-08-01T00:00:00+08:00');
  await note('2026-08-01');
  await earnOn('2026-10-25', 'AERO', member, 30);
  await earnOn('2026-10-25', 'BOOKS', member, 9);
  const spent = await burn(nova, 'DEPOT', member, 'APT', 150);
  await note('2026-10-25');
  await earnOn('2027-01-20', 'AERO', member, 4);
  redemptionOf(await nova.refund('DEPOT', spent, { points: 50 }));
  // Held points are outstanding still.
  redemptionOf(await nova.hold('DEPOT', member, 'APT', 600));
  await note('2027-01-20');

  expect(await agesOf('APT')).toEqual([34, 200, 0, 900]);
  expect(await agesOf('BPT')).toEqual([9, 0, 0, 0]);
  expect(await agesOf('CPT')).toEqual([0, 0, 0, 0]);
  expect(await agesOf('APT', '2026-10-25')).toEqual([230, 0, 850, 0]);
  expect(await agesOf('APT', '2026-08-01')).toEqual([200, 0, 1_000, 0]);
  expect(await agesOf('APT', '2026-01-20')).toEqual([1_000, 0, 0, 0]);
  expect(await agesOf('CPT', '2026-01-20')).toEqual([70, 0, 0, 0]);
  expect(await agesOf('APT', '2026-01-19')).toEqual([0, 0, 0, 0]);
  for (const [day, byCurrency] of Object.entries(outstanding)) {
    for (const one of await ageing(day)) {
      expect([day, one.currency.code, one.outstanding]).toEqual([day, one.currency.code, byCurrency[one.currency.code]]);
      expect(one.buckets.reduce((sum, { points }) => sum + points, 0)).toBe(one.outstanding);
    }
  }
  const [apt] = await ageing();
  expect(apt?.buckets.map(({ label, liabilityMicros }) => `${label} ${liabilityMicros}`)).toEqual([
    '0-3 340000',
    '3-6 2000000',
    '6-12 0',
    '12+ 9000000',
  ]);
});

test('points come of age to the day in program time', async () => {
  const member = await nova.enrol();
  await earnOn('2026-01-31', 'AERO', member, 10);
  await nova.setClock('2026-04-30T09:59:59+08:00');
  expect(await agesOf('APT')).toEqual([10, 0, 0, 0]);
  // Three months before 1 May, ten o'clock, is 1 February; of 30 April, at ten, it is 30 January: the points are younger.
  await nova.setClock('2026-05-01T10:00:00+08:00');
  expect(await agesOf('APT')).toEqual([0, 10, 0, 0]);
  expect(await agesOf('APT', '2026-04-30')).toEqual([0, 10, 0, 0]);
  expect(await agesOf('APT', '2026-04-29')).toEqual([10, 0, 0, 0]);
});

test('a partner sees the ages of points that it issued; a day to come is an error, and so is what is no day', async () => {
  const member = await nova.enrol();
  await earnOn('2026-01-20', 'AERO', member, 10);
  await earnOn('2026-01-20', 'BOOKS', member, 20);
  expect((await ageing(undefined, await nova.token('BOOKS'))).map((one) => `${one.currency.code} ${one.outstanding}`)).toEqual(['BPT 20']);
  expect((await ageing('2026-01-20', await nova.token('AERO'))).map((one) => `${one.currency.code} ${one.outstanding}`)).toEqual([
    'APT 10',
  ]);
  expect(await ageing(undefined, await nova.token('DEPOT'))).toEqual([]);
  for (const asOf of ['2026-01-21', '0001-01-01', '2026-13-01', '20260120', 'yesterday'])
    expect((await nova.answer(nova.operator, 'liability-ageing', { asOf })).errors?.[0]?.extensions?.code).toBe('BAD_USER_INPUT');
  const before = statementCounter.count;
  await ageing('2026-01-19');
  expect(statementCounter.count - before).toBeLessThanOrEqual(4);
});
