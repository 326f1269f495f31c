import { transact } from '../../src/platform/database.ts';
import { freezeCycle } from '../../src/settlement/cycles/freeze-cycle.ts';
import { accrualOf, cny, type Member, type Nova, redemptionOf, startNova } from '../support/coalition.ts';
import { type Clearing, clearingOf, netsOf } from './clearing-api.ts';
import { settlementOf } from './settlement-api.ts';

const TERMS = { paymentTerms: { netDays: 15, lateInterestBpsPerDay: 5, disputeWindowDays: 10, carryForwardThreshold: cny('10.00') } };

let nova: Nova;
let clearing: Clearing;
let member: Member;
beforeEach(async () => {
  nova = await startNova({ AERO: { clauses: [TERMS] }, DEPOT: { clauses: [TERMS] } });
  clearing = clearingOf(nova);
  member = await nova.enrol();
});
afterEach(async () => {
  const faults = await nova.faults();
  await nova.stop();
  expect(faults).toEqual([]);
});

const earn = async (partner: string, points: number, more = {}) => accrualOf(await nova.earn(partner, member, { points, ...more }));

async function burn(points: number): Promise<string> {
  const { id } = redemptionOf(await nova.hold('DEPOT', member, 'APT', points));
  redemptionOf(await nova.capture('DEPOT', id));
  return id;
}

test('a cycle closes, its figures stay, and exactly one other is open', async () => {
  await earn('AERO', 10_000);
  await burn(5_000);
  const before = await settlementOf(nova).positions();
  const closed = await clearing.close();
  expect(closed.cycle).toMatchObject({ status: 'CLOSED', batchHash: expect.stringMatching(/^[0-9a-f]{64}$/) });
  expect(closed.nextCycle).toMatchObject({ status: 'OPEN', from: closed.cycle.cutoff, cutoff: '2026-01-31T16:00:00.000Z' });
  expect(netsOf(closed)).toEqual(before);
  expect(new Set(Object.values(await settlementOf(nova).positions()))).toEqual(new Set([0]));

  await earn('AERO', 7);
  const { clearingCycle } = await nova.run<{ clearingCycle: { positions: { party: string; net: { minor: string } }[] } }>(
    nova.operator,
    'cycle-positions',
    { id: closed.cycle.id },
  );
  expect(Object.fromEntries(clearingCycle.positions.map(({ party, net }) => [party, Number(net.minor)]))).toEqual(before);
  expect(await clearing.amountsOf('AERO', closed.cycle.id)).toEqual(['FUNDING -12000']);
  expect(await clearing.amountsOf('DEPOT', closed.cycle.id)).toEqual(['REIMBURSEMENT 5000', 'HANDLING_FEE -150']);
  const statement = await clearing.statementOf('AERO', closed.cycle.id);
  expect(statement.openingPoints).toEqual([{ currency: { code: 'APT' }, points: 0 }]);
  expect(statement.closingPoints).toEqual([{ currency: { code: 'APT' }, points: 5_000 }]);
});

test('the same key closes once, another body is a conflict, and a second close needs a cycle that has begun', async () => {
  await earn('AERO', 100);
  const first = await clearing.tryToClose({ idempotencyKey: 'january' });
  expect(await clearing.tryToClose({ idempotencyKey: 'january' })).toEqual(first);
  expect((await clearing.tryToClose({ idempotencyKey: 'january', cutoff: '2026-01-12T00:00:00+08:00' })).userErrors).toMatchObject([
    { code: 'IDEMPOTENCY_CONFLICT' },
  ]);
  for (const cutoff of ['2026-01-12T00:00:00+08:00', '2026-03-01T00:00:00+08:00', first.cycle?.cutoff])
    expect((await clearing.tryToClose({ cutoff })).userErrors).toMatchObject([{ code: 'VALIDATION', field: ['input', 'cutoff'] }]);
});

test('only the operator closes, issues, reconciles and records payments; members and partners are refused', async () => {
  const { cycle } = await clearing.close();
  for (const token of [await nova.token('AERO'), member.token]) {
    const ask = async (name: string, input: Record<string, unknown>) => {
      const answer = Object.values(await nova.run<Record<string, { userErrors: unknown[] }>>(token, name, { input }));
      expect(answer).toMatchObject([{ userErrors: [{ code: 'FORBIDDEN' }] }]);
    };
    await ask('close-cycle', { idempotencyKey: 'x' });
    await ask('issue-statements', { idempotencyKey: 'x', cycleId: cycle.id });
    await ask('reconcile-cycle', { idempotencyKey: 'x', cycleId: cycle.id });
  }
});

