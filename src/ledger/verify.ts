import { type Database, type Db, transact } from '../platform/database.ts';
import { CHECKS, type Check } from './verify.checks.ts';

export interface CheckResult {
  readonly name: string;
  readonly sentence: string;
  /** How many things are off. */
  readonly found: number;
  /** The first of them. */
  readonly examples: readonly string[];
}

export interface Verification {
  readonly intact: boolean;
  readonly checked: {
    readonly accounts: number;
    readonly postings: number;
    readonly entries: number;
    readonly lots: number;
    readonly lotUses: number;
  };
  readonly checks: readonly CheckResult[];
}

const EXAMPLES = 10;

async function runCheck(db: Db, { name, sentence, query }: Check): Promise<CheckResult> {
  const rows = await db.rows<{ what: string; found: bigint }>(
    `select o.what, count(*) over () as found from (${query}) o limit ${EXAMPLES}`,
  );
  return { name, sentence, found: Number(rows[0]?.found ?? 0n), examples: rows.map((row) => row.what) };
}

const COUNTS = `
  select (select count(*) from ledger.accounts)::integer as accounts, (select count(*) from ledger.postings)::integer as postings,
    (select count(*) from ledger.entries)::integer as entries, (select count(*) from ledger.lots)::integer as lots,
    (select count(*) from ledger.lot_uses)::integer as "lotUses"`;

/**
 * Derives every balance again from the entries, as of one instant, while the ledger goes on. Memory stays bounded: the work is the database's.
 * `more` are checks of those who post.
 */
export function verifyLedger(database: Database, more: readonly Check[] = []): Promise<Verification> {
  return transact(database, async (tx) => {
    await tx.rows('set transaction isolation level repeatable read, read only');
    const [checked] = await tx.rows<Verification['checked']>(COUNTS);
    if (checked === undefined) throw new Error('the ledger could not be counted');
    const checks: CheckResult[] = [];
    for (const check of [...CHECKS, ...more]) checks.push(await runCheck(tx, check));
    return { intact: checks.every(({ found }) => found === 0), checked, checks };
  });
}

const number = new Intl.NumberFormat('en');

/** What an operator reads: what was checked, and everything that is off. */
export function describeVerification({ intact, checked, checks }: Verification): string {
  const counted = [
    `${number.format(checked.accounts)} accounts`,
    `${number.format(checked.postings)} postings`,
    `${number.format(checked.entries)} entries`,
    `${number.format(checked.lots)} lots`,
    `${number.format(checked.lotUses)} uses of lots`,
  ];
  const lines = checks.flatMap(({ sentence, found, examples }) => [
    found === 0 ? `  ok   ${sentence}` : `  OFF  ${sentence} ${number.format(found)} are off:`,
    ...examples.map((example) => `         ${example}`),
    ...(found > examples.length ? [`         and ${number.format(found - examples.length)} more`] : []),
  ]);
  return [`Checked ${counted.join(', ')}.`, ...lines, intact ? 'The ledger is intact.' : 'The ledger is NOT intact.'].join('\n');
}
