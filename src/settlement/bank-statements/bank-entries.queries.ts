import type { PageSlice } from '../../kernel/cursor.ts';
import type { Db, Tx } from '../../platform/database.ts';
import type { BankEntry, BankMovement } from './bank-entry.ts';

const COLUMNS = `b.id, b.no, b.account, b.bank_reference as "bankReference", b.direction, b.amount_minor as "amountMinor",
  b.matched_minor as "matchedMinor", b.value_date as "valueDate", b.end_to_end_id as "endToEndId", b.counterparty_name as "counterpartyName",
  b.counterparty_iban as "counterpartyIban", b.remittance, b.matched_by as "matchedBy", b.reason`;

/** Bank entries by their stored ids, for `load`; undefined where there is none. */
export async function readBankEntries(db: Db, ids: readonly string[]): Promise<(BankEntry | undefined)[]> {
  const rows = await db.rows<BankEntry>(`select ${COLUMNS} from settlement.bank_entries b where b.id = any($1::uuid[])`, [ids]);
  const byId = new Map(rows.map((entry) => [entry.id, entry]));
  return ids.map((id) => byId.get(id));
}

/** Entries of which a part is not matched, in the order in which they were taken: one page and one row more. */
export function readUnmatched(db: Db, { size, after, before, backwards }: PageSlice): Promise<BankEntry[]> {
  return db.rows<BankEntry>(
    `select ${COLUMNS} from settlement.bank_entries b
     where b.matched_minor < b.amount_minor and ($1::bigint is null or b.no > $1) and ($2::bigint is null or b.no < $2)
     order by b.no ${backwards ? 'desc' : 'asc'} limit $3`,
    [numberIn(after), numberIn(before), size + 1],
  );
}

/** The number in a cursor; one that no list gave stands before all rows. */
function numberIn(key: PageSlice['after']): number | null {
  if (key === undefined) return null;
  return Number.isSafeInteger(Number(key[0])) ? Number(key[0]) : 0;
}

/** Locks an entry until the transaction ends; undefined where there is none. */
export async function lockBankEntry(tx: Tx, id: string): Promise<BankEntry | undefined> {
  const [row] = await tx.rows<BankEntry>(`select ${COLUMNS} from settlement.bank_entries b where b.id = $1 for update`, [id]);
  return row;
}

/** Takes movements, each once whoever sends it: answers the ids of those that were not there. */
export async function insertMovements(tx: Tx, movements: readonly (BankMovement & { readonly id: string })[]): Promise<Set<string>> {
  const rows = await tx.rows<{ id: string }>(
    `insert into settlement.bank_entries (id, account, bank_reference, direction, amount_minor, value_date, end_to_end_id, counterparty_name, counterparty_iban, remittance, reason)
     select m.*, 'NOTHING_FITS'
     from unnest($1::uuid[], $2::text[], $3::text[], $4::text[], $5::bigint[], $6::date[], $7::text[], $8::text[], $9::text[], $10::text[])
       as m (id, account, reference, direction, amount, value_date, end_to_end, name, iban, remittance)
     order by m.account, m.reference, m.id
     on conflict on constraint a_bank_entry_is_taken_once do nothing
     returning id`,
    [
      movements.map((m) => m.id),
      movements.map((m) => m.account),
      movements.map((m) => m.bankReference),
      movements.map((m) => m.direction),
      movements.map((m) => m.amountMinor),
      movements.map((m) => m.valueDate),
      movements.map((m) => m.endToEndId),
      movements.map((m) => m.counterpartyName),
      movements.map((m) => m.counterpartyIban),
      movements.map((m) => m.remittance),
    ],
  );
  return new Set(rows.map(({ id }) => id));
}

/** Stores how much of entries is matched, by what first, and why the rest is not. */
export async function updateMatched(
  tx: Tx,
  entries: readonly Pick<BankEntry, 'id' | 'matchedMinor' | 'matchedBy' | 'reason'>[],
): Promise<void> {
  await tx.rows(
    `update settlement.bank_entries b set matched_minor = m.minor, matched_by = m.matched_by, reason = m.reason
     from unnest($1::uuid[], $2::bigint[], $3::text[], $4::text[]) as m (id, minor, matched_by, reason) where b.id = m.id`,
    [entries.map(({ id }) => id), entries.map((e) => e.matchedMinor), entries.map((e) => e.matchedBy), entries.map(({ reason }) => reason)],
  );
}

/** Under which bank references payments are recorded, with the account of the entry that they were found in; null when recorded by hand. */
export function readRecordedElsewhere(
  db: Db,
  references: readonly string[],
): Promise<{ readonly bankReference: string; readonly account: string | null }[]> {
  return db.rows(
    `select distinct p.bank_reference as "bankReference", b.account
     from settlement.payments p left join settlement.bank_entries b on b.id = p.bank_entry_id
     where p.bank_reference = any($1::text[])`,
    [references],
  );
}