test('what occurred at the cutoff or later counts in the next cycle, what occurred before the cycle is a late item of it at its own rate', async () => {
  await earn('AERO', 1_000, { occurredAt: '2026-01-10T00:00:00+08:00' });
  await earn('AERO', 20, { occurredAt: '2026-01-12T00:00:00+08:00' });
  await earn('AERO', 3, { occurredAt: '2026-01-13T00:00:00+08:00' });
  const { sell } = settlementOf(nova);
  await nova.join('SELLER', { clauses: [{ revenueShare: { basis: 'NET_SALE', bps: 1_000, payee: 'OPERATOR' } }] });
  await sell('SELLER', member, 10_000, { occurredAt: '2026-01-11T00:00:00+08:00' });
  await sell('SELLER', member, 500, { occurredAt: '2026-01-14T00:00:00+08:00' });
  const january = await clearing.close('2026-01-12T00:00:00+08:00');
  expect(await clearing.amountsOf('AERO', january.cycle.id)).toEqual(['FUNDING -1200']);
  expect(await clearing.amountsOf('SELLER', january.cycle.id)).toEqual(['REVENUE_SHARE -1000']);
  expect((await clearing.statementOf('AERO', january.cycle.id)).closingPoints).toMatchObject([{ points: 1_000 }]);
  expect(await settlementOf(nova).amountsOf('AERO')).toEqual(['FUNDING -28']);
  expect(await settlementOf(nova).amountsOf('SELLER')).toEqual(['REVENUE_SHARE -50']);

  await nova.amend('AERO', '2026-01-14T00:00:00+08:00', { currency: 'APT', price: [10_000, 9_000], clauses: [TERMS] });
  await earn('AERO', 500, { occurredAt: '2026-01-05T00:00:00+08:00' });
  expect(await settlementOf(nova).amountsOf('AERO')).toEqual(['FUNDING -628']);
  const next = await clearing.close();
  expect(await clearing.amountsOf('AERO', next.cycle.id)).toEqual(['FUNDING -628']);
  expect(await clearing.statementOf('AERO', next.cycle.id)).toMatchObject({
    openingPoints: [{ points: 1_000 }],
    closingPoints: [{ points: 1_523 }],
  });
});

test('a reversal and a refund after the close are lines of the open cycle, at the original rate', async () => {
  const { id } = await earn('AERO', 10_000);
  const redemption = await burn(4_000);
  await clearing.close();
  await nova.amend('AERO', '2026-01-15T13:00:00+08:00', { currency: 'APT', price: [20_000, 9_000], clauses: [TERMS] });
  await nova.setClock('2026-01-15T14:00:00+08:00');
  accrualOf(await nova.reverse('AERO', id, { points: 1_000 }));
  redemptionOf(await nova.refund('DEPOT', redemption, { points: 100 }));
  const { cycle } = await clearing.close();
  expect(await clearing.amountsOf('AERO', cycle.id)).toEqual(['FUNDING 1200']);
  expect(await clearing.amountsOf('DEPOT', cycle.id)).toEqual(['REIMBURSEMENT -100', 'HANDLING_FEE 3']);
});

test('terms that were proposed for a cycle which was closed meanwhile are not signed any more', async () => {
  const proposal = {
    partner: 'AERO',
    effectiveFrom: '2026-01-14T00:00:00+08:00',
    clauses: [{ scope: { roles: ['ISSUER'] } }, { issuance: { currency: 'APT', redemptionElementMicros: '1', serviceElementMicros: '1' } }],
  };
  const { contract } = await nova.operate<{ contract: { id: string } }>('propose-contract', proposal);
  const input = { contractId: contract.id, version: 2, idempotencyKey: 'sign' };
  await nova.run(await nova.token('AERO'), 'sign-contract', { input });
  await clearing.close('2026-01-15T00:00:00+08:00');
  const { signContract } = await nova.run<{ signContract: { userErrors: unknown[] } }>(nova.operator, 'sign-contract', { input });
  expect(signContract.userErrors).toMatchObject([{ code: 'VALIDATION', field: ['input', 'version'] }]);
});

