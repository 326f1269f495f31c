import { transact } from '../../src/platform/database.ts';
import { ageInstructions } from '../../src/settlement/payments/age-instructions.ts';
import { accrualOf, cny, type Input, type Member, type Nova, redemptionOf, refusal, startNova } from '../support/coalition.ts';
import { fen, type Payments, paymentsOf, THRESHOLD, terms } from './payments-api.ts';

let nova: Nova;
let payments: Payments;
let member: Member;
beforeEach(async () => {
  nova = await startNova({
    AERO: { clauses: [terms()] },
    BOOKS: { clauses: [terms(THRESHOLD)] },
    CAFE: { clauses: [terms(THRESHOLD)] },
    DEPOT: { clauses: [terms(THRESHOLD)] },
  });
  payments = paymentsOf(nova);
  member = await nova.enrol();
});
afterEach(() => nova.stop());

const earn = async (partner: string, points: number) => accrualOf(await nova.earn(partner, member, { points }));

async function burn(partner: string, currency: string, points: number): Promise<void> {
  redemptionOf(await nova.capture(partner, redemptionOf(await nova.hold(partner, member, currency, points)).id));
}

/** 721,889 points at 0.012: 866,267 fen, due ten days after the 15th. */
async function owe(): Promise<{ cycle: string; statement: string }> {
  await earn('AERO', 721_889);
  const cycle = await payments.close();
  await payments.issue(cycle);
  const { id, net, instruction } = await payments.statementOf('AERO', cycle);
  expect([net.minor, instruction?.amount.minor, instruction?.payer, instruction?.payee]).toEqual(['-866267', '866267', 'AERO', 'OPERATOR']);
  return { cycle, statement: id };
}

const age = (at: string, limit = 100) => transact(nova.app.db, (tx) => ageInstructions(tx, new Date(at), limit));

test('866,267 fen that are paid three days late bear 1,299 fen, a line of the next statement, and leave nothing else owed', async () => {
  const { cycle, statement } = await owe();
  expect(await payments.reconcile(cycle, 'AERO')).toBe('RECONCILED');
  await nova.setClock('2026-01-28T12:00:00+08:00');
  const paid = await payments.pay(statement, 866_267, '2026-01-28');
  expect(paid.userErrors).toEqual([]);
  expect(paid.statement?.instruction).toMatchObject({
    status: 'PAID',
    dueDate: '2026-01-25',
    outstanding: fen(0),
    payments: [{ amount: fen(866_267), valueDate: '2026-01-28', interest: fen(1_299) }],
  });
  expect(paid.statement?.cycle.status).toBe('SETTLED');
  expect(await payments.accountOf('AERO')).toBe(-1_299);
  expect((await nova.positionOf('AERO')).exposure.used).toEqual(fen(1_299));
  const next = await payments.close();
  expect(await payments.amountsOf('AERO', next)).toEqual(['LATE_INTEREST -1299']);
  expect(await nova.faults()).toEqual([]);
});

test('a payment in parts bears interest on the parts that came late only, and never exceeds what is outstanding', async () => {
  const { cycle, statement } = await owe();
  await nova.setClock('2026-01-28T12:00:00+08:00');
  const first = await payments.pay(statement, 500_000, '2026-01-25', 'FIRST');
  expect(first.statement?.instruction).toMatchObject({ status: 'PARTIALLY_PAID', paid: fen(500_000), outstanding: fen(366_267) });
  expect(refusal(await payments.pay(statement, 366_268, '2026-01-28'))).toBe('VALIDATION');
  expect(refusal(await payments.pay(statement, 1, '2026-01-28', 'FIRST'))).toBe('DUPLICATE');
  expect(refusal(await payments.pay(statement, 0, '2026-01-28'))).toBe('VALIDATION');
  expect(refusal(await payments.pay(statement, 1, '2026-01-29'))).toBe('VALIDATION');
  expect(refusal(await payments.pay(statement, 1, '2026-01-28', 'ü'))).toBe('VALIDATION');
  expect(refusal(await payments.pay('stm_00000000000000000000000000000000', 1, '2026-01-28'))).toBe('VALIDATION');
  const second = await payments.pay(statement, 366_267, '2026-01-28', 'SECOND');
  // 366,267 x 3 x 5 bps = 549.4
  expect(second.statement?.instruction.payments.map(({ bankReference, interest }) => `${bankReference} ${interest.minor}`)).toEqual([
    'FIRST 0',
    'SECOND 549',
  ]);
  expect(refusal(await payments.pay(statement, 1, '2026-01-28'))).toBe('VALIDATION');
  expect(await payments.accountOf('AERO')).toBe(-549);
  expect(await payments.reconcile(cycle)).toBe('SETTLED');
  expect(await nova.faults()).toEqual([]);
});

