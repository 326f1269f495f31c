// What the database has: the balances of all members, and every balance that a wallet ever had.

import { balancesText, type Held } from './balance-book.ts';
import { changeKey } from './commit-times.ts';
import type { House } from './house.ts';

interface Row {
  readonly owner: string;
  readonly unit: number;
  readonly version: bigint;
  readonly available: bigint;
  readonly pending: bigint;
  readonly held: bigint;
}

/** By member and code of the currency, the wallets that were ever used. */
export async function readBalances({ db, currencies }: House): Promise<ReadonlyMap<string, ReadonlyMap<string, Held>>> {
  const rows = await db.rows<Row>(
    `select owner, unit, version, available, coalesce(pending, 0) as pending, coalesce(held, 0) as held
     from ledger.accounts where kind = 'WALLET' and topic is null and version > 0`,
  );
  const balances = new Map<string, Map<string, Held>>();
  for (const row of rows) {
    const own = balances.get(row.owner) ?? new Map<string, Held>();
    balances.set(row.owner, own.set(currencies.get(row.unit) ?? '', { version: row.version, text: balancesText(row) }));
  }
  return balances;
}

/** The balances after every change, by its key. */
export async function readHistory({ db, currencies }: House): Promise<ReadonlyMap<string, string>> {
  const rows = await db.rows<Row>(
    `select a.owner, a.unit, e.version, e.available_after as available, coalesce((e.aside).pending_after, 0) as pending, coalesce((e.aside).held_after, 0) as held
     from ledger.entries e join ledger.accounts a on a.id = e.account_id where a.kind = 'WALLET' and a.topic is null`,
  );
  return new Map(rows.map((row) => [changeKey(row.owner, currencies.get(row.unit) ?? '', row.version), balancesText(row)]));
}
