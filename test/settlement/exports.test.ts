import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { inflateSync } from 'node:zlib';
import { parse } from 'csv-parse/sync';
import { XMLParser } from 'fast-xml-parser';
import readExcelFile from 'read-excel-file/node';
import { validateXML } from 'xmllint-wasm';
import { type Nova, operation, startNova } from '../support/coalition.ts';
import { closeCycle, DEPOT_ACCOUNT, OPERATOR_ACCOUNT, type PlayedMonth, startPlayedMonth } from './export-fixtures.ts';

interface Line {
  readonly no: number;
  readonly type: string;
  readonly description: string;
  readonly exactMicros: string;
  readonly amount: { readonly minor: string; readonly currency: string };
}
interface Statement {
  readonly id: string;
  readonly partner: { readonly code: string };
  readonly net: { readonly minor: string };
  readonly lines: { readonly edges: readonly { readonly node: Line }[] };
  readonly instruction: { readonly id: string; readonly outstanding: { readonly minor: string } } | null;
}
type Row = Record<string, string>;

const CODES = ['AERO', 'BOOKS', 'CAFE', 'DEPOT'] as const;

let month: PlayedMonth;
let nova: Nova;
beforeAll(async () => {
  month = await startPlayedMonth();
  nova = month.nova;
});
afterAll(() => nova.stop());

/** The bytes of a document of the whole cycle. */
async function cycleFile(format: string, cycle = month.cycle): Promise<Buffer> {
  const { cycleExport } = await nova.run<{ cycleExport: { base64: string } }>(nova.operator, 'cycle-export', { cycle, format });
  return Buffer.from(cycleExport.base64, 'base64');
}

async function statementFile(partner: string, format: string): Promise<{ fileName: string; mimeType: string; bytes: Buffer }> {
  const { statementExport } = await nova.run<{ statementExport: { fileName: string; mimeType: string; base64: string } }>(
    await nova.token(partner),
    'statement-export',
    { statement: month.statements[partner], format },
  );
  return { ...statementExport, bytes: Buffer.from(statementExport.base64, 'base64') };
}

const rowsOf = (bytes: Buffer): Row[] => parse(bytes, { columns: true, record_delimiter: '\r\n' });

async function statementOf(partner: string): Promise<Statement> {
  const { viewerPartner } = await nova.run<{ viewerPartner: { statement: Statement } }>(await nova.token(partner), 'my-statement', {
    cycle: month.cycle,
  });
  return viewerPartner.statement;
}

const linesOf = async (partner: string) => (await statementOf(partner)).lines.edges.map(({ node }) => node);

/** Yuan with two decimals as fen, exactly. */
const fen = (yuan: string): bigint => BigInt(yuan.replace('.', ''));
/** Yuan with six decimals as micros, exactly. */
const micros = (yuan: string | undefined): bigint => BigInt((yuan ?? '').replace('.', '') || '0');

test('a statement as CSV has its lines to the micro and to the fen, and adds up to its net', async () => {
  for (const partner of CODES) {
    const { fileName, mimeType, bytes } = await statementFile(partner, 'CSV');
    expect([fileName, mimeType]).toEqual([`NOVA-cycle-1-${partner}.csv`, 'text/csv; charset=utf-8']);
    const rows = rowsOf(bytes);
    expect(rows).toEqual(
      (await linesOf(partner)).map(({ no, type, description, exactMicros, amount: { minor, currency } }) => ({
        ...{ cycle: month.cycle, partner, no: String(no), type, description, exact_micros: exactMicros },
        ...{ amount: expect.stringMatching(/^-?\d+\.\d\d$/), amount_minor: minor, currency },
      })),
    );
    for (const { amount, amount_minor } of rows) expect(fen(amount ?? '')).toBe(BigInt(amount_minor ?? ''));
    const net = rows.reduce((sum, { amount_minor }) => sum + BigInt(amount_minor ?? ''), 0n);
    expect(String(net)).toBe((await statementOf(partner)).net.minor);
  }
  expect(rowsOf(await cycleFile('CSV')).map(({ partner, amount }) => `${partner} ${amount}`)).toContain('AERO -11520.00');
});