test('payments at the same time never exceed what is to be paid, and one key pays once', async () => {
  const { statement } = await owe();
  const attempts = await Promise.all(Array.from({ length: 6 }, (_, n) => payments.pay(statement, 400_000, '2026-01-15', `RACE-${n}`)));
  expect(attempts.filter(({ userErrors }) => userErrors.length === 0)).toHaveLength(2);
  const [one, other] = await Promise.all([1, 2].map(() => payments.pay(statement, 66_267, '2026-01-15', 'REST', 'the-rest')));
  expect(one).toEqual(other);
  expect(one?.statement?.instruction).toMatchObject({ status: 'PAID', paid: fen(866_267) });
  expect(one?.statement?.instruction.payments).toHaveLength(3);
  expect(await payments.accountOf('AERO')).toBe(0);
  const reused = await payments.pay(statement, 1, '2026-01-15', 'REST', 'the-rest');
  expect(refusal(reused)).toBe('IDEMPOTENCY_CONFLICT');
  expect(await nova.faults()).toEqual([]);
});

test('amounts below the threshold are carried in both directions and settled with the next cycle', async () => {
  await earn('AERO', 10_000);
  await earn('BOOKS', 500);
  await burn('DEPOT', 'APT', 400);
  // BOOKS owes 3.00, and DEPOT is owed 4.00 less 3 % of it.
  const cycle = await payments.close();
  const carried = (await payments.instructions(cycle)).filter(({ status }) => status === 'CARRIED');
  expect(
    carried.map(({ payer, payee, carried: { minor }, amount, carriedReason }) => [payer, payee, minor, amount.minor, carriedReason]),
  ).toEqual(
    expect.arrayContaining([
      ['BOOKS', 'OPERATOR', '300', '0', 'BELOW_THRESHOLD'],
      ['OPERATOR', 'DEPOT', '388', '0', 'BELOW_THRESHOLD'],
    ]),
  );
  const books = await payments.statementOf('BOOKS', cycle);
  expect(refusal(await payments.pay(books.id, 300, '2026-01-15'))).toBe('VALIDATION');
  await payments.issue(cycle);
  const aero = await payments.statementOf('AERO', cycle);
  await payments.pay(aero.id, 12_000, '2026-01-15');
  expect(await payments.reconcile(cycle, 'AERO', 'BOOKS', 'DEPOT')).toBe('SETTLED');
  expect([await payments.accountOf('BOOKS'), await payments.accountOf('DEPOT')]).toEqual([-300, 388]);

  await nova.setClock('2026-01-16T12:00:00+08:00');
  await earn('BOOKS', 2_000);
  await burn('DEPOT', 'APT', 1_000);
  const next = await payments.close();
  expect(await payments.amountsOf('BOOKS', next)).toEqual(['FUNDING -1200', 'CARRIED_FORWARD -300']);
  expect(await payments.amountsOf('DEPOT', next)).toEqual(['REIMBURSEMENT 1000', 'HANDLING_FEE -30', 'CARRIED_FORWARD 388']);
  await payments.issue(next);
  for (const [partner, owed] of [
    ['BOOKS', 1_500],
    ['DEPOT', 1_358],
  ] as const) {
    const { id } = await payments.statementOf(partner, next);
    expect(refusal(await payments.pay(id, owed, '2026-01-16'))).toBeUndefined();
    expect(await payments.accountOf(partner)).toBe(0);
  }
  expect(await payments.reconcile(next, 'BOOKS', 'DEPOT')).toBe('SETTLED');
  expect(await nova.faults()).toEqual([]);
});

test('what is not paid becomes overdue and then a default, which suspends the contract; paying it in full leaves that to the operator', async () => {
  const { statement } = await owe();
  expect(await age('2026-01-25T23:59:59+08:00')).toBe(0);
  await nova.setClock('2026-01-26T00:00:00+08:00');
  expect(await age('2026-01-26T00:00:00+08:00')).toBe(1);
  expect(await age('2026-01-26T00:00:00+08:00')).toBe(0);
  const status = async () => {
    const [cycle] = await nova.app.db.rows<{ id: string }>('select id from ledger.cycles where no = 1');
    const instructions = await payments.instructions(`cyc_${cycle?.id.replaceAll('-', '')}`);
    return instructions.map((one) => one.status);
  };
  expect(await status()).toEqual(['OVERDUE']);
  await payments.pay(statement, 1, '2026-01-26');
  expect(await status()).toEqual(['OVERDUE']);
  const policy = await nova.operate<{ program: { settlementPolicy: object } }>('set-settlement-policy', { defaultAfterDays: 5 });
  expect(policy.program.settlementPolicy).toEqual({ defaultAfterDays: 5 });
  expect(await age('2026-01-30T12:00:00+08:00')).toBe(0);
  await nova.setClock('2026-01-31T12:00:00+08:00');
  expect(await age('2026-01-31T12:00:00+08:00')).toBe(1);
  expect(await status()).toEqual(['DEFAULTED']);
  const refused = await nova.earn('AERO', member, { points: 1, occurredAt: '2026-01-31T11:00:00+08:00' });
  expect(refusal(refused)).toBe('CONTRACT_NOT_ACTIVE');
  const [event] = await nova.app.db.rows<{ kind: string; note: string; contract: string }>(
    "select kind, note, contract_id as contract from partners.contract_events where kind = 'SUSPENDED'",
  );
  expect(event?.note).toMatch(/^UNPAID: payment ins_[0-9a-f]{32} was due on 2026-01-25\.$/);
  await payments.pay(statement, 866_266, '2026-01-31');
  expect(await status()).toEqual(['PAID']);
  expect(refusal(await nova.earn('AERO', member, { points: 1 }))).toBe('CONTRACT_NOT_ACTIVE');
  await nova.operate('resume-contract', { contractId: `ctr_${event?.contract.replaceAll('-', '')}` });
  await earn('AERO', 1);
  expect(await nova.faults()).toEqual([]);
});

