import { clearingOf, netsOf, type StatementLine } from '../settlement/clearing-api.ts';
import { MONTH, playMonth } from '../settlement/play-month.ts';
import { settlementOf } from '../settlement/settlement-api.ts';
import { cny, type Nova, startNova, type UserError } from '../support/coalition.ts';
import { drawBook } from '../support/t-accounts.ts';

let nova: Nova;
beforeAll(async () => {
  nova = await startNova(MONTH);
});
afterAll(() => nova.stop());

interface Disputed {
  readonly dispute: {
    readonly id: string;
    readonly status: string;
    readonly adjustment: { readonly amount: { readonly minor: string } } | null;
  };
  readonly userErrors: readonly UserError[];
}

const BRANDS = ['AERO', 'BOOKS', 'CAFE', 'DEPOT'] as const;

test('the month of the handbook is closed, disputed, paid and settled, line for line and to the fen', async () => {
  const clearing = clearingOf(nova);

  // given a short cycle before it, in which only the bookshop sold something, and so bears the budget of 1,000.00 alone
  const neighbour = await nova.enrol();
  await settlementOf(nova).sell('BOOKS', neighbour, 100, { occurredAt: '2026-01-01T10:00:00+08:00' });
  const prior = (await clearing.close('2026-01-01T12:00:00+08:00')).cycle;
  expect(await clearing.amountsOf('BOOKS', prior.id)).toEqual(['COST_ALLOCATION -100000']);
  await clearing.issue(prior.id);

  // when it disputes 20.00 of that, and the operator accepts 12.34
  const { id: statementId, lines } = await clearing.statementOf('BOOKS', prior.id);
  const [budget] = lines as [StatementLine];
  const { openDispute } = await nova.run<{ openDispute: Disputed }>(await nova.token('BOOKS'), 'open-dispute', {
    input: { idempotencyKey: 'dispute', statementLineId: budget.id, disputedAmount: cny('20.00'), reason: 'WRONG_COUNT' },
  });
  expect(openDispute.userErrors).toEqual([]);
  const { resolveDispute } = await nova.run<{ resolveDispute: Disputed }>(nova.operator, 'resolve-dispute', {
    input: { idempotencyKey: 'resolve', disputeId: openDispute.dispute.id, acceptedAmount: cny('12.34') },
  });
  expect(resolveDispute.dispute).toMatchObject({ status: 'PARTIALLY_ACCEPTED', adjustment: { amount: { minor: '1234' } } });

  // and pays, and the month is lived and closed
  await clearing.pay(statementId, 100_000, 'JAN-1', '2026-01-15');
  await playMonth(nova);
  const month = await clearing.close();

  // then every statement has the lines of the handbook
  expect(await clearing.amountsOf('AERO', month.cycle.id)).toEqual([
    'FUNDING -1152000',
    'JOINT_PROMOTION -25200',
    'REIMBURSEMENT 225000',
    'EXCHANGE_SPREAD 1000',
    'EXCHANGE_SPREAD 600',
    'BREAKAGE 6000',
    'REVENUE_SHARE 120000',
    'COST_ALLOCATION -41667',
  ]);
  expect(await clearing.amountsOf('BOOKS', month.cycle.id)).toEqual([
    'FUNDING -300002',
    'REIMBURSEMENT 40002',
    'EXCHANGE_SPREAD 1000',
    'COST_ALLOCATION -25000',
    'ADJUSTMENT 1234',
  ]);
  expect(await clearing.amountsOf('CAFE', month.cycle.id)).toEqual([
    'FUNDING -282002',
    'JOINT_PROMOTION -10800',
    'REIMBURSEMENT 75000',
    'EXCHANGE_SPREAD 600',
    'BREAKAGE 1601',
    'REVENUE_SHARE 50000',
    'COST_ALLOCATION -12500',
  ]);
  expect(await clearing.amountsOf('DEPOT', month.cycle.id)).toEqual([
    'REIMBURSEMENT 430000',
    'HANDLING_FEE -12900',
    'REVENUE_SHARE -120000',
    'REVENUE_SHARE -50000',
    'COST_ALLOCATION -20833',
  ]);
  expect(netsOf(month)).toEqual({
    AERO: -866_267,
    BOOKS: -282_766,
    CAFE: -178_101,
    DEPOT: 226_267,
    OPERATOR: 417_868,
    POOL: 682_999,
  });

  // and each is paid as the handbook says, the airline three days late at 5 bps a day
  await nova.setClock('2026-02-05T09:00:00+08:00');
  await clearing.issue(month.cycle.id);
  await nova.setClock('2026-02-23T09:00:00+08:00');
  const statements = await Promise.all(BRANDS.map((brand) => clearing.statementOf(brand, month.cycle.id)));
  expect(
    statements.map(({ instruction, dueDate }) => [instruction?.payer, instruction?.payee, instruction?.amount.minor, dueDate]),
  ).toEqual([
    ['AERO', 'OPERATOR', '866267', '2026-02-20'],
    ['BOOKS', 'OPERATOR', '282766', '2026-02-20'],
    ['CAFE', 'OPERATOR', '178101', '2026-02-20'],
    ['OPERATOR', 'DEPOT', '226267', '2026-02-20'],
  ]);
  for (const [at, day] of ['2026-02-23', '2026-02-20', '2026-02-19', '2026-02-20'].entries()) {
    const { id = '', instruction } = statements[at] ?? {};
    const { userErrors } = await clearing.pay(id, instruction?.amount.minor ?? 0, `FEB-${at}`, day);
    expect(userErrors).toEqual([]);
  }
  for (const { id } of [prior, month.cycle]) expect(await clearing.reconcile(id)).toMatchObject({ cycle: { status: 'SETTLED' } });
  expect(await settlementOf(nova).amountsOf('AERO')).toContain('LATE_INTEREST -1299');

  // and the pools hold the liability to the micro, half a fen of which the rounded lines do not say
  const [book] = await nova.app.db.rows<{ pools: bigint; rounding: bigint }>(
    `select sum(available) filter (where kind = 'POOL')::bigint as pools, sum(available) filter (where kind = 'ROUNDING')::bigint as rounding
     from ledger.accounts`,
  );
  expect(book).toEqual({ pools: 6_829_985_000n, rounding: 5_000n });
  expect(await nova.faults()).toEqual([]);
  expect(await drawBook(nova.app.db)).toMatchSnapshot();
});
