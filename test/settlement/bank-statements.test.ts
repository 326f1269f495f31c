import { accrualOf, type Input, type Member, type Nova, redemptionOf, refusal, startNova, type UserError } from '../support/coalition.ts';
import { type Booked, camt053, OPERATOR_IBAN } from './camt053.ts';
import { fen, type Payments, paymentsOf, terms } from './payments-api.ts';

interface Entry {
  readonly id: string;
  readonly bankReference: string;
  readonly matched?: { readonly minor: string };
  readonly unmatched?: { readonly minor: string };
  readonly matchedBy?: string;
  readonly reason?: string;
  readonly payments?: readonly { readonly amount: { readonly minor: string }; readonly interest: { readonly minor: string } }[];
}
interface Matched {
  readonly matched: readonly Entry[];
  readonly unmatched: readonly Entry[];
  readonly ignored: readonly { readonly bankReference: string | null; readonly amount: string | null; readonly reason: string }[];
  readonly userErrors: readonly UserError[];
}

const BOOKS_IBAN = 'GB82WEST12345698765432';
const DEPOT_IBAN = 'FR1420041010050500013M02606';

let nova: Nova;
let payments: Payments;
let member: Member;
let cycle: string;
beforeEach(async () => {
  nova = await startNova({ AERO: { clauses: [terms()] }, BOOKS: { clauses: [terms()] }, DEPOT: { clauses: [terms()] } });
  payments = paymentsOf(nova);
  member = await nova.enrol();
  await nova.operate('update-partner', { code: 'BOOKS', revision: 1, bankAccount: { holder: 'Books', iban: BOOKS_IBAN } });
  await nova.operate('update-partner', { code: 'DEPOT', revision: 1, bankAccount: { holder: 'Depot', iban: DEPOT_IBAN } });
  // AERO owes 120.00, BOOKS 6.00, and DEPOT is owed 40.00 less 3 %.
  accrualOf(await nova.earn('AERO', member, { points: 10_000 }));
  accrualOf(await nova.earn('BOOKS', member, { points: 1_000 }));
  redemptionOf(await nova.capture('DEPOT', redemptionOf(await nova.hold('DEPOT', member, 'APT', 4_000)).id));
  cycle = await payments.close();
  await payments.issue(cycle);
});
afterEach(() => nova.stop());

async function send(content: string, idempotencyKey = nova.newKey(), token = nova.operator): Promise<Matched> {
  const input = { idempotencyKey, content };
  return (await nova.run<{ matchBankStatement: Matched }>(token, 'match-bank-statement', { input })).matchBankStatement;
}
const take = (entries: readonly Booked[], how: Parameters<typeof camt053>[1] = {}) => send(camt053(entries, how));

async function instructionOf(partner: string) {
  const found = (await payments.statementOf(partner, cycle)).instruction;
  if (found === null) throw new Error(`nothing is to be paid for ${partner}`);
  return found;
}
const endToEnd = async (partner: string) => (await instructionOf(partner)).id.replace('ins_', '').toUpperCase();
const statuses = async () => Promise.all(['AERO', 'BOOKS', 'DEPOT'].map(async (partner) => (await instructionOf(partner)).status));

test('booked entries are matched by end-to-end id, by a reference in their text and by account and amount, and the cycle is settled', async () => {
  await payments.reconcile(cycle, 'AERO', 'BOOKS', 'DEPOT');
  const { id: statement } = await payments.statementOf('AERO', cycle);
  const answer = await take([
    { reference: 'R1', amount: '120.00', details: [{ text: `Settlement /${statement}/ January`, name: 'Aero &amp; Söhne' }] },
    { reference: 'R2', amount: '6.00', details: [{ endToEndId: 'NOTPROVIDED', iban: BOOKS_IBAN, name: 'Books' }] },
    { reference: 'R3', amount: '38.80', direction: 'DBIT', details: [{ endToEndId: await endToEnd('DEPOT'), iban: DEPOT_IBAN }] },
  ]);
  expect(answer.userErrors).toEqual([]);
  expect(answer.matched.map(({ bankReference, matched, matchedBy }) => [bankReference, matched?.minor, matchedBy])).toEqual([
    ['R1', '12000', 'REFERENCE'],
    ['R2', '600', 'IBAN_AND_AMOUNT'],
    ['R3', '3880', 'END_TO_END_ID'],
  ]);
  expect([answer.unmatched, answer.ignored]).toEqual([[], []]);
  expect(await statuses()).toEqual(['PAID', 'PAID', 'PAID']);
  expect(await payments.statusOf(cycle)).toBe('SETTLED');
  expect(await Promise.all(['AERO', 'BOOKS', 'DEPOT'].map(payments.accountOf))).toEqual([0, 0, 0]);
  expect(await nova.faults()).toEqual([]);
});