test('exposure counts unpaid statements and the open cycle; paying frees it', async () => {
  await earn('AERO', 10_000);
  const { cycle } = await clearing.close();
  await earn('AERO', 100);
  expect((await nova.positionOf('AERO')).exposure.used.minor).toBe('12120');
  const { id } = await clearing.statementOf('AERO', cycle.id);
  expect((await clearing.pay(id, 12_000, 'BANK-1', '2026-01-15')).userErrors).toEqual([]);
  expect((await nova.positionOf('AERO')).exposure.used.minor).toBe('120');
});

test('from closed to settled: statements are issued, accepted or left to their time, reconciled and paid', async () => {
  await earn('AERO', 100_000);
  await burn(50_000);
  await earn('BOOKS', 1_000);
  const { cycle } = await clearing.close();
  expect((await clearing.reconcile(cycle.id)).userErrors).toMatchObject([{ code: 'CYCLE_CLOSED', details: { status: 'CLOSED' } }]);
  const draft = await clearing.statementOf('AERO', cycle.id);
  expect(draft).toMatchObject({ status: 'DRAFT', dueDate: null, instruction: { status: 'DUE', payer: 'AERO', payee: 'OPERATOR' } });
  expect((await clearing.accept('AERO', draft.id)).userErrors).toMatchObject([{ code: 'VALIDATION' }]);
  await clearing.issue(cycle.id);
  expect(await clearing.statementOf('AERO', cycle.id)).toMatchObject({ status: 'ISSUED', dueDate: '2026-01-30' });

  expect((await clearing.reconcile(cycle.id)).userErrors).toMatchObject([
    { code: 'CYCLE_NOT_RECONCILED', details: { statements: ['AERO', 'DEPOT'] } },
  ]);
  expect((await clearing.accept('DEPOT', draft.id)).userErrors).toMatchObject([{ code: 'FORBIDDEN' }]);
  expect(await clearing.accept('AERO', draft.id)).toMatchObject({ statement: { status: 'ACCEPTED' } });
  expect(await clearing.accept('AERO', draft.id)).toMatchObject({ statement: { status: 'ACCEPTED' } });
  await nova.setClock('2026-01-26T00:00:00+08:00');
  expect(await clearing.reconcile(cycle.id)).toMatchObject({ cycle: { status: 'RECONCILED' }, userErrors: [] });
  expect((await clearing.statementOf('DEPOT', cycle.id)).status).toBe('FINAL');

  expect(await clearing.pay(draft.id, 20_000, 'B-1', '2026-01-20')).toMatchObject({
    statement: { instruction: { status: 'PARTIALLY_PAID', outstanding: { minor: '100000' } } },
  });
  for (const [amount, reference, day, code] of [
    [100_001, 'B-2', '2026-01-20', 'VALIDATION'],
    [0, 'B-2', '2026-01-20', 'VALIDATION'],
    [-5, 'B-2', '2026-01-20', 'VALIDATION'],
    [5, 'B-1', '2026-01-20', 'DUPLICATE'],
    [5, '', '2026-01-20', 'VALIDATION'],
    [5, 'B-2', '2026-01-27', 'VALIDATION'],
  ] as const)
    expect((await clearing.pay(draft.id, amount, reference, day)).userErrors).toMatchObject([{ code }]);
  expect((await clearing.pay('stm_unknown', 5, 'B-2', '2026-01-20')).userErrors).toMatchObject([{ code: 'VALIDATION' }]);
  await clearing.pay(draft.id, 100_000, 'B-2', '2026-01-25');
  await clearing.pay((await clearing.statementOf('DEPOT', cycle.id)).id, 48_500, 'B-3', '2026-01-25');
  const last = await clearing.pay((await clearing.statementOf('BOOKS', cycle.id)).id, 600, 'B-4', '2026-01-25');
  expect(last.statement?.cycle.status).toBe('SETTLED');
  for (const partner of ['AERO', 'BOOKS', 'DEPOT']) expect((await nova.positionOf(partner)).exposure.used.minor).toBe('0');
});

test('an amount below the threshold is carried to the next cycle, and settled there with what comes', async () => {
  await earn('AERO', 800);
  const first = await clearing.close();
  const { id, instruction } = await clearing.statementOf('AERO', first.cycle.id);
  expect(instruction).toMatchObject({
    status: 'CARRIED',
    carried: { minor: '960' },
    carriedReason: 'BELOW_THRESHOLD',
    amount: { minor: '0' },
  });
  expect((await clearing.pay(id, 960, 'B-1', '2026-01-15')).userErrors).toMatchObject([{ code: 'VALIDATION' }]);
  await earn('AERO', 100);
  const second = await clearing.close();
  expect(await clearing.amountsOf('AERO', second.cycle.id)).toEqual(['FUNDING -120', 'CARRIED_FORWARD -960']);
  const statement = await clearing.statementOf('AERO', second.cycle.id);
  expect(statement.instruction).toMatchObject({ status: 'DUE', amount: { minor: '1080' } });
  expect((await nova.positionOf('AERO')).exposure.used.minor).toBe('1080');
  await clearing.pay(statement.id, 1_080, 'B-2', '2026-01-15');
  expect((await nova.positionOf('AERO')).exposure.used.minor).toBe('0');
});

