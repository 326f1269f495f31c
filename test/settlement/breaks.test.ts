import { accrualOf, cny, type Input, type Member, type Nova, startNova } from '../support/coalition.ts';
import { type Break, type BreakPayload, csv, type Reconciling, reconcilingOf } from './reconciliation-api.ts';
import { settlementOf } from './settlement-api.ts';

let nova: Nova;
let api: Reconciling;
let member: Member;
let aero: string;
let alice: string;
let bob: string;
beforeAll(async () => {
  nova = await startNova();
  api = reconcilingOf(nova);
  member = await nova.enrol();
  aero = await nova.token('AERO');
  alice = await api.operatorNamed('alice');
  bob = await api.operatorNamed('bob');
  for (const [key, points] of Object.entries({ 'R-1': 100, 'R-2': 50, 'R-3': 30, 'INV-00778': 45 }))
    accrualOf(await nova.earn('AERO', member, { externalId: key, points }));
});
afterAll(async () => {
  const faults = await nova.faults();
  await nova.stop();
  expect(faults).toEqual([]);
});

/** have other amounts, R-3 is missing there, R-9 here, and one key was copied by hand. */
const FILE = ['ACCRUAL,R-1,2026-01-10,,90', 'ACCRUAL,R-2,2026-01-10,,55', 'ACCRUAL,R-9,2026-01-10,,7', 'ACCRUAL,inv 778,2026-01-11,,45'];

const propose = (token: string, breakId: string, more: Input = {}) =>
  api.act(token, 'propose-break-resolution', { breakId, resolution: 'ADJUST', amount: cny('-1.20'), note: 'as agreed by phone', ...more });
const decide = (token: string, breakId: string, decision = 'APPROVE', more: Input = {}) =>
  api.act(token, 'decide-break-resolution', { breakId, decision, ...more });
const codeOf = ({ userErrors }: BreakPayload): string | undefined => userErrors[0]?.code;
function brokenOf(payload: BreakPayload): Break {
  expect(payload.userErrors).toEqual([]);
  if (payload.break === null) throw new Error('there is no break');
  return payload.break;
}

test('a break has an age and an owner, which stay while later files still have it', async () => {
  await api.run(csv(...FILE));
  const before = await api.breakOf('R-1');
  expect(before).toMatchObject({ state: 'OPEN', ageDays: 0, owner: null, difference: '10', partner: { code: 'AERO' } });
  expect(brokenOf(await api.act(aero, 'assign-break', { breakId: before.id, owner: 'Li Na' })).owner).toBe('Li Na');
  expect(codeOf(await api.act(aero, 'assign-break', { breakId: before.id, owner: '' }))).toBe('VALIDATION');
  expect(codeOf(await api.act(aero, 'assign-break', { breakId: 'brk_1', owner: 'Li Na' }))).toBe('FORBIDDEN');

  await nova.setClock('2026-01-18T12:00:00+08:00');
  await api.run(csv('ACCRUAL,R-3,2026-01-10,,30', ...FILE));
  expect(await api.breakOf('R-1')).toMatchObject({
    id: before.id,
    openedAt: before.openedAt,
    ageDays: 3,
    owner: 'Li Na',
    theirRowNumber: 3,
  });
  const [gone] = (await api.breaks()).filter(({ key }) => key === 'R-3');
  expect(gone).toMatchObject({ state: 'SUPERSEDED', result: 'MISSING_THERE' });
  expect(codeOf(await propose(aero, gone?.id ?? ''))).toBe('VALIDATION');
  expect(await api.breaks({ state: 'OPEN', first: 1 })).toHaveLength(1);
});

test('a key that only looks alike is suggested, and matches nothing', async () => {
  const here = await api.breakOf('inv 778');
  expect(here).toMatchObject({ result: 'MISSING_HERE', suggestions: [{ key: 'INV-00778' }] });
  const there = await api.breakOf('INV-00778');
  expect(there).toMatchObject({ result: 'MISSING_THERE', suggestions: [{ key: 'inv 778' }] });
  expect(there.suggestions[0]?.score).toBeGreaterThanOrEqual(50);
  expect((await api.breakOf('R-9')).suggestions).toEqual([]);
  expect((await api.breakOf('R-1')).suggestions).toEqual([]);
});