test('what is paid while it becomes a default is kept, and suspends once', async () => {
  const { cycle, statement } = await owe();
  await nova.setClock('2026-04-01T12:00:00+08:00');
  const aged = [1, 2, 3].map(() => age('2026-04-01T12:00:00+08:00'));
  await Promise.all([...aged, payments.pay(statement, 100_000, '2026-01-20'), payments.pay(statement, 66_267, '2026-01-21')]);
  const [instruction] = await payments.instructions(cycle);
  expect(instruction).toMatchObject({ status: 'DEFAULTED', paid: fen(166_267), outstanding: fen(700_000) });
  expect((await Promise.all(aged)).toSorted()).toEqual([0, 0, 1]);
  const [row] = await nova.app.db.rows<{ events: bigint }>(
    "select count(*) as events from partners.contract_events where kind = 'SUSPENDED'",
  );
  expect(row?.events).toBe(1n);
  await payments.pay(statement, 700_000, '2026-01-25');
  expect((await payments.instructions(cycle)).map(({ status }) => status)).toEqual(['PAID']);
  expect(await payments.accountOf('AERO')).toBe(0);
  expect(await nova.faults()).toEqual([]);
});

test('a payment that the operator owes is a default too, and suspends nobody; a run takes no more than it is told', async () => {
  await earn('AERO', 10_000);
  await burn('DEPOT', 'APT', 5_000);
  await payments.issue(await payments.close());
  await nova.setClock('2026-04-01T12:00:00+08:00');
  // AERO has the older id: both are due on one day.
  expect(await age('2026-04-01T12:00:00+08:00', 1)).toBe(1);
  expect(await age('2026-04-01T12:00:00+08:00', 1)).toBe(1);
  const suspended = await nova.app.db.rows<{ code: string }>(
    'select p.code from partners.contracts c join partners.partners p on p.id = c.partner_id where c.suspended_at is not null',
  );
  expect(suspended).toEqual([{ code: 'AERO' }]);
});

test('what the policy may be and who sets it is checked, and only the operator records payments', async () => {
  for (const defaultAfterDays of [0, -1, 3_651]) {
    const input = { idempotencyKey: nova.newKey(), defaultAfterDays };
    const { setSettlementPolicy } = await nova.run<{ setSettlementPolicy: Parameters<typeof refusal>[0] }>(
      nova.operator,
      'set-settlement-policy',
      { input },
    );
    expect(refusal(setSettlementPolicy)).toBe('VALIDATION');
  }
  const partner = await nova.token('AERO');
  const asPartner: readonly (readonly [string, Input])[] = [
    ['set-settlement-policy', { defaultAfterDays: 1 }],
    ['record-settlement-payment', { statementId: 'x', amount: fen(1), bankReference: 'A', valueDate: '2026-01-15' }],
    ['record-instruction-payment', { instructionId: 'x', amount: fen(1), bankReference: 'A', valueDate: '2026-01-15' }],
  ];
  for (const [name, input] of asPartner) {
    const answer = await nova.run<Record<string, Parameters<typeof refusal>[0]>>(partner, name, {
      input: { idempotencyKey: 'x', ...input },
    });
    expect(Object.values(answer).map(refusal)).toEqual(['FORBIDDEN']);
  }
  const input = { idempotencyKey: 'y', instructionId: 'ins_1', amount: cny('1.00'), bankReference: 'A', valueDate: '2026-01-15' };
  const { recordInstructionPayment } = await nova.run<{ recordInstructionPayment: Parameters<typeof refusal>[0] }>(
    nova.operator,
    'record-instruction-payment',
    { input },
  );
  expect(refusal(recordInstructionPayment)).toBe('VALIDATION');
});