test('the whole cycle as CSV is its statements one after the other', async () => {
  const parts = await Promise.all(CODES.map(async (partner) => rowsOf((await statementFile(partner, 'CSV')).bytes)));
  expect(rowsOf(await cycleFile('CSV'))).toEqual(parts.flat());
});

test('a statement as a workbook has real numbers, a summary and its lines', async () => {
  const sheets = await readExcelFile((await statementFile('AERO', 'XLSX')).bytes);
  expect(sheets.map(({ sheet }) => sheet)).toEqual(['Summary', 'Lines']);
  const [summary = [], lines = []] = sheets.map(({ data }) => data);
  const facts = new Map(summary.map(([label, value]) => [label, value]));
  expect(facts.get('Partner')).toBe('AERO');
  expect(facts.get('Period')).toBe('2026-01-01 00:00 – 2026-02-03 00:00 (Asia/Shanghai)');
  expect(facts.get('Net: + receives, - pays')).toBe(-8662.67);
  expect(facts.get('To be paid')).toBe(8662.67);
  expect(facts.get('Account of the payee')).toBe(`${OPERATOR_ACCOUNT.holder}, ${OPERATOR_ACCOUNT.iban}, ${OPERATOR_ACCOUNT.bic}`);
  expect(summary.at(-1)?.slice(0, 3)).toEqual(['APT', 0, 337_001]);
  const [, ...body] = lines;
  expect(body.slice(0, -1).map(([no, , description, amount]) => [no, description, amount])).toEqual(
    (await linesOf('AERO')).map(({ no, description, amount }) => [no, description, Number(amount.minor) / 100]),
  );
  expect(body.at(-1)?.[3]).toBe(-8662.67);
});

test('the workbook of the cycle has positions that sum to zero, all lines and all instructions', async () => {
  const sheets = await readExcelFile(await cycleFile('XLSX'));
  expect(sheets.map(({ sheet }) => sheet)).toEqual(['Positions', 'Lines', 'Instructions']);
  const [positions = [], lines = [], instructions = []] = sheets.map(({ data }) => data);
  const nets = new Map(positions.slice(4).map(([party, , net]) => [party, net]));
  expect(Object.fromEntries(nets)).toEqual({
    ...{ AERO: -8662.67, BOOKS: -2840, CAFE: -1781.01, DEPOT: 2262.67, OPERATOR: 4191.02, POOL: 6829.99 },
    Sum: 0,
  });
  expect(positions.find(([party]) => party === 'BOOKS')?.[1]).toBe('书店');
  expect(lines.filter(([, no]) => typeof no === 'number')).toHaveLength(rowsOf(await cycleFile('CSV')).length);
  expect(
    instructions
      .slice(1)
      .map(([payer, payee, , , amount]) => `${payer} ${payee} ${amount}`)
      .toSorted(),
  ).toEqual(['AERO OPERATOR 8662.67', 'BOOKS OPERATOR 2840', 'CAFE OPERATOR 1781.01', 'OPERATOR DEPOT 2262.67']);
});

test('a statement as JSON says what the API says', async () => {
  const { program, cycle, statements } = JSON.parse(String((await statementFile('BOOKS', 'JSON')).bytes));
  const { id, hash, net, lines, instruction, openingPoints, closingPoints } = await nova
    .run<{ viewerPartner: { statement: Statement & Record<string, unknown> } }>(await nova.token('BOOKS'), 'my-statement', {
      cycle: month.cycle,
    })
    .then(({ viewerPartner }) => viewerPartner.statement);
  expect([program.code, cycle.id, cycle.status, statements.length]).toEqual(['NOVA', month.cycle, 'CLOSED', 1]);
  expect(statements[0]).toMatchObject({ id, hash, net, instruction, partner: { code: 'BOOKS', name: '书店' } });
  expect(statements[0].lines).toEqual(lines.edges.map(({ node }) => node));
  expect([openingPoints, closingPoints]).toEqual([
    [{ currency: { code: 'BPT' }, points: 0 }],
    [{ currency: { code: 'BPT' }, points: 540_003 }],
  ]);
  expect([statements[0].openingPoints, statements[0].closingPoints]).toEqual([
    [{ currency: 'BPT', points: '0' }],
    [{ currency: 'BPT', points: '540003' }],
  ]);
});

