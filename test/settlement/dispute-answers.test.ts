import { Client } from 'pg';
import { transact } from '../../src/platform/database.ts';
import { settleDueDisputes } from '../../src/settlement/disputes/settle-due-disputes.ts';
import { sweep } from '../../src/settlement/jobs/sweep.ts';
import { type Nova, refusal } from '../support/coalition.ts';
import { type Disputes, disputesOf, fen, startDisputing, trade } from './disputes-api.ts';
import { settlementOf } from './settlement-api.ts';

let nova: Nova;
let api: Disputes;
beforeEach(async () => {
  nova = await startDisputing();
  api = disputesOf(nova);
  await trade(nova);
});
afterEach(() => nova.stop());

const settle = (asOf: string) => transact(nova.app.db, (tx) => settleDueDisputes(tx, new Date(asOf), 100));
const policy = (slaDays: number, autoAccept: boolean) => nova.operate('set-dispute-policy', { slaDays, autoAccept });
const reconcile = async (cycleId: string) =>
  (
    await nova.run<{ reconcileCycle: { cycle: { status: string } | null; userErrors: { code: string; details: unknown }[] } }>(
      nova.operator,
      'reconcile-cycle',
      { input: { idempotencyKey: nova.newKey(), cycleId } },
    )
  ).reconcileCycle;

test('line 17 of the worked month: a dispute of the cycle before gives BOOKS 12.34, which the operator bears', async () => {
  const first = await api.advise();
  const line = await api.lineOf('BOOKS', first, 'FUNDING');
  const { id } = await api.opened('BOOKS', line.id, 1234);
  await nova.setClock('2026-01-20T12:00:00+08:00');
  const before = await settlementOf(nova).positions();
  const { adjustment } = await api.done('OPERATOR', 'resolve', id, { acceptedAmount: fen(1234), note: '重复计费属实' });
  expect(adjustment).toMatchObject({
    amount: fen(1234),
    description: 'Dispute of line 1 of cycle 1: BPT issued by BOOKS, net of reversals',
    cycle: { status: 'OPEN' },
  });
  const after = await settlementOf(nova).positions();
  expect(after).toEqual({ ...before, BOOKS: (before.BOOKS ?? 0) + 1234, OPERATOR: (before.OPERATOR ?? 0) - 1234 });

  // The closed cycle stays as it was: the statement is payable as issued, and the next one gives the money back.
  expect(await api.lineOf('BOOKS', first, 'FUNDING')).toEqual(line);
  expect(await api.statementOf('BOOKS', first)).toMatchObject({
    status: 'ISSUED',
    net: fen(-3000),
    instruction: { undisputed: fen(3000) },
  });
  const second = await api.advise();
  expect(adjustment?.cycle.id).toBe(second);
  const [adjusted, ...others] = await api.linesOf('BOOKS', second);
  expect(others).toEqual([]);
  expect(adjusted).toMatchObject({ no: 1, type: 'ADJUSTMENT', amount: fen(1234), description: adjustment?.description });
  const { clearingCycle } = await nova.run<{ clearingCycle: { positions: { party: string; net: { minor: string } }[] } }>(
    nova.operator,
    'cycle-positions',
    { id: second },
  );
  expect(Object.fromEntries(clearingCycle.positions.map(({ party, net }) => [party, net.minor]))).toMatchObject({
    BOOKS: '1234',
    OPERATOR: '-1234',
  });
  // An adjustment can be disputed like any line.
  expect((await api.opened('BOOKS', adjusted?.id ?? '', 1)).status).toBe('OPENED');
  expect(await nova.faults()).toEqual([]);
});

test('a statement is disputed from its issue to the last day of its window, by the clock, and not once it was accepted', async () => {
  const { cycle } = await nova.operate<{ cycle: { id: string } }>('close-cycle', {});
  const line = await api.lineOf('BOOKS', cycle.id, 'FUNDING');
  const what = { statementLineId: line.id, disputedAmount: fen(1) };
  expect((await api.open('BOOKS', what)).userErrors).toMatchObject([{ code: 'VALIDATION', details: { status: 'DRAFT' } }]);
  await nova.operate('issue-statements', { cycleId: cycle.id });
  expect((await api.statementOf('BOOKS', cycle.id)).disputableUntil).toBe('2026-01-25');
  // CAFE has agreed on no payment terms, so on no time for disputes.
  const cafes = await api.lineOf('CAFE', cycle.id, 'FUNDING');
  expect(refusal(await api.open('CAFE', { statementLineId: cafes.id, disputedAmount: fen(1) }))).toBe('DISPUTE_WINDOW_CLOSED');

  await nova.setClock('2026-01-25T23:59:00+08:00');
  const { id } = await api.opened('BOOKS', line.id, 1);
  await nova.setClock('2026-01-26T00:00:00+08:00');
  expect((await api.open('BOOKS', what)).userErrors).toMatchObject([
    { code: 'DISPUTE_WINDOW_CLOSED', details: { disputableUntil: '2026-01-25' } },
  ]);
  // What was opened in time goes on after it.
  await api.done('OPERATOR', 'resolve', id);
  await api.done('BOOKS', 'escalate', id);
  await api.done('OPERATOR', 'resolve', id);

  // Who accepts its statement gives up its disputes.
  const { id: statementId } = await api.statementOf('BOOKS', cycle.id);
  await nova.run(await nova.token('BOOKS'), 'accept-statement', { input: { idempotencyKey: 'accepted', statementId } });
  expect((await api.open('BOOKS', what)).userErrors).toMatchObject([{ code: 'DISPUTE_WINDOW_CLOSED', details: { status: 'ACCEPTED' } }]);
  expect(refusal(await api.take('BOOKS', 'escalate', id))).toBe('DISPUTE_WINDOW_CLOSED');
  expect((await api.statementOf('BOOKS', cycle.id)).status).toBe('ACCEPTED');
});