test('version 2 is read alike, with batches, and what comes late bears interest like a payment by hand', async () => {
  await nova.setClock('2026-01-28T12:00:00+08:00');
  const answer = await take(
    [
      {
        reference: 'BATCH',
        amount: '90.00',
        valueDate: '2026-01-28',
        details: [
          { endToEndId: await endToEnd('AERO'), amount: '84.00' },
          { endToEndId: await endToEnd('BOOKS'), amount: '6.00' },
        ],
      },
      { number: '7', amount: '10.00', valueDate: '2026-01-25', details: [{ endToEndId: await endToEnd('AERO') }] },
    ],
    { version: '02' },
  );
  // 8,400 x 3 x 5 bps = 12.6, 600 x 3 x 5 bps = 0.9
  expect(
    answer.matched.map(({ bankReference, payments: [payment] = [] }) => [bankReference, payment?.amount.minor, payment?.interest.minor]),
  ).toEqual([
    ['BATCH/1', '8400', '13'],
    ['BATCH/2', '600', '1'],
    ['ST-1/7', '1000', '0'],
  ]);
  expect(await statuses()).toEqual(['PARTIALLY_PAID', 'PAID', 'DUE']);
  expect(await payments.accountOf('AERO')).toBe(-2_613);
  expect(await nova.faults()).toEqual([]);
});

test('the same statement changes nothing, sent again or twice at the same time, nor does one that overlaps with it', async () => {
  const entries = [
    { reference: 'R1', amount: '100.00', details: [{ endToEndId: await endToEnd('AERO') }] },
    { reference: 'R2', amount: '1.00', details: [{ text: 'hello' }] },
  ];
  const answers = await Promise.all([1, 2, 3].map(() => take(entries)));
  expect(answers.map(({ matched, unmatched, ignored }) => [matched.length, unmatched.length, ignored.length]).sort()).toEqual([
    [0, 0, 2],
    [0, 0, 2],
    [1, 1, 0],
  ]);
  const content = camt053([...entries, { reference: 'R3', amount: '20.00', details: [{ endToEndId: await endToEnd('AERO') }] }]);
  const [first, second] = await Promise.all([send(content, 'the-key'), send(content, 'the-key')]);
  expect(first).toEqual(second);
  expect(await send(content, 'the-key')).toEqual(first);
  expect(first.matched.map(({ bankReference }) => bankReference)).toEqual(['R3']);
  expect(first.ignored.map(({ bankReference, amount, reason }) => [bankReference, amount, reason])).toEqual([
    ['R1', '100.00 CNY', 'TAKEN_ALREADY'],
    ['R2', '1.00 CNY', 'TAKEN_ALREADY'],
  ]);
  expect(refusal(await send(camt053(entries), 'the-key'))).toBe('IDEMPOTENCY_CONFLICT');
  expect(await statuses()).toEqual(['PAID', 'DUE', 'DUE']);
  expect(await payments.accountOf('AERO')).toBe(0);
  expect(await nova.faults()).toEqual([]);
});

test('a statement and payments by hand at the same time never pay more than is owed', async () => {
  const { id } = await payments.statementOf('AERO', cycle);
  const e2e = await endToEnd('AERO');
  await Promise.all([
    ...[1, 2].map((n) => take([{ reference: `S${n}`, amount: '70.00', details: [{ endToEndId: e2e }] }])),
    ...[1, 2].map((n) => payments.pay(id, 7_000, '2026-01-15', `H${n}`)),
  ]);
  const paid = (await payments.instructions(cycle)).find(({ payer }) => payer === 'AERO')?.paid ?? fen(0);
  const [row] = await nova.app.db.rows<{ paid: bigint; matched: bigint }>(
    `select (select sum(amount_minor)::bigint from settlement.payments) as paid, (select sum(matched_minor)::bigint from settlement.bank_entries) as matched`,
  );
  expect(Number(row?.paid)).toBe(Number(paid.minor));
  expect(Number(paid.minor)).toBeLessThanOrEqual(12_000);
  expect(await payments.accountOf('AERO')).toBe(Number(paid.minor) - 12_000);
  expect(await nova.faults()).toEqual([]);
});

