import { type Nova, refusal } from '../support/coalition.ts';
import { type Dispute, type Disputes, disputesOf, fen, startDisputing, trade } from './disputes-api.ts';
import { settlementOf } from './settlement-api.ts';

let nova: Nova;
let api: Disputes;
let cycle: string;
beforeAll(async () => {
  nova = await startDisputing();
  api = disputesOf(nova);
  await trade(nova);
  cycle = await api.advise();
});
afterAll(() => nova.stop());

const lineOf = async (partner: string, type: string) => (await api.lineOf(partner, cycle, type)).id;
const historyOf = async (who: string, { id }: Dispute) => {
  const token = who === 'OPERATOR' ? nova.operator : await nova.token(who);
  const { node } = await nova.run<{ node: { history: { status: string; by: string; note: string | null; entries: { id: string }[] }[] } }>(
    token,
    'dispute',
    { id },
  );
  return node.history;
};

test('a part of a line is disputed: its statement says so, the rest of it is payable, and withdrawing it ends that', async () => {
  const line = await lineOf('BOOKS', 'FUNDING');
  const dispute = await api.opened('BOOKS', line, 1234, { note: '重复计费' });
  expect(dispute).toMatchObject({
    status: 'OPENED',
    stage: 1,
    line: { id: line, no: 1 },
    disputedAmount: fen(1234),
    acceptedAmount: null,
    dueAt: expect.stringMatching(/^2026-01-25T04:00:/),
    isOverdue: false,
    adjustment: null,
  });
  expect(await api.statementOf('BOOKS', cycle)).toMatchObject({
    status: 'DISPUTED',
    net: fen(-3000),
    disputedAmount: fen(1234),
    openDisputes: 1,
    disputes: [{ id: dispute.id }],
    instruction: { outstanding: fen(3000), undisputed: fen(3000 - 1234) },
  });
  // Others see none of it.
  expect(await api.statementOf('AERO', cycle)).toMatchObject({ status: 'ISSUED', disputedAmount: fen(0), openDisputes: 0, disputes: [] });

  const statement = await api.statementOf('BOOKS', cycle);
  const accept = { input: { idempotencyKey: nova.newKey(), statementId: statement.id } };
  const { acceptStatement } = await nova.run<{ acceptStatement: { userErrors: { code: string }[] } }>(
    await nova.token('BOOKS'),
    'accept-statement',
    accept,
  );
  expect(acceptStatement.userErrors).toMatchObject([{ code: 'VALIDATION' }]);
  const { reconcileCycle } = await nova.run<{ reconcileCycle: { userErrors: { code: string }[] } }>(nova.operator, 'reconcile-cycle', {
    input: { idempotencyKey: nova.newKey(), cycleId: cycle },
  });
  expect(reconcileCycle.userErrors).toMatchObject([{ code: 'CYCLE_NOT_RECONCILED' }]);
  await nova.operate('record-settlement-payment', {
    statementId: statement.id,
    amount: fen(1766),
    bankReference: 'UNDISPUTED',
    valueDate: '2026-01-15',
  });
  expect((await api.statementOf('BOOKS', cycle)).instruction).toMatchObject({ outstanding: fen(1234), undisputed: fen(0) });

  expect(await api.done('BOOKS', 'withdraw', dispute.id, { note: '已查明' })).toMatchObject({ status: 'WITHDRAWN', dueAt: null });
  expect(await api.statementOf('BOOKS', cycle)).toMatchObject({ status: 'ISSUED', disputedAmount: fen(0), openDisputes: 0 });
  expect(await historyOf('BOOKS', dispute)).toMatchObject([
    { status: 'OPENED', by: 'PARTNER', note: '重复计费' },
    { status: 'WITHDRAWN', by: 'PARTNER', note: '已查明' },
  ]);
});