test('a cycle is not reconciled while a rejection may be escalated, and nothing is escalated after that', async () => {
  const cycle = await api.advise();
  const { id } = await api.opened('BOOKS', (await api.lineOf('BOOKS', cycle, 'FUNDING')).id, 1);
  await nova.setClock('2026-01-26T12:00:00+08:00');
  await api.done('OPERATOR', 'resolve', id);
  expect(await reconcile(cycle)).toMatchObject({
    cycle: null,
    userErrors: [{ code: 'CYCLE_NOT_RECONCILED', details: { statements: ['BOOKS'] } }],
  });
  await nova.setClock('2026-02-06T12:00:00+08:00');
  expect((await api.take('BOOKS', 'escalate', id)).userErrors).toMatchObject([{ code: 'DISPUTE_WINDOW_CLOSED' }]);
  expect(await reconcile(cycle)).toMatchObject({ cycle: { status: 'RECONCILED' }, userErrors: [] });
  expect(refusal(await api.take('BOOKS', 'escalate', id))).toBe('DISPUTE_WINDOW_CLOSED');
  expect(
    (await api.open('BOOKS', { statementLineId: (await api.lineOf('BOOKS', cycle, 'FUNDING')).id, disputedAmount: fen(1) })).userErrors,
  ).toMatchObject([{ code: 'DISPUTE_WINDOW_CLOSED', details: { status: 'FINAL' } }]);
});

test('what the operator leaves unanswered is accepted as a whole when the policy says so, and by the clock before the job comes', async () => {
  const cycle = await api.advise();
  const line = (await api.lineOf('BOOKS', cycle, 'FUNDING')).id;
  await policy(3, false);
  const [silent, asked, late] = [
    await api.opened('BOOKS', line, 100),
    await api.opened('BOOKS', line, 20),
    await api.opened('BOOKS', line, 3),
  ];
  expect(silent.dueAt).toMatch(/^2026-01-18T04:00:/);
  await api.done('OPERATOR', 'review', asked.id);
  await api.done('OPERATOR', 'ask', asked.id);
  await nova.setClock('2026-01-18T12:30:00+08:00');
  // Silence means nothing unless the policy says so.
  expect(await settle('2026-01-18T12:30:00+08:00')).toBe(0);
  const overdue = await nova.run<{ disputes: { edges: { node: { id: string; isOverdue: boolean } }[] } }>(nova.operator, 'disputes', {});
  expect(overdue.disputes.edges.map(({ node }) => node.isOverdue)).toEqual([true, true, false]);

  await policy(3, true);
  const tooLate = await api.take('OPERATOR', 'resolve', late.id, { acceptedAmount: fen(2) });
  expect(tooLate.userErrors).toMatchObject([{ code: 'DISPUTE_RESOLVED', field: ['input', 'acceptedAmount'] }]);
  expect(refusal(await api.take('OPERATOR', 'review', late.id))).toBe('DISPUTE_RESOLVED');
  expect((await api.done('OPERATOR', 'resolve', late.id, { acceptedAmount: fen(3) })).status).toBe('ACCEPTED');
  expect(await settle('2026-01-18T12:30:00+08:00')).toBe(1);
  expect(await settle('2026-01-18T12:30:00+08:00')).toBe(0);
  const { node } = await nova.run<{ node: { status: string; history: { status: string; by: string }[] } }>(nova.operator, 'dispute', {
    id: silent.id,
  });
  expect(node).toMatchObject({ status: 'ACCEPTED', history: [{ status: 'OPENED' }, { status: 'ACCEPTED', by: 'POLICY' }] });
  expect(await settlementOf(nova).amountsOf('BOOKS')).toEqual(['ADJUSTMENT 3', 'ADJUSTMENT 100']);
  expect((await api.statementOf('BOOKS', cycle)).disputedAmount).toEqual(fen(20));
  expect(await nova.faults()).toEqual([]);
});

