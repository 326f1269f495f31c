import { statementCounter } from '../../src/platform/database.ts';
import { cny, type Input, type Nova, redemptionOf, startNova } from '../support/coalition.ts';

const share = (basis: string, payee: string): Input => ({ revenueShare: { basis, bps: 100, payee } });
const budget = (code: string, basis: string): Input => ({ costAllocation: { code, budget: cny('10.00'), basis } });
const AGREED: readonly Input[] = [
  ...[share('NET_SALE', 'HOME'), share('POINTS_VALUE', 'HOME'), share('POINTS_VALUE', 'ISSUER'), share('FUNDING', 'HOME')],
  ...[budget('A', 'TRANSACTION_COUNT'), budget('B', 'ACTIVE_MEMBERS')],
  { fees: { lateSubmissionHours: 1, lateSubmissionFee: cny('1.00') } },
];

let nova: Nova;
beforeAll(async () => {
  nova = await startNova();
});
afterAll(() => nova.stop());

async function statements(name: string): Promise<number> {
  await nova.run(nova.operator, name);
  const before = statementCounter.count;
  await nova.run(nova.operator, name);
  return statementCounter.count - before;
}

test('all positions of a cycle cost six statements, and one more for each kind of sums that clauses ask for, however many partners', async () => {
  const member = await nova.enrol();
  await nova.earn('AERO', member, { points: 100 });
  const plain = await statements('cycle-positions');
  expect(plain).toBeLessThanOrEqual(6);
  await nova.join('AGREED', { currency: 'GPT', clauses: AGREED });
  await nova.earn('AGREED', member, { points: 100 });
  const agreed = await statements('cycle-positions');
  expect(agreed).toBe(plain + 5);
  for (const code of ['MORE', 'STILL_MORE']) {
    await nova.join(code, { currency: `${code}PT`, clauses: AGREED });
    await nova.earn(code, member, { points: 100 });
  }
  expect(await statements('cycle-positions')).toBe(agreed);
});

test('figures that versions of contracts divide differently cost one statement more, however many', async () => {
  const member = await nova.enrol();
  const depot = (handlingFeeBps: number) => ({ acceptance: { currencies: ['APT', 'BPT', 'CPT'], handlingFeeBps, noticeDays: 0 } });
  await nova.earn('AERO', member, { points: 1_000 });
  for (const code of ['KIOSK', 'STALL']) {
    await nova.join(code, depot(100));
    await nova.capture(code, redemptionOf(await nova.hold(code, member, 'APT', 10)).id);
  }
  const before = await statements('cycle-positions');
  await nova.amend('KIOSK', '2026-01-15T13:00:00+08:00', depot(100));
  await nova.setClock('2026-01-15T13:30:00+08:00');
  expect(await statements('cycle-positions')).toBe(before);
  for (const code of ['KIOSK', 'STALL']) await nova.amend(code, '2026-01-15T14:00:00+08:00', depot(200));
  await nova.setClock('2026-01-15T14:30:00+08:00');
  expect(await statements('cycle-positions')).toBe(before + 1);
});
