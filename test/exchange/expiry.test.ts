import { attemptOf } from '../../src/platform/idempotency.ts';
import { runJob } from '../../src/settlement/jobs/run-job.ts';
import { accrualOf, type Member, type Nova, redemptionOf, refusal, startNova } from '../support/coalition.ts';

let nova: Nova;
beforeAll(async () => {
  nova = await startNova({
    BOOKS: { expiry: { calendarYearEnd: { month: 1, day: 1, yearsAfterEarning: 1 } } },
    CAFE: { expiry: { never: true } },
  });
});
afterAll(() => nova.stop());

const earnAll = async (member: Member) => {
  for (const partner of ['AERO', 'BOOKS', 'CAFE'])
    await nova.earn(partner, member, { points: 100, occurredAt: '2026-01-10T10:00:00+08:00' });
};
const soon = async (member: Member, currency: string) => {
  const { member: found } = await nova.run<{ member: { balances: { currency: { code: string }; expiringSoon: object[] }[] } }>(
    nova.operator,
    'member',
    { ref: { id: member.id } },
  );
  return found.balances.find((balance) => balance.currency.code === currency)?.expiringSoon;
};

// The clock only runs forwards: these tests tell one story, from January 2026 to 2027.

test('a hold that nobody captures in time is over, and its points come back when the job runs', async () => {
  const member = await nova.enrol();
  await nova.earn('AERO', member, { points: 1000 });
  const [late, swept] = [
    redemptionOf(await nova.hold('DEPOT', member, 'APT', 100, { holdSeconds: 60 })),
    redemptionOf(await nova.hold('DEPOT', member, 'APT', 200, { holdSeconds: 60 })),
  ];
  const standard = redemptionOf(await nova.hold('DEPOT', member, 'APT', 300));
  const minutes = (new Date(standard.expiresAt).getTime() - new Date(late.expiresAt).getTime()) / 60_000;
  expect(Math.round(minutes)).toBe(14);

  await nova.setClock('2026-01-15T12:02:00+08:00');
  // The clock decides, not the job.
  expect(refusal(await nova.capture('DEPOT', late.id))).toBe('HOLD_EXPIRED');
  expect(refusal(await nova.release('DEPOT', late.id))).toBe('HOLD_EXPIRED');
  expect(await nova.balanceOf(member, 'APT')).toMatchObject({ available: 400, held: 600 });
  expect(await nova.runJob('EXPIRE_HOLDS', '2026-01-15T12:02:00+08:00')).toMatchObject({ run: { affected: 2 } });
  expect(await nova.runJob('EXPIRE_HOLDS', '2026-01-15T12:02:00+08:00')).toMatchObject({ run: { affected: 0 } });
  expect(await nova.balanceOf(member, 'APT')).toMatchObject({ available: 700, held: 300 });
  expect(refusal(await nova.capture('DEPOT', swept.id))).toBe('HOLD_EXPIRED');
  expect(refusal(await nova.capture('DEPOT', standard.id))).toBeUndefined();
  const { node } = await nova.run<{ node: object }>(await nova.token('DEPOT'), 'transaction', { id: swept.id });
  expect(node).toMatchObject({ redemptionStatus: 'EXPIRED_HOLD', heldPoints: 200, capturedPoints: 0 });
});

test('points of a rolling currency end by themselves, of a calendar one on its day, of one without end never', async () => {
  const member = await nova.enrol();
  await earnAll(member);
  await nova.earn('AERO', member, { points: 50, occurredAt: '2026-01-11T10:00:00+08:00' });
  const first = redemptionOf(await nova.hold('DEPOT', member, 'BPT', 1));
  expect(first.allocations[0]?.expiresAt).toBe('2026-12-31T16:00:00.000Z');
  expect(redemptionOf(await nova.hold('DEPOT', member, 'CPT', 1)).allocations[0]?.expiresAt).toBeNull();

  // given 31 December 2026, one minute to midnight in the time of the program
  await nova.setClock('2026-12-31T23:59:00+08:00');
  await nova.runJob('EXPIRE_HOLDS', '2026-12-31T23:59:00+08:00');
  expect(await nova.runJob('EXPIRE_LOTS', '2026-12-31T23:59:00+08:00')).toMatchObject({ run: { affected: 0 } });
  expect(await soon(member, 'BPT')).toEqual([{ points: 100, expiresAt: '2026-12-31T16:00:00.000Z' }]);
  // when midnight has passed, then they cannot be spent, whether or not the job has run
  await nova.setClock('2027-01-01T00:00:00+08:00');
  expect(refusal(await nova.hold('DEPOT', member, 'BPT', 1))).toBe('INSUFFICIENT_POINTS');
  expect(await nova.runJob('EXPIRE_LOTS', '2027-01-01T00:00:00+08:00')).toMatchObject({ run: { affected: 1 } });
  expect(await nova.runJob('EXPIRE_LOTS', '2027-01-01T00:00:00+08:00')).toMatchObject({ run: { affected: 0 } });
  expect(await nova.balanceOf(member, 'BPT')).toMatchObject({ available: 0 });

  // given the instant at which the first of two lots of AERO ends
  await nova.setClock('2027-01-10T10:00:00+08:00');
  expect(refusal(await nova.hold('DEPOT', member, 'APT', 51))).toBe('INSUFFICIENT_POINTS');
  expect((await nova.runJob('EXPIRE_LOTS', '2027-01-10T09:59:59.999+08:00')).run?.affected).toBe(0);
  const others = (await nova.runJob('EXPIRE_LOTS', '2027-01-10T10:00:00+08:00')).run?.affected ?? 0;
  expect(others).toBeGreaterThanOrEqual(1);
  expect(await nova.balanceOf(member, 'APT')).toMatchObject({ available: 50 });
  expect(await nova.balanceOf(member, 'CPT')).toMatchObject({ available: 100 });
});