test('of cycles that are being closed at the same time the first is frozen first: what it carries is a line of the second', async () => {
  const end = () =>
    nova.app.db.rows(
      "select 1 from ledger.close_open_cycle((select no from ledger.cycles where status = 'OPEN'), null, gen_random_uuid(), now())",
    );
  await earn('AERO', 800);
  await end();
  await earn('AERO', 100);
  await end();
  const second = await transact(nova.app.db, (tx) => freezeCycle(tx, 2));
  expect(await nova.app.db.rows("select no from ledger.cycles where status = 'CLOSING'")).toEqual([]);
  const id = `cyc_${second.id.replaceAll('-', '')}`;
  expect((await clearing.amountsOf('AERO', id)).at(-1)).toBe('CARRIED_FORWARD -960');

  await Promise.all(Array.from({ length: 3 }, () => clearing.tryToClose({})));
  const carried = await nova.app.db.rows<{ left: bigint; came: bigint | null }>(
    `select i.carried_minor as left,
       (select -s.minor from settlement.lines l join settlement.shares s on s.line_id = l.id and s.partner_id = i.payer
        where l.cycle_no = i.cycle_no + 1 and l.type = 'CARRIED_FORWARD') as came
     from settlement.instructions i where i.carried_minor > 0 and i.cycle_no + 1 < (select no from ledger.cycles where status = 'OPEN')`,
  );
  expect(carried.length).toBeGreaterThan(0);
  for (const { left, came } of carried) expect(came).toBe(left);
});

test('a payment that is late bears interest for each day, on the next statement of the payer', async () => {
  await earn('AERO', 721_889);
  await nova.setClock('2026-01-31T23:00:00+08:00');
  const { cycle } = await clearing.close();
  await nova.setClock('2026-02-05T09:00:00+08:00');
  await clearing.issue(cycle.id);
  const { id, net, dueDate } = await clearing.statementOf('AERO', cycle.id);
  expect([net.minor, dueDate]).toEqual(['-866267', '2026-02-20']);
  await nova.setClock('2026-02-23T09:00:00+08:00');
  expect(await clearing.pay(id, 866_267, 'B-9', '2026-02-23')).toMatchObject({
    statement: { instruction: { status: 'PAID', payments: [{ interest: { minor: '1299' } }] } },
  });
  const next = await clearing.close();
  expect(await clearing.amountsOf('AERO', next.cycle.id)).toEqual(['LATE_INTEREST -1299']);
  expect(netsOf(next)).toMatchObject({ AERO: -1_299, OPERATOR: 1_299, POOL: 0 });
});

test('a partner sees its own statements and instructions, nobody else’s', async () => {
  await earn('AERO', 100_000);
  await burn(50_000);
  const { cycle } = await clearing.close();
  const { id } = await clearing.statementOf('AERO', cycle.id);
  const depot = await nova.token('DEPOT');
  const query = `query ($id: ID!, $cycle: ID!) {
    node(id: $id) { id }
    clearingCycle(id: $cycle) { statements { partner { code } } instructions { payer payee } positions { party } }
    partner(code: "AERO") { statement(cycleId: $cycle) { id } }
  }`;
  const answer = await nova.app.graphql(query, { token: depot, variables: { id, cycle: cycle.id } });
  expect(answer.errors?.map(({ path, extensions }) => [path?.join('.'), extensions?.code])).toEqual(
    expect.arrayContaining([
      ['node', 'FORBIDDEN'],
      ['partner.statement', 'FORBIDDEN'],
    ]),
  );
  expect(answer.data.clearingCycle).toEqual({
    statements: [{ partner: { code: 'DEPOT' } }],
    instructions: [{ payer: 'OPERATOR', payee: 'DEPOT' }],
    positions: [{ party: 'DEPOT' }],
  });
  expect((await nova.app.graphql(query, { token: member.token, variables: { id, cycle: cycle.id } })).errors).toBeDefined();
});
