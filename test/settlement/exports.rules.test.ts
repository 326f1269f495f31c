import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'csv-parse/sync';
import fc from 'fast-check';
import readExcelFile from 'read-excel-file/node';
import { validateXML } from 'xmllint-wasm';
import type { Coalition } from '../../src/partners/coalition.ts';
import type { Partner } from '../../src/partners/partner.ts';
import type { Cycle } from '../../src/settlement/cycles/cycle.ts';
import { asText, csvOf } from '../../src/settlement/exports/csv.rules.ts';
import { decimalOfMicros, decimalOfMinor, grouped } from '../../src/settlement/exports/decimals.rules.ts';
import { pain001 } from '../../src/settlement/exports/pain-001.rules.ts';
import { paymentsDue } from '../../src/settlement/exports/payments-due.rules.ts';
import { renderPdf } from '../../src/settlement/exports/render-pdf.ts';
import type { StatementPaper } from '../../src/settlement/exports/statement-paper.ts';
import { statementsPdf } from '../../src/settlement/exports/statement-pdf.rules.ts';
import { linesSheet } from '../../src/settlement/exports/statement-sheets.rules.ts';
import { writeWorkbook } from '../../src/settlement/exports/write-workbook.ts';
import type { Instruction } from '../../src/settlement/payments/instruction.ts';
import type { StatementLine } from '../../src/settlement/statements/statement.ts';

const amounts = fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n });

test('decimals are the amount, to the last digit, in currencies of any number of digits', () => {
  expect([
    decimalOfMinor(-1_152_000n, 'CNY'),
    decimalOfMinor(5n, 'CNY'),
    decimalOfMinor(-5n, 'JPY'),
    decimalOfMinor(-1_234n, 'KWD'),
  ]).toEqual(['-11520.00', '0.05', '-5', '-1.234']);
  fc.assert(
    fc.property(amounts, fc.constantFrom('CNY', 'JPY', 'KWD'), (amount, currency) => {
      expect(decimalOfMinor(amount, currency)).toMatch({ CNY: /^-?\d+\.\d\d$/, JPY: /^-?\d+$/, KWD: /^-?\d+\.\d{3}$/ }[currency] as RegExp);
      expect(BigInt(decimalOfMinor(amount, currency).replace('.', ''))).toBe(amount);
      expect(BigInt(decimalOfMicros(amount).replace('.', ''))).toBe(amount);
      expect(grouped(decimalOfMicros(amount)).replaceAll(',', '')).toBe(decimalOfMicros(amount));
    }),
  );
  expect([grouped('-11520.00'), grouped('1234567'), grouped('999.123456')]).toEqual(['-11,520.00', '1,234,567', '999.123456']);
});

test('any text comes back from a CSV file as it was, and nothing that a spreadsheet would run', () => {
  for (const formula of ['=1+1', '+1', '-1', '@SUM(A1)', '  =1', '\t=1', '＝1', '\r=1']) expect(asText(formula)).toBe(`'${formula}`);
  for (const plain of ['AERO', '5 - 3', 'Points of =X', '书店', '']) expect(asText(plain)).toBe(plain);
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.string({ unit: 'grapheme' }), fc.string()), { minLength: 1 }), (rows) => {
      const written = rows.map((row) => row.map(asText));
      const read: string[][] = parse(csvOf(written), { record_delimiter: '\r\n' });
      expect(read).toEqual(written);
      // Nothing of a text is lost: at most an apostrophe leads it.
      expect(rows.flat().every((text, at) => [text, `'${text}`].includes(read.flat()[at] ?? ''))).toBe(true);
      for (const cell of read.flat()) expect(cell).not.toMatch(/^\s*[=+\-@＝＋－＠]/u);
    }),
  );
});

const partner = (code: string, name: string, bankAccount?: Partner['bankAccount']) => ({ id: code, code, name, bankAccount }) as Partner;

function coalitionOf(settlementCurrency: string, partners: readonly Partner[], bankAccount: Partner['bankAccount'] | undefined): Coalition {
  const program = { code: 'NOVA', name: 'Nova 联盟', timeZone: 'Asia/Shanghai', settlementCurrency, bankAccount };
  const partnerById = (id: string) => partners.find((one) => one.id === id);
  return { program, partners, partnerById, currencyNo: (no: number) => ({ code: `P${no}` }) } as unknown as Coalition;
}

const CYCLE = {
  ...{ no: 7, id: '019a0000-0000-7000-8000-000000000007', status: 'CLOSED' },
  ...{ startsAt: new Date('2026-01-01T00:00:00Z'), cutoff: new Date('2026-02-01T00:00:00Z'), closedAt: new Date('2026-02-01T20:00:00Z') },
} as Cycle;

const instruction = (n: number, payee: string, amountMinor: bigint, more: Partial<Instruction> = {}): Instruction => ({
  ...{ id: `019a0000-0000-7000-8000-00000000000${n}`, cycleNo: 7, statementId: '019a0000-0000-7000-8000-0000000000ff' },
  ...{
    payer: null,
    payee,
    amountMinor,
    carriedMinor: 0n,
    carriedReason: null,
    paidMinor: 0n,
    lateInterestBps: 0,
    status: 'DUE',
    dueDate: null,
  },
  ...more,
});

const IBAN = 'GB29NWBK60161331926819';
const OPERATOR = { holder: 'Nova', iban: 'DE89370400440532013000' };
const SCHEMA = readFileSync(join(import.meta.dirname, 'fixtures/pain.001.001.09.xsd'), 'utf8');

async function expectOfficial(xml: string): Promise<void> {
  expect((await validateXML({ xml: { fileName: 'p.xml', contents: xml }, schema: SCHEMA })).errors).toEqual([]);
}

