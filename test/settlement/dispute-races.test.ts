import { transact } from '../../src/platform/database.ts';
import { settleDueDisputes } from '../../src/settlement/disputes/settle-due-disputes.ts';
import { type Nova, refusal } from '../support/coalition.ts';
import { type DisputePayload, type Disputes, disputesOf, fen, startDisputing, trade } from './disputes-api.ts';
import { settlementOf } from './settlement-api.ts';

let nova: Nova;
let api: Disputes;
let cycle: string;
let line: string;
beforeAll(async () => {
  nova = await startDisputing();
  api = disputesOf(nova);
  await trade(nova);
  cycle = await api.advise();
  line = (await api.lineOf('BOOKS', cycle, 'FUNDING')).id;
});
afterAll(() => nova.stop());

const times = <T>(n: number, what: (at: number) => Promise<T>): Promise<T[]> => Promise.all(Array.from({ length: n }, (_, at) => what(at)));
const codesOf = (payloads: readonly DisputePayload[]) => payloads.map((payload) => refusal(payload) ?? 'done').toSorted();
const adjustments = async () =>
  (await nova.app.db.rows<{ minor: bigint }>('select minor from settlement.adjustments order by recorded_at, id')).map(({ minor }) =>
    Number(minor),
  );

test('of twelve disputes at once that together are twice the line, half are opened', async () => {
  const runs = await times(12, () => api.open('BOOKS', { statementLineId: line, disputedAmount: fen(500) }));
  expect(codesOf(runs)).toEqual([...Array(6).fill('VALIDATION'), ...Array(6).fill('done')]);
  expect(await api.statementOf('BOOKS', cycle)).toMatchObject({ openDisputes: 6, disputedAmount: fen(3000) });
  const opened = runs.flatMap(({ dispute }) => dispute ?? []);
  // All end at once: the last that ends leaves the statement as it was issued.
  await times(opened.length, (at) => api.done('BOOKS', 'withdraw', opened[at]?.id ?? ''));
  expect(await api.statementOf('BOOKS', cycle)).toMatchObject({ status: 'ISSUED', openDisputes: 0, disputedAmount: fen(0) });
});

test('one request sent twelve times opens one dispute', async () => {
  const runs = await times(12, () => api.open('BOOKS', { idempotencyKey: 'twelve', statementLineId: line, disputedAmount: fen(10) }));
  expect(codesOf(runs)).toEqual(Array(12).fill('done'));
  expect(new Set(runs.map(({ dispute }) => dispute?.id)).size).toBe(1);
  await api.done('BOOKS', 'withdraw', runs[0]?.dispute?.id ?? '');
});

test('of twelve decisions, withdrawals and silences at once one counts, and at most one adjustment is posted', async () => {
  await nova.operate('set-dispute-policy', { slaDays: 1, autoAccept: true });
  for (let round = 0; round < 4; round += 1) {
    const before = await adjustments();
    const { id } = await api.opened('BOOKS', line, 100);
    const silence = async () => {
      const settled = await transact(nova.app.db, (tx) => settleDueDisputes(tx, new Date('2026-02-01T00:00:00+08:00'), 10));
      return { dispute: null, userErrors: settled === 1 ? [] : [{ code: 'DISPUTE_RESOLVED', field: null, message: '', details: null }] };
    };
    const runs = await times(12, (at) => {
      if (at % 3 === 0) return api.take('OPERATOR', 'resolve', id, { acceptedAmount: fen(at + 1) });
      return at % 3 === 1 || round === 0 ? api.take('BOOKS', 'withdraw', id) : silence();
    });
    expect(codesOf(runs)).toEqual([...Array(11).fill('DISPUTE_RESOLVED'), 'done']);
    const { node } = await nova.run<{ node: { status: string; history: { acceptedAmount: { minor: string } | null }[] } }>(
      nova.operator,
      'dispute',
      { id },
    );
    const accepted = Number(node.history.at(-1)?.acceptedAmount?.minor ?? 0);
    expect(node.history.length).toBe(2);
    expect(await adjustments()).toEqual(accepted === 0 ? before : [...before, accepted]);
  }
  await nova.operate('set-dispute-policy', { slaDays: 10, autoAccept: false });
  const sum = (await adjustments()).reduce((total, minor) => total + minor, 0);
  expect(await settlementOf(nova).positions()).toMatchObject({ BOOKS: sum, OPERATOR: -sum });
});

