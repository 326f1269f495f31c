import { execFile } from 'node:child_process';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { type Canonical, canonicalJson } from '../../src/kernel/canonical-json.ts';
import { leafHash } from '../../src/kernel/merkle.ts';
import { coalitionNow } from '../../src/partners/coalition.ts';
import { readCyclesByNo } from '../../src/settlement/cycles/cycles.queries.ts';
import { readFileScope } from '../../src/settlement/proof/file-scope.ts';
import { BEFORE_ALL, readFileRows } from '../../src/settlement/proof/statement-file.ts';
import { Malformed } from '../../src/verifier/file-row.ts';
import { describeCheck } from '../../src/verifier/report.ts';
import { type FileCheck, verifyFile } from '../../src/verifier/verify-file.ts';
import type { Nova } from '../support/coalition.ts';
import { liveRichly, startRich } from './rich-cycle.ts';

const PARTNERS = ['AERO', 'BOOKS', 'CAFE', 'DEPOT'] as const;

let nova: Nova;
let whole: string[];
const files = new Map<string, string[]>();
const ids = new Map<string, string>();
let cycleId: string;

beforeAll(async () => {
  nova = await startRich();
  await liveRichly(nova);
  const { cycle } = await nova.operate<{ cycle: { id: string } }>('close-cycle', {});
  cycleId = cycle.id;
  for (const partner of PARTNERS) {
    const token = await nova.token(partner);
    const { viewerPartner } = await nova.run<{ viewerPartner: { statement: { id: string } } }>(token, 'my-statement', { cycle: cycleId });
    ids.set(partner, viewerPartner.statement.id);
    files.set(partner, await download(token, viewerPartner.statement.id, 7));
  }
  const { coalition } = await coalitionNow(nova.app.db);
  const [closed] = await readCyclesByNo(nova.app.db, [1]);
  if (closed === undefined) throw new Error('there is no cycle');
  const scope = await readFileScope(nova.app.db, coalition, closed, undefined);
  whole = (await readFileRows(nova.app.db, scope, BEFORE_ALL, 100_000)).map(({ text }) => text);
}, 120_000);
afterAll(() => nova.stop());

interface Piece {
  readonly rows: string[];
  readonly next: string | null;
}

/** The file of a statement, through the public API in pieces. */
async function download(token: string, statement: string, first: number): Promise<string[]> {
  const rows: string[] = [];
  for (let after: string | null = null; ; ) {
    const piece: { statementFile: Piece } = await nova.run(token, 'statement-file', { statement, first, after });
    const { statementFile } = piece;
    rows.push(...statementFile.rows);
    after = statementFile.next;
    if (after === null) return rows;
  }
}

async function* linesOf(rows: readonly string[]): AsyncGenerator<string> {
  yield* rows;
}
const check = (rows: readonly string[]): Promise<FileCheck> => verifyFile(linesOf(rows));
const fileOf = (partner: string): string[] => files.get(partner) ?? [];

test('every line of every statement is recomputed from the download, and the file of the whole cycle is intact', async () => {
  for (const partner of PARTNERS) {
    const done = await check(fileOf(partner));
    expect(done.breaks).toEqual([]);
    expect(done.statements.map((statement) => statement.partner)).toEqual([partner]);
  }
  const done = await check(whole);
  expect(done.breaks).toEqual([]);
  expect(done.statements.map(({ partner }) => partner)).toEqual([...PARTNERS]);
  const types = new Set(done.statements.flatMap(({ lines }) => lines.map(({ name }) => name.split(' ')[0])));
  expect([...types].sort()).toEqual(
    [
      ...['BREAKAGE', 'COST_ALLOCATION', 'EXCHANGE_SPREAD', 'FEE', 'FUNDING', 'HANDLING_FEE', 'JOINT_PROMOTION'],
      ...['REIMBURSEMENT', 'REVENUE_SHARE', 'TRUE_UP'],
    ].sort(),
  );
  expect(await nova.faults()).toEqual([]);
});

test('a file is the same whether it is read in one piece or in many', async () => {
  const token = await nova.token('AERO');
  expect(await download(token, ids.get('AERO') ?? '', 5_000)).toEqual(fileOf('AERO'));
  expect(await download(token, ids.get('AERO') ?? '', 1)).toEqual(fileOf('AERO'));
});