test('payments of several days are one order each; odd names and currencies without decimals meet the schema', async () => {
  const partners = [
    partner('A', 'A', { holder: `${'长'.repeat(139)}🙂🙂`, iban: IBAN, bic: 'DEUTDEFF' }),
    partner('B', 'B', { holder: 'Tab\u0001 & <B> "quoted" ]]>', iban: IBAN }),
    partner('C', 'C', { holder: 'C', iban: IBAN }),
  ];
  for (const [currency, amount] of [
    ['JPY', '1234567'],
    ['CNY', '12345.67'],
    ['KWD', '1234.567'],
  ] as const) {
    const coalition = coalitionOf(currency, partners, OPERATOR);
    const due = paymentsDue(coalition, CYCLE, [
      instruction(1, 'C', 1_234_567n, { dueDate: '2026-03-01' }),
      instruction(2, 'B', 1_234_567n, { dueDate: '2026-03-01' }),
      instruction(3, 'A', 5n, { paidMinor: 3n }),
      instruction(4, 'A', 0n, { carriedMinor: 9n, carriedReason: 'BELOW_THRESHOLD', status: 'CARRIED' }),
      instruction(5, 'A', 100n, { payer: 'B' }),
      instruction(6, 'A', 100n, { payer: 'B', payee: null }),
    ]);
    if ('refused' in due) throw new Error(due.refused.message);
    expect(due.done.payments.map(({ day, partner: { code }, minor }) => `${day} ${code} ${minor}`)).toEqual([
      '2026-02-02 A 2',
      '2026-03-01 B 1234567',
      '2026-03-01 C 1234567',
    ]);
    const xml = pain001(coalition, CYCLE, due.done);
    await expectOfficial(xml);
    expect(xml).toContain(`<InstdAmt Ccy="${currency}">${amount}</InstdAmt>`);
    expect(xml).toContain(`<Nm>${'长'.repeat(139)}🙂</Nm>`);
    expect(xml.match(/<PmtInfId>/g)).toHaveLength(2);
    expect(pain001(coalition, CYCLE, due.done)).toBe(xml);
  }
});

test('whoever lacks a bank account is named; with nobody to pay nobody needs one', () => {
  const coalition = coalitionOf('CNY', [partner('A', 'A'), partner('B', 'B', { holder: 'B', iban: IBAN })], undefined);
  expect(paymentsDue(coalition, CYCLE, [instruction(1, 'B', 1n), instruction(2, 'A', 1n)])).toEqual({
    refused: {
      reason: 'NO_BANK_ACCOUNT',
      message: 'No bank account is known of the operator (configureProgram), A: it takes an IBAN to pay. Nothing was written.',
    },
  });
  expect(paymentsDue(coalition, CYCLE, [instruction(1, 'A', 1n, { payer: 'A', payee: null })])).toMatchObject({
    refused: { reason: 'NOTHING_TO_PAY' },
  });
  expect(paymentsDue(coalition, CYCLE, [instruction(1, 'A', 1n, { paidMinor: 1n, status: 'PAID' })])).toMatchObject({
    refused: { reason: 'NOTHING_TO_PAY', message: 'All payments of the operator for this cycle are recorded as paid.' },
  });
});

/** A statement of so many lines, each with the same text. */
function paperOf(count: number, description: string, minor = -123_456_789n): StatementPaper {
  const one = partner('SHOP', '书店 Bücher 𠮷 한국');
  const lines = Array.from(
    { length: count },
    (_, at) => ({ no: at + 1, type: 'ADJUSTMENT', description, micros: minor * 10_000n, minor }) as StatementLine,
  );
  return {
    coalition: coalitionOf('CNY', [one], OPERATOR),
    cycle: CYCLE,
    statement: {
      ...{ id: '019a0000-0000-7000-8000-0000000000ff', cycleNo: 7, partnerId: 'SHOP', status: 'DRAFT', netMinor: minor * BigInt(count) },
      ...{ openingPoints: { 1: '0' }, closingPoints: { 1: '1234567' }, hash: 'ab'.repeat(32), netDays: null, disputeWindowDays: null },
      ...{ issuedOn: null, dueDate: null, disputableUntil: null, acceptedAt: null },
    },
    partner: one,
    lines,
    instruction: undefined,
  };
}

const pagesOf = (pdf: Buffer) => pdf.toString('latin1').match(/\/Type \/Page\b/g)?.length;

test('a statement of many lines flows over pages, and text of any length and script is set without a fault', async () => {
  expect(pagesOf(await renderPdf(statementsPdf([paperOf(1, 'short')])))).toBe(1);
  expect(pagesOf(await renderPdf(statementsPdf([paperOf(0, '')])))).toBe(1);
  const many = pagesOf(
    await renderPdf(
      statementsPdf([paperOf(400, 'A sentence that is longer than the column that it stands in, and so it wraps. '.repeat(3))]),
    ),
  );
  expect(many).toBeGreaterThan(15);
  expect(pagesOf(await renderPdf(statementsPdf([paperOf(30, 'x'.repeat(900))])))).toBeGreaterThan(1);
  expect(pagesOf(await renderPdf(statementsPdf([paperOf(1, '书'.repeat(400)), paperOf(2, 'b')])))).toBe(2);
});

test('a workbook keeps figures as numbers as long as it holds every digit, and as text beyond', async () => {
  const read = async (minor: bigint) =>
    (await readExcelFile(await writeWorkbook([linesSheet([paperOf(1, '=1+1', minor)], false)])))[0]?.data[1];
  expect((await read(-123_456_789n))?.slice(2, 5)).toEqual(['=1+1', -1_234_567.89, -1_234_567.89]);
  expect((await read(1_234_567_890_123_456_78n))?.slice(2, 4)).toEqual(['=1+1', '1234567890123456.78']);
});