test('what cannot be matched is kept with its reason and assigned by hand; what exceeds the instruction stays over', async () => {
  const answer = await take([
    { reference: 'OVER', amount: '125.00', details: [{ endToEndId: await endToEnd('AERO') }] },
    { reference: 'AGAIN', amount: '1.00', details: [{ endToEndId: await endToEnd('AERO') }] },
    { reference: 'BOTH', amount: '1.00', details: [{ text: `${(await instructionOf('AERO')).id} ${(await instructionOf('BOOKS')).id}` }] },
    { reference: 'STRANGER', amount: '9.99', details: [{ text: 'gift', iban: BOOKS_IBAN }] },
    { reference: 'WAY', amount: '38.80', direction: 'CRDT', details: [{ endToEndId: await endToEnd('DEPOT') }] },
  ]);
  expect(answer.matched.map(({ bankReference, matched }) => [bankReference, matched?.minor])).toEqual([['OVER', '12000']]);
  expect(answer.unmatched.map(({ bankReference, unmatched, reason }) => [bankReference, unmatched?.minor, reason])).toEqual([
    ['OVER', '500', 'OVERPAID'],
    ['AGAIN', '100', 'PAID_ALREADY'],
    ['BOTH', '100', 'AMBIGUOUS'],
    ['STRANGER', '999', 'NOTHING_FITS'],
    ['WAY', '3880', 'NOTHING_FITS'],
  ]);
  const idOf = (reference: string) => answer.unmatched.find(({ bankReference }) => bankReference === reference)?.id;
  const assign = async (reference: string, partner: string, key = nova.newKey(), token = nova.operator) => {
    const input = { idempotencyKey: key, entryId: idOf(reference), instructionId: (await instructionOf(partner)).id };
    type Assigned = { entry: Entry | null; userErrors: UserError[] };
    return (await nova.run<{ assignBankEntry: Assigned }>(token, 'assign-bank-entry', { input })).assignBankEntry;
  };
  expect(refusal(await assign('STRANGER', 'AERO'))).toBe('VALIDATION');
  expect(refusal(await assign('STRANGER', 'DEPOT'))).toBe('VALIDATION');
  expect(refusal(await assign('STRANGER', 'BOOKS', 'x', await nova.token('BOOKS')))).toBe('FORBIDDEN');
  const [one, other] = await Promise.all([assign('OVER', 'BOOKS', 'over'), assign('OVER', 'BOOKS', 'over')]);
  expect(one).toEqual(other);
  expect(one.entry).toMatchObject({ matched: fen(12_500), unmatched: fen(0), matchedBy: 'END_TO_END_ID', reason: null });
  expect(one.entry?.payments).toHaveLength(2);
  expect(refusal(await assign('OVER', 'BOOKS'))).toBe('VALIDATION');
  const rest = await assign('STRANGER', 'BOOKS');
  expect(rest.entry).toMatchObject({ matched: fen(100), unmatched: fen(899), matchedBy: 'HAND', reason: 'OVERPAID' });
  expect(await statuses()).toEqual(['PAID', 'PAID', 'DUE']);
  const late = await take([{ reference: 'LATER', amount: '1.00', details: [{ text: (await instructionOf('AERO')).id }] }]);
  expect(late.unmatched.map(({ reason }) => reason)).toEqual(['PAID_ALREADY']);
  type Page = { unmatchedBankEntries: { edges: { node: Entry }[]; pageInfo: { hasNextPage: boolean; endCursor: string } } };
  const page = async (variables: Input) => (await nova.run<Page>(nova.operator, 'unmatched-bank-entries', variables)).unmatchedBankEntries;
  const first = await page({ first: 2 });
  expect(first.edges.map(({ node }) => node.bankReference)).toEqual(['AGAIN', 'BOTH']);
  const second = await page({ first: 2, after: first.pageInfo.endCursor });
  expect(second.edges.map(({ node }) => node.bankReference)).toEqual(['STRANGER', 'WAY']);
  expect((await page({ first: 2, after: second.pageInfo.endCursor })).edges.map(({ node }) => node.bankReference)).toEqual(['LATER']);
  expect((await page({ after: Buffer.from('["x"]').toString('base64url') })).edges).toHaveLength(5);
  const { errors } = await nova.answer(await nova.token('BOOKS'), 'unmatched-bank-entries');
  expect(JSON.stringify(errors)).toContain('FORBIDDEN');
  expect(await nova.faults()).toEqual([]);
});