/** What is packed in a PDF, as text. */
function unpacked(pdf: Buffer): string {
  const text = pdf.toString('latin1');
  return [...text.matchAll(/stream\r?\n/g)]
    .map(({ index, 0: { length } }) => {
      const start = index + length;
      try {
        return inflateSync(pdf.subarray(start, text.indexOf('endstream', start))).toString('latin1');
      } catch {
        return '';
      }
    })
    .join('\n');
}

test('a statement as PDF has glyphs for the Chinese name of a partner, and the cycle one page for each', async () => {
  const { bytes, mimeType } = await statementFile('BOOKS', 'PDF');
  expect(mimeType).toBe('application/pdf');
  expect(bytes.subarray(0, 5).toString()).toBe('%PDF-');
  // The characters 书 and 店 among those that the embedded font is said to show.
  expect(unpacked(bytes)).toMatch(/<4e66>[\s\S]*<5e97>|<5e97>[\s\S]*<4e66>/);
  const whole = await cycleFile('PDF');
  expect(whole.toString('latin1').match(/\/Type \/Page\b/g)).toHaveLength(4);
});

const SCHEMA = readFileSync(join(import.meta.dirname, 'fixtures/pain.001.001.09.xsd'), 'utf8');

async function expectOfficial(xml: string): Promise<void> {
  const { valid, errors } = await validateXML({ xml: { fileName: 'payments.xml', contents: xml }, schema: SCHEMA });
  expect(errors).toEqual([]);
  expect(valid).toBe(true);
}

test('payments are pain.001.001.09 by the official schema: the operator pays whom the cycle leaves a positive net, and nobody else', async () => {
  const xml = String(await cycleFile('PAIN_001'));
  await expectOfficial(xml);
  const { GrpHdr, PmtInf } = new XMLParser({ parseTagValue: false, ignoreAttributes: false }).parse(xml).Document.CstmrCdtTrfInitn;
  expect(GrpHdr).toMatchObject({ NbOfTxs: '1', CtrlSum: '2262.67', InitgPty: { Nm: 'Nova' } });
  expect(GrpHdr.MsgId.length).toBeLessThanOrEqual(35);
  const { instruction } = await statementOf('DEPOT');
  expect(PmtInf).toMatchObject({
    PmtMtd: 'TRF',
    ReqdExctnDt: { Dt: '2026-02-03' },
    Dbtr: { Nm: OPERATOR_ACCOUNT.holder },
    DbtrAcct: { Id: { IBAN: OPERATOR_ACCOUNT.iban }, Ccy: 'CNY' },
    DbtrAgt: { FinInstnId: { BICFI: OPERATOR_ACCOUNT.bic } },
    CdtTrfTxInf: {
      PmtId: { EndToEndId: instruction?.id.slice('ins_'.length) },
      Amt: { InstdAmt: { '#text': '2262.67', '@_Ccy': 'CNY' } },
      CdtrAgt: { FinInstnId: { Othr: { Id: 'NOTPROVIDED' } } },
      Cdtr: { Nm: DEPOT_ACCOUNT.holder },
      CdtrAcct: { Id: { IBAN: DEPOT_ACCOUNT.iban } },
      RmtInf: { Ustrd: `Settlement of cycle 1, statement ${month.statements.DEPOT}` },
    },
  });
});

test('a schema that is not met is noticed', async () => {
  const xml = String(await cycleFile('PAIN_001')).replace('<PmtMtd>TRF</PmtMtd>', '<PmtMtd>CASH</PmtMtd>');
  const { valid } = await validateXML({ xml: { fileName: 'payments.xml', contents: xml }, schema: SCHEMA });
  expect(valid).toBe(false);
});