test('four eyes: what a partner proposes the operator approves, and the adjustment is posted once', async () => {
  const { id } = await api.breakOf('R-1');
  const lines = settlementOf(nova);
  const before = await lines.amountsOf('AERO');
  for (const [more, field] of [
    [{ amount: null }, 'amount'],
    [{ amount: cny('0.00') }, 'amount'],
    [{ amount: { minor: '5', currency: 'EUR' } }, 'amount.currency'],
    [{ amount: { minor: '9223372036854775807', currency: 'CNY' } }, 'amount.minor'],
    [{ resolution: 'NO_ACTION' }, 'amount'],
    [{ note: ' ' }, 'note'],
  ] as const)
    expect((await propose(aero, id, more)).userErrors).toMatchObject([{ code: 'VALIDATION', field: ['input', ...field.split('.')] }]);
  expect(codeOf(await decide(alice, id))).toBe('VALIDATION');

  const proposed = brokenOf(await propose(aero, id));
  expect(proposed).toMatchObject({ state: 'PROPOSED', proposedBy: 'AERO', resolution: 'ADJUST', adjustment: { minor: '-120' } });
  expect(codeOf(await propose(alice, id))).toBe('VALIDATION');
  expect(codeOf(await decide(aero, id))).toBe('FORBIDDEN');
  expect(codeOf(await decide(await nova.token('BOOKS'), id))).toBe('FORBIDDEN');
  expect(await lines.amountsOf('AERO')).toEqual(before);

  // Both operators at once, and each again: one adjustment.
  const answers = await Promise.all([
    decide(alice, id, 'APPROVE', { idempotencyKey: 'a' }),
    decide(bob, id, 'APPROVE', { idempotencyKey: 'b' }),
  ]);
  expect(answers.map(codeOf).sort()).toEqual(['VALIDATION', undefined]);
  const done = await api.breakOf('R-1');
  expect(done).toMatchObject({ state: 'RESOLVED', proposedBy: 'AERO', decidedBy: expect.stringMatching(/^OPERATOR (alice|bob)$/) });
  const key = done.decidedBy === 'OPERATOR alice' ? 'a' : 'b';
  expect(brokenOf(await decide(alice, id, 'APPROVE', { idempotencyKey: key })).state).toBe('RESOLVED');
  const after = await lines.amountsOf('AERO');
  expect(after.filter((line) => !before.includes(line))).toEqual(['ADJUSTMENT -120']);
  expect(Object.values(await lines.positions()).reduce((sum, net) => sum + net, 0)).toBe(0);

  // The same figures again open nothing again; other figures do.
  await api.run(csv(...FILE));
  expect(await api.breakOf('R-1')).toMatchObject({ id, state: 'RESOLVED' });
  await api.run(csv('ACCRUAL,R-1,2026-01-10,,80', ...FILE.slice(1)));
  const again = (await api.breaks()).filter((one) => one.key === 'R-1');
  expect(again.map(({ state, difference }) => `${state} ${difference}`)).toEqual(['RESOLVED 10', 'OPEN 20']);
});

test("four eyes: an operator's proposal needs another operator, and one that is rejected is dropped", async () => {
  const { id } = await api.breakOf('R-2');
  brokenOf(await propose(alice, id, { resolution: 'ACCEPT_OURS', amount: null }));
  expect((await decide(alice, id)).userErrors).toMatchObject([{ code: 'FORBIDDEN' }]);
  expect(brokenOf(await decide(bob, id, 'REJECT'))).toMatchObject({ state: 'OPEN', resolution: null, proposedBy: null, note: null });
  brokenOf(await propose(alice, id, { resolution: 'ACCEPT_THEIRS', amount: null }));
  expect(brokenOf(await decide(bob, id))).toMatchObject({
    state: 'RESOLVED',
    proposedBy: 'OPERATOR alice',
    decidedBy: 'OPERATOR bob',
    adjustment: null,
  });
});

test('a proposal about figures that a later file changes is withdrawn', async () => {
  const { id } = await api.breakOf('R-9');
  brokenOf(await propose(aero, id));
  await api.run(csv(...FILE));
  expect(await api.breakOf('R-9')).toMatchObject({ id, state: 'PROPOSED' });
  await api.run(csv(...FILE.map((line) => line.replace('R-9,2026-01-10,,7', 'R-9,2026-01-10,,8'))));
  expect(await api.breakOf('R-9')).toMatchObject({ id, state: 'OPEN', proposedBy: null, difference: '-8' });
});

const CHANGES: [constraint: string, sql: string][] = [
  [
    'four_eyes_resolve_a_break',
    "state = 'RESOLVED', resolution = 'NO_ACTION', note = 'x', proposed_by = 'operator:a', proposed_at = now(), decided_by = 'operator:a', decided_at = now()",
  ],
  ['a_break_state_is_known', "state = 'LOST'"],
  ['a_break_has_a_known_result', "result = 'MATCHED'"],
  ['a_break_has_a_side', 'their_amount = null, our_amount = null'],
  ['a_proposal_says_what_and_by_whom', "state = 'PROPOSED'"],
  ['a_resolution_is_known', "state = 'PROPOSED', resolution = 'FORGET', note = 'x', proposed_by = 'operator:a', proposed_at = now()"],
  [
    'an_adjusting_proposal_says_how_much',
    "state = 'PROPOSED', resolution = 'ADJUST', note = 'x', proposed_by = 'operator:a', proposed_at = now()",
  ],
  [
    'an_adjustment_moves_money',
    "state = 'PROPOSED', resolution = 'ADJUST', adjustment_minor = 0, note = 'x', proposed_by = 'operator:a', proposed_at = now()",
  ],
  [
    'a_resolved_break_says_who_decided',
    "state = 'RESOLVED', resolution = 'NO_ACTION', note = 'x', proposed_by = 'operator:a', proposed_at = now()",
  ],
  [
    'a_resolved_adjustment_is_posted',
    "state = 'RESOLVED', resolution = 'ADJUST', adjustment_minor = 5, note = 'x', proposed_by = 'operator:a', proposed_at = now(), decided_by = 'operator:b', decided_at = now()",
  ],
];