test('evidence goes back and forth, is kept with who and when, and the time for an answer begins anew with it', async () => {
  const line = await lineOf('AERO', 'FUNDING');
  const [entry] = await nova.app.db.rows<{ id: string }>(
    `select 'ent_' || lpad(to_hex(e.account_id), 16, '0') || lpad(to_hex(e.version), 16, '0') as id
     from ledger.entries e join ledger.accounts a on a.id = e.account_id join partners.partners p on p.id = a.owner
     where a.kind = 'PARTNER' and p.code = 'AERO' limit 1`,
  );
  const dispute = await api.opened('AERO', line, 200, { entryIds: [entry?.id] });
  expect(await api.done('OPERATOR', 'review', dispute.id)).toMatchObject({ status: 'UNDER_REVIEW', dueAt: dispute.dueAt });
  expect(await api.done('OPERATOR', 'ask', dispute.id, { note: '请提供小票' })).toMatchObject({
    status: 'EVIDENCE_REQUESTED',
    dueAt: null,
  });
  await nova.setClock('2026-01-16T12:00:00+08:00');
  expect(await api.done('AERO', 'show', dispute.id, { note: '小票如下', entryIds: [entry?.id] })).toMatchObject({
    status: 'EVIDENCE_PROVIDED',
    dueAt: expect.stringMatching(/^2026-01-26T04:00:/),
  });
  expect((await api.done('OPERATOR', 'ask', dispute.id, { note: '还有合同' })).status).toBe('EVIDENCE_REQUESTED');
  expect((await api.done('AERO', 'show', dispute.id, { note: null, entryIds: [entry?.id] })).status).toBe('EVIDENCE_PROVIDED');
  for (const who of ['AERO', 'OPERATOR'])
    expect((await historyOf(who, dispute)).map(({ status, by, note, entries }) => [status, by, note, entries.length])).toEqual([
      ['OPENED', 'PARTNER', null, 1],
      ['UNDER_REVIEW', 'OPERATOR', null, 0],
      ['EVIDENCE_REQUESTED', 'OPERATOR', '请提供小票', 0],
      ['EVIDENCE_PROVIDED', 'PARTNER', '小票如下', 1],
      ['EVIDENCE_REQUESTED', 'OPERATOR', '还有合同', 0],
      ['EVIDENCE_PROVIDED', 'PARTNER', null, 1],
    ]);
  const { errors } = await nova.answer(await nova.token('BOOKS'), 'dispute', { id: dispute.id });
  expect(errors).toMatchObject([{ extensions: { code: 'FORBIDDEN' } }]);
  await api.done('AERO', 'withdraw', dispute.id);
});

test('a rejection is escalated twice; the decision of the third stage is final and keeps its amount', async () => {
  const line = await lineOf('AERO', 'FUNDING');
  const { id } = await api.opened('AERO', line, 1000);
  for (const stage of [1, 2]) {
    expect(await api.done('OPERATOR', 'resolve', id, { note: '计费无误' })).toMatchObject({
      status: 'REJECTED',
      stage,
      acceptedAmount: fen(0),
      escalableUntil: expect.stringMatching(/^2026-01-26T04:00:/),
      adjustment: null,
    });
    expect((await api.statementOf('AERO', cycle)).status).toBe('ISSUED');
    expect(await api.done('AERO', 'escalate', id, { note: '不同意' })).toMatchObject({
      status: 'UNDER_REVIEW',
      stage: stage + 1,
      acceptedAmount: null,
      escalableUntil: null,
    });
    expect((await api.statementOf('AERO', cycle)).status).toBe('DISPUTED');
  }
  expect(await api.done('OPERATOR', 'resolve', id)).toMatchObject({ status: 'REJECTED', stage: 3, escalableUntil: null });
  expect(refusal(await api.take('AERO', 'escalate', id))).toBe('DISPUTE_RESOLVED');
  const { userErrors } = await api.open('AERO', { statementLineId: line, disputedAmount: fen(201) });
  expect(userErrors).toMatchObject([{ code: 'VALIDATION', field: ['input', 'disputedAmount'], details: { disputable: '200' } }]);
});