test('an account with two payments of one amount is not guessed at, and one entry never pays what a stronger one names', async () => {
  await nova.operate('update-partner', { code: 'AERO', revision: 1, bankAccount: { holder: 'Aero', iban: BOOKS_IBAN } });
  const answer = await take([
    { reference: 'WEAK', amount: '120.00', details: [{ iban: BOOKS_IBAN }] },
    { reference: 'STRONG', amount: '120.00', details: [{ endToEndId: await endToEnd('AERO') }] },
  ]);
  expect(answer.matched.map(({ bankReference }) => bankReference)).toEqual(['STRONG']);
  accrualOf(await nova.earn('BOOKS', member, { points: 1_000 }));
  await nova.setClock('2026-01-16T12:00:00+08:00');
  await payments.close();
  const [twice] = (await take([{ reference: 'TWICE', amount: '6.00', details: [{ iban: BOOKS_IBAN }] }])).unmatched;
  expect(twice?.reason).toBe('AMBIGUOUS');
});

test('entries that do not count are listed with why, and counted once they do', async () => {
  const { id } = await payments.statementOf('BOOKS', cycle);
  await payments.pay(id, 200, '2026-01-15', 'BY-HAND');
  const e2e = await endToEnd('AERO');
  const details = [{ endToEndId: e2e }];
  const ahead = { reference: 'AHEAD', amount: '1.00', valueDate: '2026-01-16', details };
  const answer = await take([
    { reference: 'EUR', amount: '1.00', currency: 'EUR', details },
    { reference: 'BACK', amount: '1.00', isReversal: true, details },
    { reference: 'PENDING', amount: '1.00', status: 'PDNG', details },
    { reference: 'BY-HAND', amount: '2.00', details },
    ahead,
    { amount: '1.00', details },
    { reference: 'NOTHING', amount: '0.00', details },
    { reference: 'MINUS', amount: '-1.00', details },
    { reference: 'HALF', amount: '1.005', details },
    { reference: 'DAY', amount: '1.00', valueDate: '2026-02-30', details },
    { reference: 'HUGE', amount: '99999999999999', details },
  ]);
  expect(answer.ignored.map(({ bankReference, reason }) => `${bankReference} ${reason}`).sort()).toEqual([
    'AHEAD VALUE_DATE_AHEAD',
    'BACK REVERSED',
    'BY-HAND RECORDED_ALREADY',
    'DAY INCOMPLETE',
    'EUR WRONG_CURRENCY',
    'HALF INCOMPLETE',
    'HUGE INCOMPLETE',
    'MINUS INCOMPLETE',
    'NOTHING INCOMPLETE',
    'PENDING NOT_BOOKED',
    'null INCOMPLETE',
  ]);
  expect([answer.matched, answer.unmatched]).toEqual([[], []]);
  expect(await statuses()).toEqual(['DUE', 'PARTIALLY_PAID', 'DUE']);
  await nova.setClock('2026-01-16T12:00:00+08:00');
  expect((await take([ahead])).matched).toHaveLength(1);
});

