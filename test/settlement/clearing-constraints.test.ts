import { Client } from 'pg';
import { type Nova, startNova } from '../support/coalition.ts';
import { clearingOf } from './clearing-api.ts';

let nova: Nova;
let owner: Client;
beforeAll(async () => {
  nova = await startNova();
  const member = await nova.enrol();
  await nova.earn('AERO', member, { points: 10_000 });
  const clearing = clearingOf(nova);
  const { cycle } = await clearing.close();
  await clearing.issue(cycle.id);
  const { id } = await clearing.statementOf('AERO', cycle.id);
  await clearing.pay(id, 5, 'B-1', '2026-01-15');
  owner = new Client({ connectionString: nova.app.url });
  await owner.connect();
});
afterAll(async () => {
  await owner.end();
  await nova.stop();
});

async function broken(...statements: string[]): Promise<string | undefined> {
  await owner.query('begin');
  try {
    for (const statement of statements) await owner.query(statement);
    await owner.query('set constraints all immediate');
    return undefined;
  } catch (error) {
    return (error as { constraint?: string }).constraint ?? String(error);
  } finally {
    await owner.query('rollback');
  }
}

const AERO = "(select id from partners.partners where code = 'AERO')";
const BOOKS = "(select id from partners.partners where code = 'BOOKS')";
const STATEMENT = `(select id from settlement.statements where partner_id = ${AERO})`;
const PAID = '(select id from settlement.instructions limit 1)';
const line = (key: string, cycle = 1) =>
  `insert into settlement.lines (id, cycle_no, position, type, key, description)
   values ('00000000-0000-0000-0000-00000000000a', ${cycle}, 9, 'FUNDING', '${key}', 'x')`;
const share = (party: string, minor: number, no: number | null = null, partner = 'null') =>
  `insert into settlement.shares (id, line_id, party, partner_id, no, micros, minor)
   values (gen_random_uuid(), '00000000-0000-0000-0000-00000000000a', '${party}', ${partner}, ${no}, 0, ${minor})`;
const statement = (columns: string, values: string) =>
  `insert into settlement.statements (id, cycle_no, partner_id, net_minor, opening_points, closing_points, hash${columns})
   values (gen_random_uuid(), 2, ${AERO}, 0, '{}', '{}', 'x'${values})`;
const instruction = (columns: string, values: string) =>
  `insert into settlement.instructions (id, cycle_no, status, amount_minor, payer, payee${columns}) values (gen_random_uuid(), 1, ${values})`;
const payment = (amount: number, reference: string, interest = 0) =>
  `insert into settlement.payments (id, instruction_id, amount_minor, bank_reference, value_date, interest_minor, recorded_at, posting_id)
   values (gen_random_uuid(), ${PAID}, ${amount}, '${reference}', '2026-01-01', ${interest}, now(), 1)`;
const adjustment = (minor: number, counterparty: string) =>
  `insert into settlement.adjustments (id, partner_id, counterparty_id, minor, description, recorded_at, posting_id)
   values (gen_random_uuid(), ${AERO}, ${counterparty}, ${minor}, 'x', now(), 1)`;

test.each([
  ['a_closed_cycle_is_never_reopened', "update ledger.cycles set status = 'OPEN', closed_at = null where no = 1"],
  ['a_closed_cycle_is_never_reopened', "update ledger.cycles set cutoff = cutoff - interval '1 hour' where no = 1"],
  ['a_closed_cycle_is_never_reopened', "update ledger.cycles set batch_hash = 'other' where no = 1"],
  ['a_closed_cycle_is_never_reopened', 'delete from ledger.cycles where no = 2'],
  ['a_closed_cycle_says_when', "update ledger.cycles set status = 'CLOSING' where no = 2"],
  [
    'cycles_do_not_overlap',
    "insert into ledger.cycles (no, id, status, starts_at, cutoff, closed_at) values (3, gen_random_uuid(), 'CLOSED', '2026-01-02', '2026-01-03', now())",
  ],
  ['frozen_lines_are_append_only', 'update settlement.lines set position = 1'],
  ['frozen_lines_are_append_only', 'delete from settlement.shares'],
  ['frozen_lines_are_append_only', 'truncate settlement.lines cascade'],
  ['frozen_lines_are_append_only', 'update settlement.payments set amount_minor = 1'],
  ['frozen_lines_are_append_only', 'delete from settlement.adjustments'],
  [
    'a_line_is_drawn_once_a_cycle',
    'insert into settlement.lines select gen_random_uuid(), cycle_no, position, type, key, description from settlement.lines limit 1',
  ],
])('%s: %s is refused', async (constraint, attempt) => {
  expect(await broken(attempt)).toBe(constraint);
});

