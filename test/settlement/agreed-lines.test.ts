import { accrualOf, cny, type Input, type Member, type Nova, startNova } from '../support/coalition.ts';
import { type Settlement, settlementOf } from './settlement-api.ts';

let nova: Nova;
let settlement: Settlement;
let member: Member;
beforeAll(async () => {
  nova = await startNova();
  settlement = settlementOf(nova);
  member = await nova.enrol();
});
afterAll(() => nova.stop());

const fees = (more: Input): Input => ({ fees: more });

test('the platform costs its fee, and each report more hours late than agreed one more; the book is not touched', async () => {
  const late = { lateSubmissionHours: 72, lateSubmissionFee: cny('1.00') };
  await nova.join('SLOW', { currency: 'SPT', clauses: [fees({ ...late, platformFeePerCycle: cny('500.00') })] });
  expect(await settlement.amountsOf('SLOW')).toEqual(['FEE -50000']);
  // The clock shows noon of the 15th: what happened at noon of the 12th is 72 hours old, and a few seconds.
  const [intime, just, old] = ['2026-01-12T12:01:00+08:00', '2026-01-12T11:59:59+08:00', '2026-01-02T12:00:00+08:00'];
  accrualOf(await nova.earn('SLOW', member, { points: 10, occurredAt: intime }));
  accrualOf(await nova.earn('SLOW', member, { points: 10, occurredAt: just }));
  const pending = accrualOf(await nova.earn('SLOW', member, { points: 10, occurredAt: old, confirm: 'MANUAL' }));
  await nova.confirm('SLOW', pending.id);
  await settlement.sell('SLOW', member, 100, { occurredAt: old });
  await settlement.sell('SLOW', member, 100, { occurredAt: intime });
  expect(await settlement.amountsOf('SLOW')).toEqual(['FUNDING -36', 'FEE -300', 'FEE -50000']);
  await nova.amend('SLOW', '2026-01-14T00:00:00+08:00', { currency: 'SPT', clauses: [fees({ ...late, lateSubmissionHours: 73 })] });
  expect(await settlement.amountsOf('SLOW')).toEqual(['FUNDING -36', 'FEE -200']);
  expect(await nova.faults()).toEqual([]);
});

test('points short of a commitment are paid at R + S, until they are issued', async () => {
  await nova.join('BOUND', { currency: 'BND', issuance: { minCommitmentPoints: 100_000 } });
  expect(await settlement.amountsOf('BOUND')).toEqual(['TRUE_UP -120000']);
  const { id } = accrualOf(await nova.earn('BOUND', member, { points: 70_000 }));
  accrualOf(await nova.reverse('BOUND', id, { points: 10_000 }));
  accrualOf(await nova.earn('BOUND', member, { points: 500_000, confirm: 'MANUAL' }));
  expect(await settlement.amountsOf('BOUND')).toEqual(['FUNDING -72000', 'TRUE_UP -48000']);
  accrualOf(await nova.earn('BOUND', member, { points: 40_000 }));
  expect(await settlement.amountsOf('BOUND')).toEqual(['FUNDING -120000']);
  await settlement.positions();
});
