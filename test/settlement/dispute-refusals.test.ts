import { Client } from 'pg';
import { type Input, type Nova, refusal } from '../support/coalition.ts';
import { type Dispute, type Disputes, disputesOf, fen, STEPS, type Step, startDisputing, trade } from './disputes-api.ts';

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

const counted = async () => {
  const [rows] = await nova.app.db.rows<Record<string, number>>(
    `select (select count(*)::integer from settlement.disputes) as disputes, (select count(*)::integer from settlement.dispute_steps) as steps,
       (select count(*)::integer from settlement.adjustments) as adjustments, (select count(*)::integer from platform.idempotency_keys) as keys,
       (select count(*)::integer from ledger.postings) as postings`,
  );
  return rows;
};

test('lists that lead back to themselves are counted as long as they may be, and refused', async () => {
  for (const query of [
    '{ disputes(first: 1) { edges { node { line { disputes { line { disputes { line { disputes { line { disputes { id } } } } } } } } } } } }',
    '{ clearingCycle { statements { cycle { statements { cycle { statements { cycle { statements { id } } } } } } } } }',
  ]) {
    const { errors } = await nova.app.graphql(query, { token: nova.operator });
    expect([query, errors?.[0]?.extensions?.code]).toEqual([query, 'LIMIT_EXCEEDED']);
  }
});

test('what is not a dispute of an own line, of a part of it and in words, is refused and changes nothing', async () => {
  const before = await counted();
  const entryOfAero = await nova.app.db.rows<{ id: string }>(
    `select 'ent_' || lpad(to_hex(e.account_id), 16, '0') || lpad(to_hex(e.version), 16, '0') as id
     from ledger.entries e join ledger.accounts a on a.id = e.account_id join partners.partners p on p.id = a.owner
     where a.kind = 'PARTNER' and p.code = 'AERO' limit 1`,
  );
  const refusals: [Input, string, string[]][] = [
    [{ disputedAmount: fen(0) }, 'VALIDATION', ['input', 'disputedAmount']],
    [{ disputedAmount: fen(-1) }, 'VALIDATION', ['input', 'disputedAmount']],
    [{ disputedAmount: fen(3001) }, 'VALIDATION', ['input', 'disputedAmount']],
    [{ disputedAmount: fen('9'.repeat(18)) }, 'VALIDATION', ['input', 'disputedAmount']],
    [{ disputedAmount: { minor: '1', currency: 'USD' } }, 'VALIDATION', ['input', 'disputedAmount']],
    [{ reason: ' ' }, 'VALIDATION', ['input', 'reason']],
    [{ reason: 'x'.repeat(201) }, 'VALIDATION', ['input', 'reason']],
    [{ note: '' }, 'VALIDATION', ['input', 'note']],
    [{ note: `a\u0000b` }, 'VALIDATION', ['input', 'note']],
    [{ note: 'x'.repeat(2001) }, 'VALIDATION', ['input', 'note']],
    [{ entryIds: ['nope'] }, 'VALIDATION', ['input', 'entryIds']],
    [{ entryIds: [`ent_${'f'.repeat(32)}`] }, 'VALIDATION', ['input', 'entryIds']],
    [{ entryIds: [`ent_${'0'.repeat(32)}`] }, 'VALIDATION', ['input', 'entryIds']],
    [{ entryIds: [line] }, 'VALIDATION', ['input', 'entryIds']],
    [{ entryIds: [entryOfAero[0]?.id] }, 'VALIDATION', ['input', 'entryIds']],
    [{ entryIds: Array.from({ length: 101 }, (_, n) => `ent_${n}`) }, 'VALIDATION', ['input', 'entryIds']],
    [{ statementLineId: 'nope' }, 'FORBIDDEN', ['input', 'statementLineId']],
    [{ statementLineId: `lin_${'0'.repeat(32)}` }, 'FORBIDDEN', ['input', 'statementLineId']],
    [{ statementLineId: (await api.lineOf('AERO', cycle, 'FUNDING')).id }, 'FORBIDDEN', ['input', 'statementLineId']],
    [{ idempotencyKey: 'not a key' }, 'VALIDATION', ['input', 'idempotencyKey']],
  ];
  for (const [what, code, field] of refusals) {
    const { dispute, userErrors } = await api.open('BOOKS', { statementLineId: line, disputedAmount: fen(1), ...what });
    expect([what, dispute, userErrors]).toEqual([what, null, [expect.objectContaining({ code, field })]]);
  }
  for (const who of ['OPERATOR', 'AERO'])
    expect(refusal(await api.open(who, { statementLineId: line, disputedAmount: fen(1) }))).toBe('FORBIDDEN');
  for (const minor of ['1.5', 'x', '9'.repeat(30)])
    expect(
      (
        await nova.answer(await nova.token('BOOKS'), 'open-dispute', {
          input: { idempotencyKey: 'malformed', reason: 'X', statementLineId: line, disputedAmount: fen(minor) },
        })
      ).errors,
    ).toMatchObject([{ extensions: { code: 'BAD_USER_INPUT' } }]);
  expect(await counted()).toEqual(before);
});

