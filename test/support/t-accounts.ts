import type { Db } from '../../src/platform/database.ts';

interface Row {
  kind: string;
  owner: string | null;
  unit: string | null;
  topic: string | null;
  code: string;
  amount: bigint;
}

const WIDTH = 34;

/** Micros as yuan: all six decimals, so that nothing hides in a rounding. */
function yuan(micros: bigint): string {
  const digits = (micros < 0n ? -micros : micros).toString().padStart(7, '0');
  return `${digits.slice(0, -6)}.${digits.slice(-6)}`;
}

/**
 * The whole book as T-accounts: what an account received on the left, what it gave on the right, line by line in the order of posting.
 * Moves within a wallet, from available to held and back, do not change what it has and are left out.
 */
export async function drawBook(db: Db): Promise<string> {
  const rows = await db.rows<Row>(
    `select a.kind::text as kind, coalesce(m.display_name, p.code) as owner, u.code as unit, t.code as topic, g.code::text as code,
       sum(e.available + coalesce((e.aside).held, 0))::bigint as amount
     from ledger.entries e
     join ledger.postings g on g.id = e.posting_id
     join ledger.accounts a on a.id = e.account_id
     left join members.members m on m.id = a.owner
     left join partners.partners p on p.id = a.owner
     left join partners.point_currencies u on u.no = a.unit
     left join partners.point_currencies t on t.no = a.topic
     group by a.kind, a.owner, a.unit, a.topic, m.display_name, p.code, u.code, t.code, g.id, g.code
     having sum(e.available + coalesce((e.aside).held, 0)) <> 0
     order by u.code nulls last, a.kind, t.code, p.code, m.display_name, g.id`,
  );
  const accounts = Map.groupBy(rows, (row) =>
    [row.kind, row.owner, row.topic, row.unit ?? 'CNY'].filter((part) => part !== null).join(' '),
  );
  return [...accounts].map(([name, entries]) => drawAccount(name, entries)).join('\n\n');
}

function drawAccount(name: string, entries: readonly Row[]): string {
  const say = (amount: bigint) => (entries[0]?.unit === null ? yuan(amount) : (amount < 0n ? -amount : amount).toString());
  const cell = (text: string, amount: string) => text + amount.padStart(WIDTH - text.length);
  const line = (text: string, amount: bigint) =>
    amount > 0n ? `${cell(text, say(amount))} |` : `${' '.repeat(WIDTH)} | ${cell(text, say(amount))}`;
  const balance = entries.reduce((sum, { amount }) => sum + amount, 0n);
  return [
    name,
    '-'.repeat(2 * WIDTH + 3),
    ...entries.map(({ code, amount }) => line(code, amount)),
    balance === 0n ? 'even' : line('= balance', balance),
  ].join('\n');
}
