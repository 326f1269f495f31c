import { leafHash, MARK_BYTES, merkleRoot, nodeHash } from '../kernel/merkle.ts';
import { type AccountState, closeAccount, newAccount, takeEntry } from './account-state.ts';
import { type FileRow, idOfEntry, Malformed, readEntry, readPartlyTold, readRow, wholeNumber } from './file-row.ts';
import { checkStatement, type StatementState } from './statement-state.ts';

/** Something that does not fit, and in which row it shows. What was changed itself comes before what does not fit because of it. */
export interface Break {
  readonly row: number;
  readonly what: string;
}

/** What a file says and what is wrong with it. */
export interface FileCheck {
  readonly rows: number;
  readonly cycle: string;
  readonly currency: string;
  readonly statements: readonly StatementState[];
  readonly lines: number;
  readonly entries: number;
  readonly accounts: number;
  readonly batchHash: string;
  readonly breaks: readonly Break[];
}

/** What is told first: what was changed itself, before all that does not fit because of it. */
const Rank = { MARK: 0, ENTRY: 1, ACCOUNT: 2, LINE: 3, STATEMENT: 4, CYCLE: 5 } as const;
type Rank = (typeof Rank)[keyof typeof Rank];

const OWN: ReadonlySet<string> = new Set(['PARTNER', 'PREPAID', 'DEPOSIT', 'ISSUANCE', 'REDEEMED']);

/** Recomputes everything that a file says from its entries. Holds one account's hashes at a time, and the lines. */
export async function verifyFile(lines: AsyncIterable<string>): Promise<FileCheck> {
  const breaks: (Break & { rank: Rank })[] = [];
  const brokenAt = (rank: Rank) => (row: number, what: string) => void breaks.push({ row, what, rank });
  const broken = brokenAt(Rank.ENTRY);
  const statements: StatementState[] = [];
  const sums = new Map<string, { amount: bigint; entries: number }>();
  const common: Buffer[] = [];
  let [no, entries, accounts] = [0, 0, 0];
  let [cycle, end, account]: [FileRow | undefined, FileRow | undefined, AccountState | undefined] = [undefined, undefined, undefined];

  const finishAccount = () => {
    if (account === undefined) return;
    const node = nodeHash(leafHash(account.row.text), closeAccount(account, brokenAt(Rank.ACCOUNT)));
    const [kind = '', owner] = account.name.split(':');
    const statement = OWN.has(kind) ? statements.find(({ partner }) => partner === owner) : undefined;
    if (statement !== undefined) statement.leaves.push(node);
    else if (OWN.has(kind)) broken(account.row.no, `account ${account.name} belongs to no statement of the file`);
    else common.push(node);
    account = undefined;
  };
  const addSum = (row: FileRow, amount: bigint) => {
    const { line } = row.fields;
    if (line === undefined) return;
    const sum = sums.get(line) ?? { amount: 0n, entries: 0 };
    sums.set(line, { amount: sum.amount + amount, entries: sum.entries + 1 });
    const isDrawn = statements.some((statement) => statement.lines.some(({ name }) => name === line));
    if (!isDrawn) broken(row.no, `its line ${line} is not in the file`);
  };

  for await (const text of lines) {
    no += 1;
    if (text === '' && end !== undefined) continue;
    const row = readRow(text, no);
    if (end !== undefined) broken(no, 'it is behind the end of the file');
    if ((cycle === undefined) !== (row.kind === 'cycle')) throw new Malformed(no, 'a file begins with its cycle, and has one');
    const leaf = leafHash(row.text);
    if (row.kind !== 'end' && leaf.subarray(0, MARK_BYTES).toString('hex') !== row.fields.mark)
      brokenAt(Rank.MARK)(no, `${describe(row)} is not what its mark says`);
    switch (row.kind) {
      case 'cycle':
        if (row.fields.format !== 'pointsettia-1') throw new Malformed(no, `the format ${row.fields.format} is not known`);
        cycle = row;
        break;
      case 'statement':
        if (row.body.cycle !== cycle?.body.cycle) broken(no, 'the statement is of another cycle');
        statements.push({ row, partner: String(row.body.partner), hash: row.fields.hash ?? '', leaves: [leaf], lines: [] });
        break;
      case 'line': {
        const { no: place, type, key } = row.body;
        const statement = statements.at(-1);
        if (statement === undefined) throw new Malformed(no, 'it is a line of no statement');
        if (place !== String(statement.lines.length + 1)) broken(no, `line ${place} is not the next of its statement`);
        statement.leaves.push(leaf);
        statement.lines.push({ row, name: `${type} ${key}` });
        break;
      }
      case 'account':
        finishAccount();
        accounts += 1;
        account = newAccount(row);
        break;
      case 'entry':
      case 'behind': {
        const entry = row.kind === 'behind' ? readPartlyTold(row.text) : readEntry(row.text);
        if (row.kind === 'behind') finishAccount();
        else if (account === undefined) throw new Malformed(no, 'it is an entry of no account');
        entries += 1;
        if (account !== undefined) takeEntry(account, row, leaf, entry, cycle ?? row, broken);
        if (entry === undefined) broken(no, 'its text has not the form of an entry');
        else addSum(row, entry.available);
        break;
      }
      case 'end':
        finishAccount();
        end = row;
    }
  }
  if (cycle === undefined) throw new Malformed(1, 'the file is empty');
  finishAccount();
  const currency = String(cycle.body.currency);
  const sumOf = (line: string) => sums.get(line) ?? { amount: 0n, entries: 0 };
  for (const statement of statements) checkStatement(statement, sumOf, currency, brokenAt(Rank.LINE), brokenAt(Rank.STATEMENT));
  if (end === undefined) brokenAt(Rank.CYCLE)(no, 'the file ends before its end');
  else checkEnd(cycle, end, statements, common, brokenAt(Rank.CYCLE));
  return {
    ...{ rows: no, cycle: String(cycle.body.cycle), currency, statements, entries, accounts },
    lines: statements.reduce((sum, statement) => sum + statement.lines.length, 0),
    batchHash: end?.fields.hash ?? '',
    breaks: breaks.toSorted((a, b) => a.rank - b.rank || a.row - b.row),
  };
}