test('the journal has every money posting of the cycle, and in each debits equal credits', async () => {
  const rows = rowsOf(await cycleFile('JOURNAL'));
  const booked = await nova.app.db.rows<{ id: bigint; code: string; kind: string; available: bigint }>(
    `select p.id, p.code::text as code, a.kind::text as kind, e.available from ledger.entries e join ledger.postings p on p.id = e.posting_id
     join ledger.accounts a on a.id = e.account_id where p.cycle = 1 and a.unit = 0 and e.available <> 0`,
  );
  const written = (id: unknown, code: unknown, kind: unknown, amount: bigint) => `${id} ${code} ${kind} ${amount}`;
  expect(
    rows
      .map(({ posting, code, account, debit, credit }) => written(posting, code, account?.split(':')[0], micros(credit) - micros(debit)))
      .toSorted(),
  ).toEqual(booked.map(({ id, code, kind, available }) => written(id, code, kind, available)).toSorted());
  for (const legs of Map.groupBy(rows, ({ posting }) => posting).values())
    expect(legs.reduce((sum, { debit, credit }) => sum + micros(debit) - micros(credit), 0n)).toBe(0n);
  const accounts = new Set(rows.map(({ account }) => account));
  for (const account of ['PARTNER:AERO', 'POOL:APT', 'OPERATOR', 'SPREAD:APT:BPT', 'SPREAD:CPT:APT']) expect(accounts).toContain(account);
  expect([...accounts]).toContainEqual(expect.stringMatching(/^JOINT:[0-9a-f]{32}:APT:MONEY$/));
});

test('the summed journal is the journal by day, account and kind of posting', async () => {
  const summed = new Map<string, [bigint, bigint]>();
  for (const { occurred_at, account, code, debit, credit } of rowsOf(await cycleFile('JOURNAL'))) {
    const day = new Date(new Date(occurred_at ?? '').getTime() + 8 * 3_600_000).toISOString().slice(0, 10);
    const [debits, credits] = summed.get(`${day} ${account} ${code}`) ?? [0n, 0n];
    summed.set(`${day} ${account} ${code}`, [debits + micros(debit), credits + micros(credit)]);
  }
  const rows = rowsOf(await cycleFile('JOURNAL_SUMMARY'));
  expect(
    new Map(rows.map(({ day, account, code, debit, credit }) => [`${day} ${account} ${code}`, [micros(debit), micros(credit)]])),
  ).toEqual(summed);
});

test('deferred revenue rolls forward for each issuer and currency, to what the pools hold, to the micro', async () => {
  const rows = rowsOf(await cycleFile('DEFERRED_REVENUE'));
  const of = (measure: string) => rows.filter((row) => row.measure === measure);
  const figures = (row: Row) =>
    Object.entries(row)
      .slice(5, -1)
      .map(([, figure]) => micros(figure));
  for (const row of rows) expect(figures(row).reduce((sum, figure) => sum + figure, 0n)).toBe(micros(row.closing));
  expect(
    of('POINTS').map(({ issuer, currency, issued, reversed, redeemed, refunded, exchanged_in, exchanged_out, expired, closing }) =>
      [issuer, currency, issued, reversed, redeemed, refunded, exchanged_in, exchanged_out, expired, closing].join(' '),
    ),
  ).toEqual([
    'AERO APT 1030000 -40000 -600000 5000 57001 -100000 -15000 337001',
    'BOOKS BPT 500003 0 -150000 0 190000 0 0 540003',
    'CAFE CPT 120001 0 -50001 0 0 -30001 -2001 37998',
  ]);
  expect(of('LIABILITY').map(({ closing }) => closing)).toEqual(['3370.010000', '2700.015000', '759.960000']);
  expect(of('DEFERRED_REVENUE').reduce((sum, { closing }) => sum + micros(closing), 0n)).toBe(6_829_985_000n);
});

