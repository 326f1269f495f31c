import { type Member, type Nova, redemptionOf, refusal, startNova } from '../support/coalition.ts';

let nova: Nova;
beforeAll(async () => {
  nova = await startNova({ CAFE: { expiry: { slidingMonths: 6 } } });
});
afterAll(() => nova.stop());

const endsOf = async (member: Member, currency: string, points: number) => {
  const { id, allocations } = redemptionOf(await nova.hold('DEPOT', member, currency, points));
  await nova.release('DEPOT', id);
  return allocations.map((allocation) => [allocation.points, allocation.expiresAt]);
};

test('points of a sliding currency last six months from the last purchase or burn, all of them', async () => {
  const member = await nova.enrol();
  await nova.earn('CAFE', member, { points: 100, occurredAt: '2026-01-10T10:00:00+08:00' });
  expect(await endsOf(member, 'CPT', 100)).toEqual([[100, '2026-07-10T02:00:00.000Z']]);

  // when the member buys again in May, then the points of January last until November
  await nova.setClock('2026-05-01T12:00:00+08:00');
  await nova.earn('CAFE', member, { points: 10, occurredAt: '2026-05-01T10:00:00+08:00' });
  expect(await endsOf(member, 'CPT', 110)).toEqual([
    [100, '2026-11-01T02:00:00.000Z'],
    [10, '2026-11-01T02:00:00.000Z'],
  ]);

  // when a purchase of March is reported late, then nothing ends earlier
  await nova.earn('CAFE', member, { points: 1, occurredAt: '2026-03-01T10:00:00+08:00' });
  expect(
    (await endsOf(member, 'CPT', 111))
      .map(([, end]) => end)
      .sort()
      .at(-1),
  ).toBe('2026-11-01T02:00:00.000Z');

  // when points are burned in October, then the rest lasts until April
  await nova.setClock('2026-10-01T10:00:00+08:00');
  expect(refusal(await nova.capture('DEPOT', redemptionOf(await nova.hold('DEPOT', member, 'CPT', 50)).id))).toBeUndefined();
  for (const [, end] of await endsOf(member, 'CPT', 50)) expect(String(end)).toMatch(/^2027-04-01T/);
});

test('a hold alone is no activity, and what has ended stays ended', async () => {
  const member = await nova.enrol();
  await nova.earn('CAFE', member, { points: 100, occurredAt: '2026-04-02T10:00:00+08:00' });
  await nova.setClock('2026-10-02T09:00:00+08:00');
  expect(await endsOf(member, 'CPT', 100)).toEqual([[100, '2026-10-02T02:00:00.000Z']]);
  await nova.setClock('2026-10-02T10:00:00+08:00');
  await nova.earn('CAFE', member, { points: 5, occurredAt: '2026-10-02T10:00:00+08:00' });
  expect(refusal(await nova.hold('DEPOT', member, 'CPT', 6))).toBe('INSUFFICIENT_POINTS');
  expect(await nova.faults()).toEqual([]);
});

test('held points are prolonged with the others, and a refund finds a prolonged lot alive', async () => {
  const member = await nova.enrol();
  await nova.earn('CAFE', member, { points: 100, occurredAt: '2026-08-01T10:00:00+08:00' });
  const held = redemptionOf(await nova.hold('DEPOT', member, 'CPT', 100));
  await nova.earn('CAFE', member, { points: 10, occurredAt: '2026-09-30T10:00:00+08:00' });
  await nova.release('DEPOT', held.id);
  expect((await endsOf(member, 'CPT', 110)).map(([, end]) => end)).toEqual(['2027-03-30T02:00:00.000Z', '2027-03-30T02:00:00.000Z']);

  const burned = redemptionOf(await nova.hold('DEPOT', member, 'CPT', 60));
  await nova.capture('DEPOT', burned.id);
  await nova.setClock('2027-03-31T10:00:00+08:00');
  const lots = await nova.countRows();
  await nova.refund('DEPOT', burned.id);
  expect((await nova.countRows()).lots).toBe(lots.lots);
  for (const [, end] of await endsOf(member, 'CPT', 110)) expect(String(end)).toMatch(/^2027-04-02T/);
});

test('a purchase reported late, or confirmed late, lasts as long as the points that are there already', async () => {
  const member = await nova.enrol();
  await nova.setClock('2027-05-10T10:00:00+08:00');
  const inputs = ['2027-05-09T10:00:00+08:00', '2026-10-20T10:00:00+08:00'].map((occurredAt) =>
    nova.accrueInput(member, { points: 50, occurredAt }),
  );
  expect((await nova.earnMany('CAFE', inputs)).accepted).toBe(2);
  const promised = await nova.earn('CAFE', member, { points: 10, occurredAt: '2026-10-01T10:00:00+08:00', confirm: 'MANUAL' });
  await nova.confirm('CAFE', promised.accrual?.id ?? '');
  expect((await endsOf(member, 'CPT', 110)).map(([, end]) => end)).toEqual(Array(3).fill('2027-11-09T02:00:00.000Z'));
});