/** Ways to every state in which a dispute can be, and what may be done with it there. */
const STATES: Readonly<Record<string, { readonly by: readonly [string, Step, Input?][]; readonly may: readonly Step[] }>> = {
  OPENED: { by: [], may: ['review', 'resolve', 'withdraw'] },
  UNDER_REVIEW: { by: [['OPERATOR', 'review']], may: ['ask', 'resolve', 'withdraw'] },
  EVIDENCE_REQUESTED: {
    by: [
      ['OPERATOR', 'review'],
      ['OPERATOR', 'ask'],
    ],
    may: ['show', 'resolve', 'withdraw'],
  },
  EVIDENCE_PROVIDED: {
    by: [
      ['OPERATOR', 'review'],
      ['OPERATOR', 'ask'],
      ['BOOKS', 'show'],
    ],
    may: ['ask', 'resolve', 'withdraw'],
  },
  ACCEPTED: { by: [['OPERATOR', 'resolve', { acceptedAmount: fen(2) }]], may: [] },
  PARTIALLY_ACCEPTED: { by: [['OPERATOR', 'resolve', { acceptedAmount: fen(1) }]], may: [] },
  REJECTED: { by: [['OPERATOR', 'resolve']], may: ['escalate'] },
  WITHDRAWN: { by: [['BOOKS', 'withdraw']], may: [] },
};
const TAKER: Readonly<Record<Step, string>> = {
  review: 'OPERATOR',
  ask: 'OPERATOR',
  show: 'BOOKS',
  resolve: 'OPERATOR',
  escalate: 'BOOKS',
  withdraw: 'BOOKS',
};

for (const [status, { by, may }] of Object.entries(STATES)) {
  test(`with a dispute that is ${status} only this is done: ${may.join(', ') || 'nothing'}`, async () => {
    const { id } = await api.opened('BOOKS', line, 2);
    let dispute: Dispute | undefined;
    for (const [who, step, more] of by) dispute = await api.done(who, step, id, more);
    expect(dispute?.status ?? 'OPENED').toBe(status);
    const before = await counted();
    for (const step of Object.keys(STEPS) as Step[]) {
      const [taker, other] = [TAKER[step], TAKER[step] === 'OPERATOR' ? 'BOOKS' : 'OPERATOR'];
      // The other side never takes it, nor does another partner.
      expect([step, refusal(await api.take(other, step, id))]).toEqual([step, 'FORBIDDEN']);
      if (taker === 'BOOKS') expect(refusal(await api.take('AERO', step, id))).toBe('FORBIDDEN');
      if (!may.includes(step)) {
        const { userErrors } = await api.take(taker, step, id);
        expect(userErrors).toMatchObject([{ code: 'DISPUTE_RESOLVED', details: { status } }]);
      }
    }
    expect(await counted()).toEqual(before);
    if (may.includes('withdraw')) await api.done('BOOKS', 'withdraw', id);
  });
}

test('steps that name no dispute, or say nothing where something is asked for, are refused', async () => {
  const { id } = await api.opened('BOOKS', line, 2);
  for (const unknown of ['nope', `dsp_${'0'.repeat(32)}`, line]) {
    expect(refusal(await api.take('OPERATOR', 'review', unknown))).toBe('VALIDATION');
    expect(refusal(await api.take('BOOKS', 'withdraw', unknown))).toBe('FORBIDDEN');
  }
  for (const acceptedAmount of [fen(-1), fen(3), { minor: '1', currency: 'USD' }])
    expect(refusal(await api.take('OPERATOR', 'resolve', id, { acceptedAmount }))).toBe('VALIDATION');
  await api.done('OPERATOR', 'review', id);
  expect(refusal(await api.take('OPERATOR', 'ask', id, { note: ' ' }))).toBe('VALIDATION');
  await api.done('OPERATOR', 'ask', id);
  expect(refusal(await api.take('BOOKS', 'show', id, { note: null }))).toBe('VALIDATION');
  expect(refusal(await api.take('BOOKS', 'show', id, { entryIds: ['nope'] }))).toBe('VALIDATION');
  await api.done('BOOKS', 'withdraw', id);
});

test('a repetition gets the first answer, also after the dispute went on; the same key for something else is refused', async () => {
  const what = { idempotencyKey: 'open-once', statementLineId: line, disputedAmount: fen(5) };
  const first = await api.open('BOOKS', what);
  const { id } = first.dispute as Dispute;
  const decision = { idempotencyKey: 'decide-once', acceptedAmount: fen(4) };
  const decided = await api.done('OPERATOR', 'resolve', id, decision);
  const before = await counted();
  expect(await api.open('BOOKS', what)).toEqual(first);
  expect(await api.done('OPERATOR', 'resolve', id, decision)).toEqual(decided);
  expect(refusal(await api.open('BOOKS', { ...what, disputedAmount: fen(6) }))).toBe('IDEMPOTENCY_CONFLICT');
  expect(refusal(await api.take('OPERATOR', 'resolve', id, { ...decision, acceptedAmount: fen(5) }))).toBe('IDEMPOTENCY_CONFLICT');
  expect(await counted()).toEqual(before);
});