test('what is no bank statement of one account is refused and changes nothing', async () => {
  const good = camt053([{ reference: 'R1', amount: '1.00', details: [{ endToEndId: await endToEnd('AERO') }] }]);
  const bad: Readonly<Record<string, string>> = {
    empty: '',
    text: 'hello',
    unclosed: good.slice(0, -20),
    bomb: good
      .replace('<Document', '<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;">]><Document')
      .replace('NOTPROVIDED', '&b;'),
    external: good.replace('<Document', '<!DOCTYPE x SYSTEM "file:///etc/passwd"><Document'),
    deep: good.replace('<BkToCstmrStmt>', `<BkToCstmrStmt>${'<a>'.repeat(5_000)}${'</a>'.repeat(5_000)}`),
    huge: good.replace('<GrpHdr>', `<GrpHdr>${' '.repeat(1_900_000)}`),
    half: good.replace('R1', 'R\ud800'),
    reserved: good.replace('<GrpHdr>', '<GrpHdr><__proto__><polluted>1</polluted></__proto__>'),
    payment: good.replace('camt.053.001.08', 'pain.001.001.09'),
    old: good.replace('camt.053.001.08', 'camt.053.001.01'),
    comment: `<!--${'<Document '.repeat(180_000)}--><Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.1"/>`,
    none: '<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.08"><BkToCstmrStmt/></Document>',
    many: camt053(Array.from({ length: 5_001 }, (_, n) => ({ reference: `N${n}`, amount: '1.00', status: 'X' }))),
  };
  for (const [name, content] of Object.entries(bad)) expect([name, refusal(await send(content))]).toEqual([name, 'VALIDATION']);
  expect(refusal(await send(good, 'x', await nova.token('AERO')))).toBe('FORBIDDEN');
  const two = good.replace('</Stmt>', `</Stmt>${/<Stmt>.*<\/Stmt>/.exec(good.replaceAll(OPERATOR_IBAN, BOOKS_IBAN))?.[0]}`);
  expect(refusal(await send(two))).toBe('VALIDATION');
  const [row] = await nova.app.db.rows<{ entries: bigint }>('select count(*) as entries from settlement.bank_entries');
  expect(row?.entries).toBe(0n);
  const prefixed = good.replaceAll(/<(\/?)(?=[A-Z])/g, '<$1n:').replace('xmlns=', 'xmlns:n=');
  expect((await send(prefixed)).matched).toHaveLength(1);
});

test('characters that are written by their number are read, and a long text is cut without half of one', async () => {
  const long = `${'x'.repeat(999)}😀`;
  const cut = `${'x'.repeat(999)}\ufffd`;
  const { unmatched, ignored } = await take([
    { reference: 'A&#38;B', amount: '1.00', details: [{ name: 'M&#252;ller &#x738B; &amp;#252;', text: long }] },
    { reference: long, amount: '1.00' },
  ]);
  expect(unmatched).toMatchObject([{ bankReference: 'A&B', counterpartyName: 'Müller 王 &#252;', remittance: cut }]);
  expect(ignored).toMatchObject([{ bankReference: cut, reason: 'INCOMPLETE' }]);
});

test('the database keeps bank entries as they must be', async () => {
  const { db } = nova.app;
  const put = (direction: string, amount: number, matched: number, by: string | null, reason: string | null, reference = 'R') =>
    db.rows(
      `insert into settlement.bank_entries (id, account, bank_reference, direction, amount_minor, matched_minor, value_date, matched_by, reason)
       values (gen_random_uuid(), 'A', $1, $2, $3, $4, '2026-01-15', $5, $6)`,
      [reference, direction, amount, matched, by, reason],
    );
  await expect(put('UP', 1, 0, null, 'NOTHING_FITS')).rejects.toThrow('a_bank_entry_comes_or_goes');
  await expect(put('CREDIT', 0, 0, null, null)).rejects.toThrow('a_bank_entry_moves_money');
  await expect(put('CREDIT', 1, 2, 'HAND', null)).rejects.toThrow('a_bank_entry_pays_no_more_than_it_brought');
  await expect(put('CREDIT', 2, 1, null, 'OVERPAID')).rejects.toThrow('what_is_matched_says_by_what');
  await expect(put('CREDIT', 2, 1, 'HAND', null)).rejects.toThrow('what_is_not_matched_says_why');
  await put('CREDIT', 2, 1, 'HAND', 'OVERPAID');
  await expect(put('CREDIT', 2, 1, 'HAND', 'OVERPAID')).rejects.toThrow('a_bank_entry_is_taken_once');
  await expect(db.rows('update settlement.bank_entries set amount_minor = 3')).rejects.toThrow('permission denied');
});
