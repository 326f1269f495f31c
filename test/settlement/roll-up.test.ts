import { coalitionNow } from '../../src/partners/coalition.ts';
import { readCyclesByNo } from '../../src/settlement/cycles/cycles.queries.ts';
import { sweepSettlement } from '../../src/settlement/jobs/settlement-sweep.ts';
import { drawLines } from '../../src/settlement/lines/load-lines.ts';
import { rollUp } from '../../src/settlement/lines/roll-up.ts';
import { accrualOf, type Member, type Nova, redemptionOf, startNova } from '../support/coalition.ts';
import { clearingOf } from './clearing-api.ts';

let nova: Nova;
let member: Member;
beforeEach(async () => {
  nova = await startNova();
  member = await nova.enrol();
});
afterEach(async () => {
  const faults = await nova.faults();
  await nova.stop();
  expect(faults).toEqual([]);
});

async function live(points: number): Promise<void> {
  for (const partner of ['AERO', 'BOOKS', 'CAFE'] as const) accrualOf(await nova.earn(partner, member, { points }));
  redemptionOf(await nova.capture('DEPOT', redemptionOf(await nova.hold('DEPOT', member, 'APT', Math.floor(points / 2))).id));
}

const kept = () =>
  nova.app.db.rows<{ cycle_no: number; version: bigint }>('select cycle_no, version from settlement.progress order by account_id');

test('what was read on before a close is not read again, and the lines are those of the entries', async () => {
  await live(1_000);
  expect(await rollUp(nova.app.db)).toBeGreaterThan(5);
  expect(await rollUp(nova.app.db)).toBe(0);
  await live(333);
  await sweepSettlement(nova.app.db);
  await live(77);
  const before = await kept();
  const { cycle } = await clearingOf(nova).close();
  expect(await clearingOf(nova).amountsOf('AERO', cycle.id)).toEqual(['FUNDING -1692']);
  expect(await kept()).toEqual(before);
  // Without what was kept, all of it is read from the entries: to the same lines.
  const { coalition, now } = await coalitionNow(nova.app.db);
  const [frozen] = await readCyclesByNo(nova.app.db, [1]);
  if (frozen === undefined) throw new Error('there is no first cycle');
  const kindly = await drawLines(nova.app.db, coalition, frozen, now);
  await nova.app.db.rows('update settlement.progress set cycle_no = 99');
  expect(await drawLines(nova.app.db, coalition, frozen, now)).toEqual(kindly);
  expect(kindly.find(({ key }) => key === 'AERO APT')?.shares.get('AERO')).toEqual({ micros: -16_920_000n, minor: -1_692n });
});

test('a close as of an instant before sums were kept counts only what occurred before it', async () => {
  accrualOf(await nova.earn('AERO', member, { points: 1_000, occurredAt: '2026-01-05T00:00:00+08:00' }));
  accrualOf(await nova.earn('AERO', member, { points: 50, occurredAt: '2026-01-09T00:00:00+08:00' }));
  await rollUp(nova.app.db);
  const { cycle } = await clearingOf(nova).close('2026-01-08T00:00:00+08:00');
  expect(await clearingOf(nova).amountsOf('AERO', cycle.id)).toEqual(['FUNDING -1200']);
  await rollUp(nova.app.db);
  const next = await clearingOf(nova).close();
  expect(await clearingOf(nova).amountsOf('AERO', next.cycle.id)).toEqual(['FUNDING -60']);
});

test('nothing is kept of what was recorded after the planned cutoff, so that a late close finds it at once', async () => {
  await live(400);
  await nova.setClock('2026-02-02T00:00:00+08:00');
  await live(1_000);
  await rollUp(nova.app.db);
  const [account] = await nova.app.db.rows<{ version: bigint; kept: bigint }>(
    `select a.version, k.version as kept from ledger.accounts a join settlement.progress k on k.account_id = a.id
     join partners.partners p on p.id = a.owner and p.code = 'AERO' where a.kind = 'PARTNER'`,
  );
  expect(account).toEqual({ version: 2n, kept: 1n });
  const { cycle } = await clearingOf(nova).close('2026-02-01T00:00:00+08:00');
  // Both occurred in January: what was recorded in February is a part of it too, since it was still open.
  expect(await clearingOf(nova).amountsOf('AERO', cycle.id)).toEqual(['FUNDING -1680']);
});