test.each([
  ['shares_of_a_line_sum_to_zero', [line('new'), share('OPERATOR', 1)]],
  ['a_party_has_one_share_of_a_line', [line('new'), share('OPERATOR', 0), share('OPERATOR', 0)]],
  ['a_partners_share_has_its_place', [line('new'), share('AERO', 0, null, AERO)]],
  ['a_partners_share_has_its_place', [line('new'), share('POOL', 0, 1)]],
  ['a_statement_status_is_known', [statement(', status', ", 'SENT'")]],
  ['an_issued_statement_says_when', [statement(', status', ", 'ISSUED'")]],
  ['a_partner_has_one_statement_a_cycle', [statement('', ''), statement('', '')]],
  [
    'a_statement_is_the_sum_of_its_lines',
    [
      line('new', 2),
      `${share('AERO', 5, 1, AERO)}, (gen_random_uuid(), '00000000-0000-0000-0000-00000000000a', 'OPERATOR', null, null, 0, -5)`,
      statement('', ''),
    ],
  ],
  ['a_statement_is_frozen', [`update settlement.statements set net_minor = net_minor + 1 where id = ${STATEMENT}`]],
  ['a_statement_is_frozen', [`update settlement.statements set hash = 'x' where id = ${STATEMENT}`]],
  ['a_statement_has_one_instruction', [instruction(', statement_id', `'DUE', 1, ${AERO}, null, ${STATEMENT}`)]],
  ['an_instruction_status_is_known', [instruction('', `'SENT', 1, ${AERO}, null`)]],
  ['an_instruction_has_two_parties', [instruction('', `'DUE', 1, ${AERO}, ${AERO}`)]],
  ['an_instruction_moves_money', [instruction('', `'CARRIED', 0, ${AERO}, null`)]],
  ['what_is_carried_has_a_reason', [instruction(', carried_minor', `'DUE', 1, ${AERO}, null, 5`)]],
  ['what_is_carried_whole_is_not_paid', [instruction(', carried_minor, carried_reason', `'DUE', 0, ${AERO}, null, 5, 'x'`)]],
  ['payments_never_exceed_the_instruction', ['update settlement.instructions set paid_minor = amount_minor + 1']],
  ['payments_never_exceed_the_instruction', ['update settlement.instructions set paid_minor = -1']],
  ['a_payment_moves_money', [payment(0, 'B-2')]],
  ['interest_is_never_negative', [payment(1, 'B-2', -1)]],
  ['a_bank_reference_pays_an_instruction_once', [payment(1, 'B-1')]],
  ['an_adjustment_corrects_something', [adjustment(0, BOOKS)]],
  ['an_adjustment_has_two_parties', [adjustment(5, AERO)]],
])('%s is refused by the database itself', async (constraint, attempts) => {
  expect(await broken(...attempts)).toBe(constraint);
});

test('the application can neither change a frozen figure nor write a cycle past its functions', async () => {
  for (const attempt of ['update settlement.lines set position = 1', 'delete from settlement.shares', 'delete from settlement.statements'])
    await expect(nova.app.db.rows(attempt)).rejects.toMatchObject({ code: '42501' });
});
