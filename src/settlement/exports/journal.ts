import { dayOf } from '../../kernel/instant.ts';
import type { Coalition } from '../../partners/coalition.ts';
import type { Db } from '../../platform/database.ts';
import type { Cycle } from '../cycles/cycle.ts';
import { accountName } from '../entries/account-name.ts';
import { asText, csvOf } from './csv.rules.ts';
import { decimalOfMicros } from './decimals.rules.ts';
import { type JournalEntry, readJournal, readPostingRange } from './journal.queries.ts';

/** Postings read at a time: a journal is as long as its cycle, and never in memory as a whole. */
const PAGE = 2_000n;

const HEADER = ['posting', 'code', 'occurred_at', 'recorded_at', 'reference', 'account', 'debit', 'credit', 'currency'];
const SUMMARY_HEADER = ['day', 'account', 'code', 'debit', 'credit', 'currency'];

/** In the book + is what a party is owed, a credit to whoever keeps the books; - is a debit. */
const sides = (micros: bigint): [debit: string, credit: string] =>
  micros < 0n ? [decimalOfMicros(-micros), ''] : ['', decimalOfMicros(micros)];

/** Names of accounts, each made once: a cycle has few accounts of money, and many entries. */
function namesOf(coalition: Coalition): (entry: JournalEntry) => string {
  const names = new Map<string, string>();
  return (entry) => {
    const { accountKind, owner, topic } = entry;
    const key = `${accountKind} ${owner} ${topic}`;
    const name = names.get(key) ?? accountName(coalition, { ...entry, kind: accountKind });
    names.set(key, name);
    return name;
  };
}

async function* pagesOf(db: Db, cycle: Cycle): AsyncGenerator<JournalEntry[]> {
  const { from, to } = await readPostingRange(db, cycle);
  for (let at = from; at < to; at += PAGE) yield await readJournal(db, cycle, { from: at, to: at + PAGE < to ? at + PAGE : to });
}

/** Every money posting of a cycle as double entry, one leg a row: debits and credits of each posting are equal. */
export async function* journalCsv(db: Db, coalition: Coalition, cycle: Cycle): AsyncGenerator<string> {
  const nameOf = namesOf(coalition);
  yield csvOf([HEADER]);
  for await (const entries of pagesOf(db, cycle)) {
    const rows = entries.map((entry) => [
      String(entry.postingId),
      entry.code,
      entry.occurredAt.toISOString(),
      entry.recordedAt.toISOString(),
      entry.reference,
      asText(nameOf(entry)),
      ...sides(entry.micros),
      coalition.program.settlementCurrency,
    ]);
    if (rows.length > 0) yield csvOf(rows);
  }
}

interface Summed {
  readonly key: readonly [day: string, account: string, code: string];
  debit: bigint;
  credit: bigint;
}

/** The same by day of the program's time zone, account and kind of posting. */
export async function* journalSummaryCsv(db: Db, coalition: Coalition, cycle: Cycle): AsyncGenerator<string> {
  const { timeZone, settlementCurrency } = coalition.program;
  const nameOf = namesOf(coalition);
  const sums = new Map<string, Summed>();
  for await (const entries of pagesOf(db, cycle)) {
    for (const entry of entries) {
      const key: Summed['key'] = [dayOf(entry.occurredAt, timeZone), nameOf(entry), entry.code];
      const sum = sums.get(key.join('\n')) ?? { key, debit: 0n, credit: 0n };
      sums.set(key.join('\n'), sum);
      if (entry.micros < 0n) sum.debit -= entry.micros;
      else sum.credit += entry.micros;
    }
  }
  const rows = [...sums]
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(
      ([
        ,
        {
          key: [day, account, code],
          debit,
          credit,
        },
      ]) => [...[day, asText(account), code], ...[decimalOfMicros(debit), decimalOfMicros(credit), settlementCurrency]],
    );
  yield csvOf([SUMMARY_HEADER, ...rows]);
}