test('a line is disputed at most 50 times, whatever became of it', async () => {
  const { id } = await api.lineOf('DEPOT', cycle, 'REVENUE_SHARE');
  for (let n = 0; n < 50; n += 1) await api.done('DEPOT', 'withdraw', (await api.opened('DEPOT', id, 1)).id);
  expect(refusal(await api.open('DEPOT', { statementLineId: id, disputedAmount: fen(1) }))).toBe('CAP_EXCEEDED');
});

test('the database keeps a dispute whole', async () => {
  const { rows } = nova.app.db;
  const open = await api.opened('BOOKS', line, 10);
  const accepted = await api.done('OPERATOR', 'resolve', (await api.opened('BOOKS', line, 10)).id, { acceptedAmount: fen(4) });
  const uuid = ({ id }: { id: string }) => id.slice(4).replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
  const broken: [string, string][] = [
    ["status = 'LOST', due_at = null", 'a_dispute_status_is_known'],
    ["status = 'ACCEPTED', accepted_minor = 9, due_at = null, resolved_at = now()", 'a_decision_says_what_is_accepted'],
    ["status = 'ACCEPTED', accepted_minor = 10, due_at = null, resolved_at = now()", 'what_is_accepted_is_adjusted'],
    ['due_at = null', 'a_dispute_is_due_while_the_operator_must_answer'],
    ["status = 'REJECTED', accepted_minor = 0, due_at = null, resolved_at = now()", 'a_rejection_says_until_when_it_is_escalated'],
    ["status = 'WITHDRAWN', due_at = null", 'an_ended_dispute_says_when'],
    ['stage = 2', 'a_decided_dispute_is_final'],
    ['disputed_minor = 11', 'a_decided_dispute_is_final'],
    [
      `status = 'ACCEPTED', accepted_minor = 10, due_at = null, resolved_at = now(), adjustment_id = (select adjustment_id from settlement.disputes where id = '${uuid(accepted)}')`,
      'an_adjustment_settles_one_dispute',
    ],
    [
      "status = 'ACCEPTED', accepted_minor = 10, due_at = null, resolved_at = now(), adjustment_id = gen_random_uuid()",
      'an_adjustment_is_what_was_accepted',
    ],
    ["status = 'WITHDRAWN', due_at = null, resolved_at = now()", 'a_statement_is_disputed_while_a_dispute_is_open'],
  ];
  for (const [change, constraint] of broken)
    await expect([
      change,
      await rows(`update settlement.disputes set ${change} where id = '${uuid(open)}'`).catch(
        (error: { constraint?: string }) => error.constraint,
      ),
    ]).toEqual([change, constraint]);
  await expect(rows(`update settlement.disputes set status = 'OPENED' where id = '${uuid(accepted)}'`)).rejects.toMatchObject({
    constraint: 'a_decided_dispute_is_final',
  });
  const copied = (id: string, minor: string, stage = '1') =>
    rows(
      `insert into settlement.disputes (id, share_id, reason, disputed_minor, status, stage, opened_at, due_at)
       select gen_random_uuid(), share_id, reason, ${minor}, 'OPENED', ${stage}, opened_at, now() from settlement.disputes where id = '${id}'`,
    );
  await expect(copied(uuid(open), '0')).rejects.toMatchObject({ constraint: 'a_dispute_claims_something' });
  await expect(copied(uuid(open), '1', '4')).rejects.toMatchObject({ constraint: 'a_dispute_has_three_stages' });
  await expect(copied(uuid(open), '2990')).rejects.toMatchObject({ constraint: 'disputes_never_exceed_their_line' });
  await expect(
    rows(
      "insert into settlement.dispute_steps (dispute_id, no, status, stage, actor, at) select id, 9, status, stage, 'MEMBER', now() from settlement.disputes limit 1",
    ),
  ).rejects.toMatchObject({ constraint: 'a_dispute_step_is_taken_by_somebody' });
  await expect(
    rows(
      "insert into settlement.dispute_steps (dispute_id, no, status, stage, actor, at) select id, 1, status, stage, 'PARTNER', now() from settlement.disputes limit 1",
    ),
  ).rejects.toMatchObject({ constraint: 'a_dispute_takes_one_step_at_a_time' });
  await expect(rows('update settlement.dispute_policy set sla_days = 0')).rejects.toMatchObject({
    constraint: 'a_dispute_policy_gives_days',
  });
  await expect(rows('update settlement.dispute_policy set one = false')).rejects.toMatchObject({
    constraint: 'there_is_one_dispute_policy',
  });
  // Not even whoever owns the database changes what was said, or takes a dispute away.
  const superuser = new Client({ connectionString: nova.app.url });
  await superuser.connect();
  for (const change of ["update settlement.dispute_steps set note = ''", 'delete from settlement.dispute_steps'])
    await expect(superuser.query(change)).rejects.toMatchObject({ constraint: 'frozen_lines_are_append_only' });
  await expect(superuser.query('delete from settlement.disputes')).rejects.toMatchObject({ constraint: 'a_decided_dispute_is_final' });
  await superuser.end();
  expect(await nova.faults()).toEqual([]);
});