test('of accounts that are told in part, a file says what was moved and no balance', () => {
  const rows = PARTNERS.flatMap(fileOf).map((text): { row: string; body: string } => JSON.parse(text));
  const behind = rows.filter(({ row }) => row === 'behind').map(({ body }) => body.split(' ').length);
  expect(behind.length).toBeGreaterThan(0);
  expect(new Set(behind)).toEqual(new Set([13]));
  expect(new Set(rows.filter(({ row }) => row === 'entry').map(({ body }) => body.split(' ').length))).toEqual(new Set([16]));
});

test('only the partner itself and the operator download a statement', async () => {
  const statement = ids.get('AERO') ?? '';
  expect(await download(nova.operator, statement, 5_000)).toEqual(fileOf('AERO'));
  const codeOf = async (token: string, more: Record<string, unknown> = {}) =>
    (await nova.answer(token, 'statement-file', { statement, ...more })).errors?.[0]?.extensions?.code;
  expect(await codeOf(await nova.token('BOOKS'))).toBe('FORBIDDEN');
  expect(await codeOf(nova.operator, { statement: 'stm_nothing' })).toBe('FORBIDDEN');
  for (const more of [{ after: 'x' }, { first: 0 }, { first: 5_001 }]) expect(await codeOf(nova.operator, more)).toBe('BAD_USER_INPUT');
});

