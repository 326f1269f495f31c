import { parseIdOf } from '../../kernel/ids.ts';
import { done, invalid, type Outcome } from '../../kernel/refusal.ts';
import type { Tx } from '../../platform/database.ts';
import { readEntries } from '../entries/entries.queries.ts';
import { maySee } from '../entries/ledger-entry-node.ts';

const MOST_ENTRIES = 100;

/** The stored ids of entries that a partner shows by their public ones: each exists, and is one that the partner may see. */
export async function checkShownEntries(tx: Tx, partnerId: string, ids: readonly string[]): Promise<Outcome<readonly string[]>> {
  if (ids.length > MOST_ENTRIES) return invalid('entryIds', `Show at most ${MOST_ENTRIES} entries at once.`);
  const unknown = (id: string) => invalid('entryIds', `There is no entry ${id.slice(0, 40)} on accounts of yours.`);
  const stored: string[] = [];
  for (const id of new Set(ids)) {
    const uuid = parseIdOf('LedgerEntry', id);
    if (uuid === undefined) return unknown(id);
    stored.push(uuid);
  }
  const entries = await readEntries(tx, stored);
  const unseen = entries.findIndex((entry) => entry === undefined || !maySee({ role: 'PARTNER', partnerId }, entry));
  return unseen === -1 ? done(stored) : unknown([...new Set(ids)][unseen] ?? '');
}