test('the requests of the page on exports are the documents that are sent here', () => {
  const page = readFileSync(join(import.meta.dirname, '../../docs/exports.md'), 'utf8');
  const requests = [...page.matchAll(/```graphql\n([\s\S]*?)```/g)].map(([, request]) => request);
  expect(requests).toEqual([operation('statement-export'), operation('cycle-export')]);
});

test('a partner has its own statement only, the operator all, and nobody else any', async () => {
  const codeOf = async (token: string | undefined, name: string, variables: Record<string, unknown>) =>
    (await nova.answer(token, name, variables)).errors?.[0]?.extensions?.code;
  const cycle = { cycle: month.cycle, format: 'CSV' };
  const statement = { statement: month.statements.AERO, format: 'PDF' };
  const member = (await nova.enrol()).token;
  expect(await codeOf(nova.operator, 'statement-export', statement)).toBeUndefined();
  expect(await codeOf(await nova.token('BOOKS'), 'statement-export', statement)).toBe('FORBIDDEN');
  expect(await codeOf(await nova.token('AERO'), 'cycle-export', cycle)).toBe('FORBIDDEN');
  for (const name of ['statement-export', 'cycle-export']) {
    const variables = name === 'cycle-export' ? cycle : statement;
    expect(await codeOf(member, name, variables)).toBe('FORBIDDEN');
    expect(await codeOf(undefined, name, variables)).toBe('UNAUTHENTICATED');
  }
});

test('what is not there, or not closed, is said, and nothing is written', async () => {
  const unknown = await nova.run(nova.operator, 'statement-export', { statement: month.cycle.replace('cyc_', 'stm_'), format: 'CSV' });
  expect(unknown).toEqual({ statementExport: null });
  const { data } = await nova.app.graphql('{ clearingCycle { id } }', { token: nova.operator });
  for (const [cycle, message] of [
    [data.clearingCycle.id, 'The cycle is OPEN: documents are made of closed cycles only.'],
    [`${month.cycle.slice(0, -1)}${month.cycle.endsWith('0') ? '1' : '0'}`, 'There is no such clearing cycle.'],
    ["cyc_' or 1=1", 'There is no such clearing cycle.'],
  ]) {
    const { errors } = await nova.answer(nova.operator, 'cycle-export', { cycle, format: 'JSON' });
    expect(errors?.map((error) => [error.message, error.extensions?.code])).toEqual([[message, 'BAD_USER_INPUT']]);
  }
});

test('a payment that was made in part leaves the rest to be ordered, under an id of its own; paid whole, it leaves nothing', async () => {
  const first = String(await cycleFile('PAIN_001'));
  expect(String(await cycleFile('PAIN_001'))).toBe(first);
  const pay = (minor: string, bankReference: string) =>
    nova.operate('record-settlement-payment', {
      ...{ statementId: month.statements.DEPOT, amount: { minor, currency: 'CNY' }, bankReference, valueDate: '2026-02-03' },
    });
  await pay('200000', 'BANK-1');
  const rest = String(await cycleFile('PAIN_001'));
  await expectOfficial(rest);
  const idOf = (xml: string) => /<MsgId>(.*)<\/MsgId>/.exec(xml)?.[1];
  expect(rest).toContain('<InstdAmt Ccy="CNY">262.67</InstdAmt>');
  expect(idOf(rest)).not.toBe(idOf(first));
  await pay('26267', 'BANK-2');
  expect(await nova.run(nova.operator, 'cycle-export', { cycle: month.cycle, format: 'PAIN_001' })).toEqual({ cycleExport: null });
});