test('of ten escalations at once one counts', async () => {
  const { id } = await api.opened('BOOKS', line, 10);
  await api.done('OPERATOR', 'resolve', id);
  const runs = await times(10, () => api.take('BOOKS', 'escalate', id));
  expect(codesOf(runs)).toEqual([...Array(9).fill('DISPUTE_RESOLVED'), 'done']);
  expect(runs.find(({ dispute }) => dispute !== null)?.dispute?.stage).toBe(2);
  await api.done('BOOKS', 'withdraw', id);
});

test('the database itself keeps disputes of a line below it, whoever writes them at once', async () => {
  const { id: other } = await api.lineOf('AERO', cycle, 'FUNDING');
  const share = other.slice(4).replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
  const runs = await Promise.allSettled(
    Array.from({ length: 10 }, () =>
      transact(nova.app.db, async (tx) => {
        await tx.rows(
          `insert into settlement.disputes (id, share_id, reason, disputed_minor, status, opened_at, due_at)
           values (gen_random_uuid(), $1, 'RAW', 500, 'OPENED', now(), now())`,
          [share],
        );
        await tx.rows(
          "update settlement.statements set status = 'DISPUTED' where partner_id = (select partner_id from settlement.shares where id = $1)",
          [share],
        );
      }),
    ),
  );
  expect(runs.filter(({ status }) => status === 'fulfilled').length).toBe(2);
  for (const run of runs)
    if (run.status === 'rejected') expect(run.reason).toMatchObject({ constraint: 'disputes_never_exceed_their_line' });
});

test('a partner accepts its statement and disputes it at once: one of both is done', async () => {
  const { id: statementId } = await api.statementOf('DEPOT', cycle);
  const { id: statementLineId } = await api.lineOf('DEPOT', cycle, 'REVENUE_SHARE');
  const token = await nova.token('DEPOT');
  const runs = await times(10, async (at) => {
    if (at % 2 === 0) return api.open('DEPOT', { statementLineId, disputedAmount: fen(1) });
    const input = { idempotencyKey: nova.newKey(), statementId };
    return (await nova.run<{ acceptStatement: DisputePayload }>(token, 'accept-statement', { input })).acceptStatement;
  });
  const { status, openDisputes } = await api.statementOf('DEPOT', cycle);
  const [opened, accepted] = [0, 1].map((rest) => runs.filter((run, at) => at % 2 === rest && refusal(run) === undefined).length);
  expect(status === 'ACCEPTED' ? [openDisputes, opened, accepted] : [openDisputes, accepted]).toEqual(
    status === 'ACCEPTED' ? [0, 0, 5] : [opened, 0],
  );
  expect(await nova.faults()).toEqual([]);
});

test('decisions while the cycle closes count in the one or the other, once', async () => {
  const opened = await times(10, () => api.opened('BOOKS', line, 10));
  const before = (await adjustments()).reduce((sum, minor) => sum + minor, 0);
  const [second] = await Promise.all([
    nova.operate<{ cycle: { id: string } }>('close-cycle', {}),
    ...opened.map(({ id }) => api.done('OPERATOR', 'resolve', id, { acceptedAmount: fen(10) })),
  ]);
  const { cycle: third } = await nova.operate<{ cycle: { id: string } }>('close-cycle', {});
  const linesOf = async (id: string) => (await api.linesOf('BOOKS', id)).filter(({ type }) => type === 'ADJUSTMENT');
  const adjusted = [...(await linesOf(second.cycle.id)), ...(await linesOf(third.id))].map(({ amount }) => Number(amount.minor));
  expect(adjusted.reduce((sum, minor) => sum + minor, 0)).toBe(before + 100);
  expect(adjusted.filter((minor) => minor === 10).length).toBeGreaterThanOrEqual(10);
  for (const { id } of opened) {
    const { data } = await nova.app.graphql('query Of($id: ID!) { node(id: $id) { ... on Dispute { adjustment { cycle { id } } } } }', {
      token: nova.operator,
      variables: { id },
    });
    expect([second.cycle.id, third.id]).toContain(data.node.adjustment.cycle.id);
  }
  expect(await nova.faults()).toEqual([]);
});