/** What a row is about, for people. */
function describe(row: FileRow): string {
  if (row.kind === 'line') return `line ${row.body.no}, ${row.body.type} ${row.body.key},`;
  if (row.kind === 'account') return `account ${row.body.name}`;
  if (row.kind !== 'entry' && row.kind !== 'behind') return `the ${row.kind}`;
  const [, account, version] = row.text.split(' ').map(wholeNumber);
  return account === undefined || version === undefined ? 'the entry' : `entry ${idOfEntry({ account, version })}`;
}

/** Whether the hash of the cycle is the root over its parts, and the parts of the file are among them. */
function checkEnd(
  cycle: FileRow,
  end: FileRow,
  statements: readonly StatementState[],
  common: readonly Buffer[],
  broken: (row: number, what: string) => void,
): void {
  const { leaves } = end;
  if (leaves.length === 0 || !leaves.every((leaf) => /^[0-9a-f]{64}$/.test(leaf)))
    throw new Malformed(end.no, 'its `leaves` are no hashes');
  const root = merkleRoot(leaves.map((leaf) => Buffer.from(leaf, 'hex'))).toString('hex');
  if (root !== end.fields.hash) broken(end.no, `the parts of the cycle hash to ${root} and not to ${end.fields.hash}`);
  if (leaves[0] !== leafHash(cycle.text).toString('hex')) broken(cycle.no, 'the cycle is not the one that was hashed');
  for (const { row, partner, hash } of statements) {
    if (!leaves.includes(hash)) broken(row.no, `the statement of ${partner} is not among the parts of the cycle`);
  }
  const parts = common.map((node) => node.toString('hex'));
  const strange = parts.filter((node) => !leaves.includes(node)).length;
  if (strange > 0) broken(end.no, `${strange} of the accounts that are no partner's are not among the parts of the cycle`);
  const whole = [leaves[0], ...statements.map(({ hash }) => hash), ...parts];
  if (cycle.fields.tells === 'CYCLE' && (whole.length !== leaves.length || whole.some((part, at) => part !== leaves[at])))
    broken(end.no, 'the statements and accounts of the file are not the parts of the cycle');
}