test('a refund of points whose lot has ended meanwhile comes back in a new lot for thirty days', async () => {
  // given points held two days before they end, and captured after it
  const member = await nova.enrol();
  await nova.earn('AERO', member, { points: 100, occurredAt: '2026-01-12T10:00:00+08:00' });
  await nova.earn('AERO', member, { points: 100, occurredAt: '2026-06-12T10:00:00+08:00' });
  const held = redemptionOf(await nova.hold('DEPOT', member, 'APT', 150, { holdSeconds: 3 * 24 * 3600 }));
  await nova.setClock('2027-01-12T12:00:00+08:00');
  // then held points outlive their lot until the hold is resolved
  await nova.runJob('EXPIRE_LOTS', '2027-01-12T12:00:00+08:00');
  expect(await nova.balanceOf(member, 'APT')).toMatchObject({ available: 50, held: 150 });
  const before = await nova.positionOf('DEPOT');
  expect(await nova.capture('DEPOT', held.id)).toMatchObject({ redemption: { capturedPoints: 150 }, balance: { available: 50, held: 0 } });
  // when 120 are refunded: 100 of the lot that has ended, 20 of the other
  const refunded = await nova.refund('DEPOT', held.id, { points: 120 });
  expect(refunded).toMatchObject({ redemption: { status: 'PARTIALLY_REFUNDED' }, balance: { available: 170 } });
  await nova.refund('DEPOT', held.id);
  expect(await nova.positionOf('DEPOT')).toEqual(before);
  const { allocations } = redemptionOf(await nova.hold('DEPOT', member, 'APT', 200));
  expect(allocations.map(({ points, expiresAt }) => [points, expiresAt?.slice(0, 13)])).toEqual([
    [100, '2027-02-11T04'],
    [100, '2027-06-12T02'],
  ]);
});

test('points that come back from a hold after their end are gone with the next run', async () => {
  const member = await nova.enrol();
  await nova.earn('AERO', member, { points: 100, occurredAt: '2026-01-20T10:00:00+08:00' });
  const { id } = redemptionOf(await nova.hold('DEPOT', member, 'APT', 100, { holdSeconds: 20 * 24 * 3600 }));
  await nova.setClock('2027-01-21T10:00:00+08:00');
  await nova.release('DEPOT', id);
  expect(refusal(await nova.hold('DEPOT', member, 'APT', 1))).toBe('INSUFFICIENT_POINTS');
  expect(await nova.runJob('EXPIRE_LOTS', '2027-01-21T10:00:00+08:00')).toMatchObject({ run: { affected: 1 } });
  expect(await nova.balanceOf(member, 'APT')).toMatchObject({ available: 0, held: 0 });
});

test('points reported so late that they have ended already are never spent', async () => {
  const member = await nova.enrol();
  const payload = await nova.earn('AERO', member, { points: 100, occurredAt: '2026-01-20T10:00:00+08:00' });
  expect(accrualOf(payload)).toMatchObject({ status: 'CONFIRMED', points: 100 });
  expect(refusal(await nova.hold('DEPOT', member, 'APT', 1))).toBe('INSUFFICIENT_POINTS');
  expect(await nova.runJob('EXPIRE_LOTS', '2027-01-21T10:00:00+08:00')).toMatchObject({ run: { affected: 1 } });
});

test('a suspended member loses points that end like anybody else, and one job run at the same moment as another takes nothing twice', async () => {
  const member = await nova.enrol();
  await nova.earnMany(
    'AERO',
    Array.from({ length: 40 }, (_, at) => nova.accrueInput(member, { points: at + 1, occurredAt: '2026-01-20T10:00:00+08:00' })),
  );
  await nova.operate('set-member-status', { memberId: member.id, status: 'SUSPENDED' });
  const runs = await Promise.all(Array.from({ length: 4 }, () => nova.runJob('EXPIRE_LOTS', '2027-01-21T10:00:00+08:00')));
  expect(runs.reduce((sum, { run }) => sum + (run?.affected ?? 0), 0)).toBe(40);
  expect(await nova.balanceOf(member, 'APT')).toMatchObject({ available: 0, version: '41' });
});

test('only an operator runs jobs, and outside the sandbox not ahead of the clock', async () => {
  const input = { idempotencyKey: 'job', name: 'EXPIRE_LOTS', asOf: '2027-01-21T10:00:00+08:00' };
  expect(await nova.run(await nova.token('AERO'), 'run-job', { input })).toMatchObject({
    runJob: { run: null, userErrors: [{ code: 'FORBIDDEN' }] },
  });
  const ahead = new Date('2027-02-01T00:00:00+08:00');
  const attempt = attemptOf('operator', 'runJob', { idempotencyKey: 'ahead' });
  expect(await runJob(nova.app.db, attempt, 'EXPIRE_LOTS', ahead, false)).toMatchObject({ refused: { code: 'VALIDATION' } });
  expect((await nova.runJob('EXPIRE_LOTS', ahead.toISOString())).userErrors).toEqual([]);
});

test('a job is run once for a key, and the key is not given to another job', async () => {
  const first = await nova.runJob('EXPIRE_HOLDS', '2027-01-21T10:00:00+08:00', 'job-key');
  expect(await nova.runJob('EXPIRE_HOLDS', '2027-01-21T10:00:00+08:00', 'job-key')).toEqual(first);
  expect((await nova.runJob('EXPIRE_LOTS', '2027-01-21T10:00:00+08:00', 'job-key')).userErrors).toMatchObject([
    { code: 'IDEMPOTENCY_CONFLICT' },
  ]);
});

test('after all of it the ledger is intact and the pools cover their points', async () => {
  expect(await nova.faults()).toEqual([]);
});