test('money that is paid and cleared after a cycle is in the journal of the next one, so every posting is in one journal', async () => {
  await nova.setClock('2026-03-03T00:00:00+08:00');
  const second = await closeCycle(nova);
  const rows = rowsOf(await cycleFile('JOURNAL', second));
  expect(new Set(rows.map(({ code }) => code))).toEqual(new Set(['cycle.cleared', 'settlement.paid']));
  const rolled = rowsOf(await cycleFile('DEFERRED_REVENUE', second));
  const before = rowsOf(await cycleFile('DEFERRED_REVENUE'));
  expect(rolled.map(({ opening, closing }) => [opening, closing])).toEqual(before.map(({ closing }) => [closing, closing]));
  expect(await nova.faults()).toEqual([]);
});

describe('a cycle that is closed as of an earlier instant', () => {
  let other: Nova;
  beforeAll(async () => {
    other = await startNova();
  });
  afterAll(() => other.stop());

  test('leaves later postings to the journal and the roll-forward of the next; none is lost or twice', async () => {
    const member = await other.enrol();
    const at = (day: number) => `2026-01-${String(day).padStart(2, '0')}T10:00:00+08:00`;
    for (const day of [3, 12, 5, 14, 4]) await other.earn('AERO', member, { points: 100 * day, occurredAt: at(day) });
    await other.operate('close-cycle', { cutoff: at(10) });
    await other.setClock('2026-02-01T00:00:00+08:00');
    for (const day of [6, 20]) await other.earn('CAFE', member, { points: day, occurredAt: at(day) });
    await other.operate('close-cycle', {});
    const cycles = await other.app.db.rows<{ no: number; id: string }>(
      "select no, id from ledger.cycles where status <> 'OPEN' order by no",
    );
    const files = await Promise.all(
      cycles.map(async ({ id }) => {
        const read = async (format: string) => {
          const { cycleExport } = await other.run<{ cycleExport: { base64: string } }>(other.operator, 'cycle-export', {
            ...{ cycle: `cyc_${id.replaceAll('-', '')}`, format },
          });
          return rowsOf(Buffer.from(cycleExport.base64, 'base64'));
        };
        return { journal: await read('JOURNAL'), rolled: await read('DEFERRED_REVENUE') };
      }),
    );
    const accrued = files.map(
      ({ journal }) => [...new Set(journal.filter(({ code }) => code === 'accrual.confirmed').map(({ posting }) => posting))].length,
    );
    expect(accrued).toEqual([3, 4]);
    const postings = files.flatMap(({ journal }) => [...new Set(journal.map(({ posting }) => posting))]);
    expect(new Set(postings).size).toBe(postings.length);
    const points = files.map(({ rolled }) =>
      rolled.filter(({ measure }) => measure === 'POINTS').map((row) => `${row.issuer} ${row.opening} ${row.issued} ${row.closing}`),
    );
    expect(points).toEqual([['AERO 0 1200 1200'], ['AERO 1200 2600 3800', 'CAFE 0 26 26']]);
    expect(await other.faults()).toEqual([]);
  });

  test('of thousands of postings is journalled page by page, each once and in order', async () => {
    const member = await other.enrol();
    for (let batch = 0; batch < 6; batch += 1) {
      const inputs = Array.from({ length: 1_000 }, () => other.accrueInput(member, { points: 7, occurredAt: '2026-01-31T10:00:00+08:00' }));
      expect((await other.earnMany('AERO', inputs)).accepted).toBe(1_000);
    }
    await other.setClock('2026-03-01T00:00:00+08:00');
    const { cycle } = await other.operate<{ cycle: { id: string } }>('close-cycle', {});
    const { cycleExport } = await other.run<{ cycleExport: { base64: string } }>(other.operator, 'cycle-export', {
      cycle: cycle.id,
      format: 'JOURNAL',
    });
    const rows = rowsOf(Buffer.from(cycleExport.base64, 'base64')).filter(({ code }) => code === 'accrual.confirmed');
    const postings = [...new Set(rows.map(({ posting }) => Number(posting)))];
    expect([rows.length, postings.length]).toEqual([18_000, 6_000]);
    expect(postings.toSorted((a, b) => a - b)).toEqual(postings);
    expect(rows.reduce((sum, { debit, credit }) => sum + micros(debit) - micros(credit), 0n)).toBe(0n);
  });
});