test('one round of silence keeps to one cycle, and the rounds come to all', async () => {
  const first = await api.advise();
  await nova.setClock('2026-01-16T12:00:00+08:00');
  await trade(nova, '2026-01-16T10:00:00+08:00');
  const second = await api.advise();
  await policy(1, true);
  for (const cycle of [first, second])
    for (const partner of ['AERO', 'BOOKS']) await api.opened(partner, (await api.lineOf(partner, cycle, 'FUNDING')).id, 7);
  await nova.setClock('2026-01-18T12:00:00+08:00');
  const rounds: number[] = [];
  while (rounds.at(-1) !== 0) rounds.push(await settle('2026-01-18T12:00:00+08:00'));
  expect(rounds).toEqual([2, 2, 0]);
  expect(await settlementOf(nova).positions()).toMatchObject({ AERO: 14, BOOKS: 14, OPERATOR: -28 });
  expect(await nova.faults()).toEqual([]);
});

test('the operator sets the policy, whose days hold for what comes after', async () => {
  const read = async (token: string) => nova.app.graphql('{ program { disputePolicy { slaDays autoAccept } } }', { token });
  expect((await read(nova.operator)).data.program.disputePolicy).toEqual({ slaDays: 10, autoAccept: false });
  const set = async (token: string, input: Record<string, unknown>) =>
    (
      await nova.run<{ setDisputePolicy: { policy: unknown; userErrors: { code: string; field: string[] | null }[] } }>(
        token,
        'set-dispute-policy',
        { input: { idempotencyKey: nova.newKey(), autoAccept: true, ...input } },
      )
    ).setDisputePolicy;
  for (const slaDays of [0, -1, 366])
    expect(await set(nova.operator, { slaDays })).toMatchObject({
      policy: null,
      userErrors: [{ code: 'VALIDATION', field: ['input', 'slaDays'] }],
    });
  expect(await set(await nova.token('BOOKS'), { slaDays: 1 })).toMatchObject({ userErrors: [{ code: 'FORBIDDEN' }] });
  expect(await set(nova.operator, { idempotencyKey: 'five', slaDays: 5 })).toEqual({
    policy: { slaDays: 5, autoAccept: true },
    userErrors: [],
  });
  expect(await set(nova.operator, { slaDays: 6 })).toMatchObject({ userErrors: [] });
  expect((await set(nova.operator, { idempotencyKey: 'five', slaDays: 5 })).policy).toEqual({ slaDays: 5, autoAccept: true });
  expect((await read(await nova.token('BOOKS'))).data.program.disputePolicy).toEqual({ slaDays: 6, autoAccept: true });
  const member = await nova.enrol();
  expect((await read(member.token)).errors).toMatchObject([{ extensions: { code: 'FORBIDDEN' } }]);
});

test('of what two partners settle with each other, the other one can dispute the adjustment that it bears', async () => {
  const first = await api.advise();
  const { id } = await api.opened('DEPOT', (await api.lineOf('DEPOT', first, 'REVENUE_SHARE')).id, 500);
  await api.done('OPERATOR', 'resolve', id, { acceptedAmount: fen(500) });
  const second = await api.advise();
  const borne = await api.lineOf('AERO', second, 'ADJUSTMENT');
  expect(borne.amount).toEqual(fen(-500));
  const back = await api.opened('AERO', borne.id, 500);
  await api.done('OPERATOR', 'resolve', back.id, { acceptedAmount: fen(500) });
  expect(await settlementOf(nova).positions()).toMatchObject({ AERO: 500, DEPOT: -500, OPERATOR: 0 });
  expect(await nova.faults()).toEqual([]);
});

/** A fault of a sweep fails the test. */
const fail = (fault: unknown): never => {
  throw fault;
};

test('silence is accepted by itself as the real clock goes on, and not by one that was set by hand', async () => {
  const cycle = await api.advise();
  const { id } = await api.opened('BOOKS', (await api.lineOf('BOOKS', cycle, 'FUNDING')).id, 9);
  await policy(10, true);
  const statusOf = async () => (await nova.run<{ node: { status: string } }>(nova.operator, 'dispute', { id })).node.status;
  await nova.setClock('2026-01-26T12:00:00+08:00');
  await sweep(nova.app.db, fail);
  expect(await statusOf()).toBe('OPENED');
  const superuser = new Client({ connectionString: nova.app.url });
  await superuser.connect();
  await superuser.query("update platform.state set clock_offset = interval '0', revision = nextval('platform.revisions')");
  await superuser.end();
  await Promise.all([sweep(nova.app.db, fail), sweep(nova.app.db, fail)]);
  expect(await statusOf()).toBe('ACCEPTED');
  expect(await settlementOf(nova).amountsOf('BOOKS')).toEqual(['ADJUSTMENT 9']);
  expect(await nova.faults()).toEqual([]);
});