test('a line that pays a partner too little is disputed alike, and what lies between two partners the other one bears', async () => {
  const { id: line, amount } = await api.lineOf('AERO', cycle, 'REVENUE_SHARE');
  expect(amount).toEqual(fen(1500));
  const { id } = await api.opened('AERO', line, 1500);
  // Whom the operator pays gets all that its statement says meanwhile.
  expect((await api.statementOf('AERO', cycle)).instruction).toMatchObject({ outstanding: fen(300), undisputed: fen(300) });
  const shown = await nova.app.graphql(
    `query Lines($cycle: ID!) { viewerPartner { statement(cycleId: $cycle) { lines { edges { node { type disputes { status disputedAmount { minor } } } } } } } }`,
    { token: await nova.token('AERO'), variables: { cycle } },
  );
  const lines: { node: { type: string; disputes: object[] } }[] = shown.data.viewerPartner.statement.lines.edges;
  expect(lines.find(({ node }) => node.type === 'REVENUE_SHARE')?.node.disputes).toEqual([
    { status: 'OPENED', disputedAmount: { minor: '1500' } },
  ]);
  const resolved = await api.done('OPERATOR', 'resolve', id, { acceptedAmount: fen(100) });
  expect(resolved).toMatchObject({
    status: 'PARTIALLY_ACCEPTED',
    acceptedAmount: fen(100),
    dueAt: null,
    adjustment: { amount: fen(100), cycle: { status: 'OPEN' } },
  });
  const settlement = settlementOf(nova);
  expect(await settlement.amountsOf('AERO')).toEqual(['ADJUSTMENT 100']);
  expect(await settlement.amountsOf('DEPOT')).toEqual(['ADJUSTMENT -100']);
  // What was not accepted of it may be disputed again.
  const again = await api.opened('AERO', line, 1400);
  expect(refusal(await api.take('OPERATOR', 'resolve', again.id, { acceptedAmount: fen(1401) }))).toBe('VALIDATION');
  await api.done('AERO', 'withdraw', again.id);
  expect(await nova.faults()).toEqual([]);
});

test('the queue shows what is due first first, page by page, to the operator all and to a partner its own', async () => {
  const line = await lineOf('BOOKS', 'FUNDING');
  const first = await api.opened('BOOKS', line, 1);
  await nova.setClock('2026-01-17T12:00:00+08:00');
  const second = await api.opened('BOOKS', line, 2);
  const third = await api.opened('DEPOT', await lineOf('DEPOT', 'REVENUE_SHARE'), 3);
  await api.done('OPERATOR', 'review', first.id);
  const queue = async (who: string, filter: Record<string, unknown> = {}) => {
    const token = who === 'OPERATOR' ? nova.operator : await nova.token(who);
    const { disputes } = await nova.run<{
      disputes: { edges: { cursor: string; node: Dispute }[]; pageInfo: { hasNextPage: boolean; endCursor: string } };
    }>(token, 'disputes', filter);
    return disputes;
  };
  const idsOf = ({ edges }: { edges: { node: Dispute }[] }) => edges.map(({ node }) => node.id);
  expect(idsOf(await queue('OPERATOR', { first: 3 }))).toEqual([first.id, second.id, third.id]);
  expect(idsOf(await queue('OPERATOR', { status: 'OPENED' }))).toEqual([second.id, third.id]);
  expect(idsOf(await queue('OPERATOR', { partner: 'DEPOT' }))).toEqual([third.id]);
  expect(idsOf(await queue('OPERATOR', { partner: 'NOBODY' }))).toEqual([]);
  expect(idsOf(await queue('BOOKS', { first: 2 }))).toEqual([first.id, second.id]);
  const { errors } = await nova.answer(await nova.token('BOOKS'), 'disputes', { partner: 'DEPOT' });
  expect(errors).toMatchObject([{ extensions: { code: 'FORBIDDEN' } }]);

  const all = idsOf(await queue('OPERATOR', { first: 100 }));
  const paged: string[] = [];
  for (let after: string | undefined; ; ) {
    const page = await queue('OPERATOR', { first: 2, ...(after === undefined ? {} : { after }) });
    paged.push(...idsOf(page));
    if (!page.pageInfo.hasNextPage) break;
    after = page.pageInfo.endCursor;
  }
  expect(paged).toEqual(all);
  const { data } = await nova.app.graphql('{ disputes(last: 2) { edges { node { id } } pageInfo { hasPreviousPage } } }', {
    token: nova.operator,
  });
  expect(data.disputes).toMatchObject({ edges: all.slice(-2).map((id) => ({ node: { id } })), pageInfo: { hasPreviousPage: true } });
  for (const key of [['nope', first.id], ['infinity', 'nope'], ['2026-99-99T00:00:00.000Z', first.id], ['infinity']]) {
    const after = Buffer.from(JSON.stringify(key)).toString('base64url');
    expect((await nova.answer(nova.operator, 'disputes', { after })).errors).toMatchObject([{ extensions: { code: 'BAD_USER_INPUT' } }]);
  }
  for (const [who, { id }] of [
    ['BOOKS', first],
    ['BOOKS', second],
    ['DEPOT', third],
  ] as const)
    await api.done(who, 'withdraw', id);
  expect(await nova.faults()).toEqual([]);
});