test.each(CHANGES)('the database itself holds to %s', async (constraint, change) => {
  const { id } = await api.breakOf('inv 778');
  const broken = nova.app.db.rows(`update settlement.breaks set ${change} where id = $1`, [stored(id)]);
  await expect(broken).rejects.toMatchObject({ constraint });
});

const ROWS: [constraint: string, sql: string][] = [
  ['a_file_format_is_known', "update settlement.reconciliations set format = 'PDF'"],
  ['a_tolerance_is_not_negative', 'update settlement.reconciliations set tolerance_points = -1'],
  ['a_window_is_not_negative', 'update settlement.reconciliations set tolerance_days = -1'],
  ['a_reconciliation_covers_a_time', 'update settlement.reconciliations set ends_at = starts_at'],
  ['a_reconciliation_does_not_follow_itself', 'update settlement.reconciliations set superseded_by = id'],
  ['a_row_has_a_known_kind', "update settlement.their_rows set kind = 'GIFT'"],
  ['a_row_has_a_known_result', "update settlement.their_rows set result = 'MISSING_THERE'"],
  ['a_row_is_matched_or_stands_alone', "update settlement.their_rows set rule = null where result = 'AMOUNT_DIFF'"],
  ['a_row_of_a_file_is_read_once', 'insert into settlement.their_rows select * from settlement.their_rows limit 1'],
  ['a_row_of_ours_has_a_known_result', "update settlement.our_rows set result = 'DUPLICATE'"],
  ['a_row_of_ours_is_matched_or_stands_alone', "update settlement.our_rows set rule = null where result = 'AMOUNT_DIFF'"],
  ['a_row_of_ours_is_listed_once', 'insert into settlement.our_rows select * from settlement.our_rows where match_no is null limit 1'],
  ['a_bad_row_is_listed_once', "insert into settlement.bad_rows select run_id, 1, 'x' from settlement.our_rows limit 2"],
];

test.each(ROWS)('the database itself holds to %s of its rows', async (constraint, sql) => {
  await expect(nova.app.db.rows(sql)).rejects.toMatchObject({ constraint });
});

test('the database itself lets no row be claimed twice, and no decision be changed', async () => {
  const { db } = nova.app;
  // Unique indexes: a_match_claims_one_row_of_theirs, a_match_claims_one_row_of_ours, our_row_is_claimed_by_one_match, a_break_is_open_once.
  const copy = (table: string, more: string) =>
    `insert into settlement.${table} select (jsonb_populate_record(r, jsonb_build_object('no', 99999) || '${more}')).* from settlement.${table} r
     where match_no is not null limit 1`;
  await expect(db.rows(copy('their_rows', '{}'))).rejects.toMatchObject({ constraint: 'a_match_claims_one_row_of_theirs' });
  await expect(db.rows(copy('our_rows', '{"source": "another"}'))).rejects.toMatchObject({ constraint: 'a_match_claims_one_row_of_ours' });
  await expect(db.rows(copy('our_rows', '{"is_group": true}'))).rejects.toMatchObject({ constraint: 'our_row_is_claimed_by_one_match' });
  const again = `insert into settlement.breaks (partner_id, run_id, result, kind, key, day, ordinal, our_amount, opened_at)
    select partner_id, run_id, result, kind, key, day, ordinal, our_amount, opened_at from settlement.breaks where state = 'OPEN' and our_amount is not null limit 1`;
  await expect(db.rows(again)).rejects.toMatchObject({ constraint: 'a_break_is_open_once' });
  await expect(db.rows("update settlement.breaks set decided_by = 'operator:eve' where state = 'RESOLVED'")).rejects.toMatchObject({
    constraint: 'a_decided_break_is_final',
  });
  const twice = `update settlement.breaks b set state = 'RESOLVED', resolution = 'ADJUST', adjustment_minor = 5, note = 'x', proposed_by = 'operator:a',
    proposed_at = now(), decided_by = 'operator:b', decided_at = now(), adjustment_id = (select adjustment_id from settlement.breaks where adjustment_id is not null)
    where id = $1`;
  await expect(db.rows(twice, [stored((await api.breakOf('inv 778')).id)])).rejects.toMatchObject({
    constraint: 'an_adjustment_resolves_one_break',
  });
});

/** The stored form of a public id. */
function stored(id: string): string {
  return id.slice(4).replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}