/** Every place of a file at which a figure, hash or mark stands, by row. */
function placesOf(rows: readonly string[]): { row: number; at: number }[] {
  return rows.flatMap((text, row) => [...text.matchAll(/[0-9](?=[^{]*$|[0-9a-f"\s.:TZ-])/g)].map(({ index }) => ({ row, at: index })));
}

test('any single figure that is changed in a download is found, and its row is named', async () => {
  const rows = fileOf('DEPOT');
  const places = placesOf(rows);
  expect(places.length).toBeGreaterThan(1_000);
  await fc.assert(
    fc.asyncProperty(fc.integer({ min: 0, max: places.length - 1 }), fc.integer({ min: 1, max: 9 }), async (which, by) => {
      const { row, at } = places[which] ?? { row: 0, at: 0 };
      const text = rows[row] ?? '';
      const digit = String((Number(text[at]) + by) % 10);
      const tampered = rows.with(row, text.slice(0, at) + digit + text.slice(at + 1));
      try {
        const { breaks } = await check(tampered);
        expect(breaks.map((one) => one.row)).toContain(row + 1);
      } catch (error) {
        expect(error).toBeInstanceOf(Malformed);
        expect((error as Malformed).row).toBe(row + 1);
      }
    }),
    { numRuns: 300 },
  );
});

test('an entry that is left out, repeated, moved or told of another line is found', async () => {
  const rows = fileOf('AERO');
  const at = rows.findIndex((text) => text.includes('"entry"') && text.includes('"FUNDING AERO APT"'));
  const left = (await check(rows.toSpliced(at, 1))).breaks.map(({ what }) => what);
  expect(left.join('\n')).toMatch(/line 1, FUNDING AERO APT, is -\d+ micros and not -\d+\n/);
  expect(left.join('\n')).toMatch(/account PARTNER:AERO has \d+ entries and not \d+/);
  const repeated = (await check(rows.toSpliced(at, 0, rows[at] ?? ''))).breaks.map(({ what }) => what);
  expect(repeated.join('\n')).toMatch(/does not come behind the one before it/);
  const other = rows[at]?.replace('FUNDING AERO APT', 'REIMBURSEMENT AERO') ?? '';
  expect((await check(rows.with(at, other))).breaks.length).toBeGreaterThan(0);
  const strange = rows[at]?.replace('FUNDING AERO APT', 'FUNDING AERO XPT') ?? '';
  expect((await check(rows.with(at, strange))).breaks[0]).toEqual(
    expect.objectContaining({ row: at + 1, what: 'its line FUNDING AERO XPT is not in the file' }),
  );
  expect((await check(rows.slice(0, -1))).breaks.map(({ what }) => what)).toContain('the file ends before its end');
});

/** A row with another body, and the mark that goes with it. */
function forged(row: string, change: (body: string) => string): string {
  const { body, ...rest } = JSON.parse(row) as { body: Canonical };
  const text = change(typeof body === 'string' ? body : canonicalJson(body));
  const mark = leafHash(text).subarray(0, 8).toString('hex');
  return JSON.stringify({ ...rest, mark, body: typeof body === 'string' ? text : JSON.parse(text) });
}

test('whoever forges the mark of what was changed too is found by the root of the account, and by the hashes', async () => {
  const rows = fileOf('DEPOT');
  const whatOf = async (at: number, change: (body: string) => string) =>
    (await check(rows.with(at, forged(rows[at] ?? '', change)))).breaks.map(({ what }) => what).join('\n');
  const placeOf = (text: string) => rows.findIndex((row) => row.includes(text));
  expect(await whatOf(placeOf('"entry"'), (body) => body.replace(/ \d{13} /, ' 1767300000000 '))).toMatch(
    /^the entries of account [\w:]+ do not hash to its root\nthe statement of DEPOT hashes to \w{64} and not to \w{64}$/,
  );
  const described = await whatOf(placeOf('"row":"line"'), (body) => body.replace('burned', 'spent'));
  expect(described).toMatch(/^the statement of DEPOT hashes to \w{64} and not to \w{64}$/);
  expect(await whatOf(0, (body) => body.replace('"currency":"CNY"', '"currency":"USD"'))).toBe('the cycle is not the one that was hashed');
  const cut = rows.with(-1, (rows.at(-1) ?? '').replace(/,"\w{64}"\]/, ']'));
  expect((await check(cut)).breaks.map(({ what }) => what).join('\n')).toMatch(/the parts of the cycle hash to/);
});

const ROOT = join(import.meta.dirname, '../..');

/** The program as a process of its own, as `npx pointsettia-verify` starts it. */
function run(...args: string[]): Promise<{ code: number; out: string; err: string }> {
  return new Promise((resolve) => {
    execFile(join(ROOT, 'bin/pointsettia-verify.mjs'), args, (error, out, err) => {
      resolve({ code: error === null ? 0 : Number(error.code), out, err });
    });
  });
}

test('the program says what it checked, where a tampered file breaks, and in which row a malformed one does', async () => {
  const directory = mkdtempSync(join(tmpdir(), 'proof-'));
  const write = (name: string, rows: readonly string[]) => {
    const file = join(directory, name);
    writeFileSync(file, rows.map((row) => `${row}\n`).join(''));
    return file;
  };
  const intact = await run(write('intact.jsonl', fileOf('AERO')));
  expect(intact).toMatchObject({ code: 0, err: '' });
  expect(intact.out).toMatch(/ok {3}AERO: \d+ lines make -?[\d.]+ CNY; hash \w{64}\n/);
  expect(intact.out).toMatch(/The file is intact\.\n$/);
  const at = fileOf('AERO').findIndex((text) => text.includes('accrual.reversed'));
  const text = fileOf('AERO')[at] ?? '';
  const changed = text.replace(
    / (-?\d)(\d+) 0 0 /,
    (_, first: string, rest: string) => ` ${first}${rest.replace(/.$/, (d) => String((Number(d) + 1) % 10))} 0 0 `,
  );
  const tampered = await run(write('tampered.jsonl', fileOf('AERO').with(at, changed)));
  expect(tampered.code).toBe(1);
  expect(tampered.out).toMatch(new RegExp(`BROKEN {2}row ${at + 1}: entry ent_\\w{32} is not what its mark says\\.`));
  expect(tampered.out).toContain(`The file is NOT intact. It breaks at row ${at + 1}: entry ent_`);
  expect(await run(write('malformed.jsonl', fileOf('AERO').with(4, '{"row"')))).toMatchObject({
    code: 2,
    err: 'Row 5 cannot be read: it is not JSON.\n',
  });
  expect((await run(join(directory, 'nothing.jsonl'))).code).toBe(2);
  expect((await run()).code).toBe(2);
  expect((await run('--help')).out).toMatch(/^Usage: pointsettia-verify FILE/);
  expect(describeCheck(await check(whole))).toMatch(/4 statements/);
}, 120_000);
