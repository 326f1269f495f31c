import { leafHash, MARK_BYTES } from '../../kernel/merkle.ts';
import type { Db } from '../../platform/database.ts';
import { readLineEntries } from '../drill-down/line-entries.queries.ts';
import { sourceOf } from '../drill-down/line-source.rules.ts';
import { readFileEntries } from './file-entries.queries.ts';
import type { FileScope } from './file-scope.ts';
import { lineOfEntry } from './file-tags.rules.ts';
import { accountText, cycleText, lineText, statementText } from './texts.rules.ts';

/** Where a row stands in a file: its section, the place in it, and the version behind which entries go on. */
export type FilePlace = readonly [section: number, at: number, version: bigint];

export interface FileRow {
  readonly place: FilePlace;
  /** One line of JSON. */
  readonly text: string;
}

export const BEFORE_ALL: FilePlace = [0, -1, 0n];
const [HEAD, ACCOUNTS, PARTLY, END] = [0, 1, 2, 3];

const markOf = (hash: Buffer): string => hash.subarray(0, MARK_BYTES).toString('hex');

/** A row whose body is hashed as it stands. */
function row(kind: string, body: string, more: Readonly<Record<string, string>> = {}): string {
  return `${JSON.stringify({ row: kind, ...more, mark: markOf(leafHash(body)) }).slice(0, -1)},"body":${body}}`;
}

function headRows({ coalition, cycle, previous, statements, tells }: FileScope): string[] {
  return [
    row('cycle', cycleText(coalition, cycle, previous), { format: 'pointsettia-1', tells }),
    ...statements.flatMap((statement) => [
      row('statement', statementText(coalition, statement), { hash: statement.hash }),
      ...statement.lines.map((line) => row('line', lineText(line))),
    ]),
  ];
}

function entryRow(kind: 'entry' | 'behind', text: string, hash: Buffer, line: string | undefined): string {
  return JSON.stringify({ row: kind, ...(line !== undefined && { line }), mark: markOf(hash), body: text });
}

/** The rows of a file behind a place, at most so many: read by keys from there on, so that every page costs the same. */
export async function readFileRows(db: Db, scope: FileScope, after: FilePlace, size: number): Promise<FileRow[]> {
  const rows: FileRow[] = [];
  const [section, at, version] = after;
  if (section === HEAD) {
    for (const [place, text] of headRows(scope).entries()) if (place > at) rows.push({ place: [HEAD, place, 0n], text });
  }
  if (section <= ACCOUNTS) await addAccounts(db, scope, section === ACCOUNTS ? [at, version] : [-1, 0n], size, rows);
  if (section <= PARTLY) await addPartly(db, scope, section === PARTLY ? [at, version] : [-1, 0n], size, rows);
  if (section < END && rows.length < size) {
    const leaves = scope.leaves.map((leaf) => leaf.toString('hex'));
    rows.push({ place: [END, 0, 0n], text: JSON.stringify({ row: 'end', hash: scope.cycle.batchHash, leaves }) });
  }
  return rows.slice(0, size);
}

type Within = readonly [at: number, version: bigint];

/** Accounts that are told whole, each with its entries. The place of an account's own row has version 0. */
async function addAccounts(
  db: Db,
  { coalition, cycle, accounts, statements }: FileScope,
  after: Within,
  size: number,
  rows: FileRow[],
): Promise<void> {
  const drawn = new Set(statements.flatMap(({ lines }) => lines.map(({ type, key }) => `${type} ${key}`)));
  for (const [at, account] of accounts.entries()) {
    if (at < after[0] || rows.length >= size) continue;
    if (at > after[0]) {
      const more = { entries: String(account.entries), root: account.root.toString('hex') };
      rows.push({ place: [ACCOUNTS, at, 0n], text: row('account', accountText(coalition, account), more) });
    }
    const from = at === after[0] ? after[1] : 0n;
    for (const entry of await readFileEntries(db, cycle.no, account.accountId, from, size - rows.length)) {
      const line = lineOfEntry(coalition, account, entry, cycle.cutoff);
      const text = entryRow('entry', entry.text, entry.hash, line !== undefined && drawn.has(line) ? line : undefined);
      rows.push({ place: [ACCOUNTS, at, entry.version], text });
    }
  }
}

const BALANCES = 3;

/** What an entry moved, and not what its account had afterwards: that is its owner's alone. */
const withoutBalances = (text: string): string => text.split(' ').slice(0, -BALANCES).join(' ');

/** Entries behind lines that are on accounts of which the rest is not told. */
async function addPartly(db: Db, { coalition, cycle, partly }: FileScope, after: Within, size: number, rows: FileRow[]): Promise<void> {
  for (const [at, line] of partly.entries()) {
    const source = sourceOf(coalition, line);
    if (source === undefined || at < after[0] || rows.length >= size) continue;
    // One account, whose versions go on.
    const slice = { size: size - rows.length, before: undefined, backwards: false };
    const from = at === after[0] ? after[1] : 0n;
    const entries = await readLineEntries(db, cycle.no, source, { ...slice, after: undefined }, from);
    for (const { version, text } of entries.slice(0, slice.size)) {
      const told = withoutBalances(text);
      rows.push({ place: [PARTLY, at, version], text: entryRow('behind', told, leafHash(told), `${line.type} ${line.key}`) });
    }
  }
}
