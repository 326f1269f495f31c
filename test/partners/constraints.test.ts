import { Client } from 'pg';
import { startTestDatabase, type TestDatabase } from '../support/database.ts';

let database: TestDatabase;
let owner: Client;
beforeAll(async () => {
  database = await startTestDatabase();
  owner = new Client({ connectionString: database.url });
  await owner.connect();
  await owner.query(`
    insert into partners.partners (id, code, name, roles, created_at) values ('00000000-0000-0000-0000-00000000000a', 'A', 'A', '{ISSUER}', now());
    insert into partners.point_currencies (id, code, name, expiry, created_at) values (gen_random_uuid(), 'APT', 'A', '{"kind":"NEVER"}', now());
    insert into partners.contracts (id, partner_id, created_at) values ('00000000-0000-0000-0000-00000000000c', '00000000-0000-0000-0000-00000000000a', now());
    insert into partners.earn_rules (id, code, version, currency_no, effective_from, definition, published_at) values (gen_random_uuid(), 'R', 1, 1, now(), '{}', now());
  `);
});
afterAll(async () => {
  await owner.end();
  await database.stop();
});

function version(number: number, from: string, until: string | null, signed = true): string {
  const at = signed ? 'now()' : 'null';
  return `insert into partners.contract_versions (id, contract_id, contract_no, number, clauses, proposed_at, partner_signed_at, operator_signed_at, effective_from, effective_until)
    select gen_random_uuid(), id, no, ${number}, '[]', now(), ${at}, ${at}, '${from}', ${until === null ? 'null' : `'${until}'`} from partners.contracts`;
}

async function broken(...statements: string[]): Promise<string | undefined> {
  await owner.query('begin');
  try {
    for (const statement of statements) await owner.query(statement);
    return undefined;
  } catch (error) {
    return (error as { constraint?: string }).constraint;
  } finally {
    await owner.query('rollback');
  }
}

test('two versions in force at the same instant are refused by the database itself', async () => {
  expect(await broken(version(1, '2026-01-01', null), version(2, '2026-02-01', null))).toBe('versions_in_force_do_not_overlap');
  expect(await broken(version(1, '2026-01-01', '2026-02-02'), version(2, '2026-02-01', '2026-03-01'))).toBe(
    'versions_in_force_do_not_overlap',
  );
});

test('versions that follow each other, or are not signed, may stand', async () => {
  expect(
    await broken(version(1, '2026-01-01', '2026-02-01'), version(2, '2026-02-01', null), version(3, '2026-01-15', null, false)),
  ).toBeUndefined();
});

test.each([
  ['there_is_one_program', 'insert into partners.program (only_row) values (false)'],
  [
    'a_partner_code_is_used_once',
    "insert into partners.partners (id, code, name, roles, created_at) values (gen_random_uuid(), 'A', 'A', '{}', now())",
  ],
  [
    'a_currency_code_is_used_once',
    "insert into partners.point_currencies (id, code, name, expiry, created_at) values (gen_random_uuid(), 'APT', 'A', '{}', now())",
  ],
  [
    'notice_counts_forward',
    "update partners.contracts set notice_given_at = now(), earn_end = now() + interval '2 days', burn_end = now() + interval '1 day', tail_end = now() + interval '3 days'",
  ],
  [
    'a_partner_has_a_number_of_its_own',
    "insert into partners.partners (no, id, code, name, roles, created_at) overriding system value select no, gen_random_uuid(), 'B', 'B', '{}', now() from partners.partners",
  ],
  ['a_version_ends_after_it_starts', version(1, '2026-02-01', '2026-01-01')],
  [
    'the_partner_signs_first',
    "insert into partners.contract_versions (id, contract_id, contract_no, number, clauses, proposed_at, operator_signed_at, effective_from) select gen_random_uuid(), id, no, 1, '[]', now(), now(), now() from partners.contracts",
  ],
  [
    'an_earn_rule_version_is_used_once',
    "insert into partners.earn_rules (id, code, version, currency_no, effective_from, definition, published_at) values (gen_random_uuid(), 'R', 1, 1, now(), '{}', now())",
  ],
  [
    'a_rule_ends_after_it_starts',
    "insert into partners.earn_rules (id, code, version, currency_no, effective_from, effective_until, definition, published_at) values (gen_random_uuid(), 'R', 2, 1, now(), now() - interval '1 day', '{}', now())",
  ],
])('%s', async (constraint, statement) => {
  expect(await broken(statement)).toBe(constraint);
});

test('a_version_number_is_used_once', async () => {
  expect(await broken(version(1, '2026-01-01', null, false), version(1, '2026-02-01', null, false))).toBe('a_version_number_is_used_once');
});
