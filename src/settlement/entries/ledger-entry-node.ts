import type { Viewer } from '../../kernel/viewer.ts';
import { loadCoalition } from '../../partners/load-coalition.ts';
import type { Context } from '../../platform/graphql/context.ts';
import { forbidden } from '../../platform/graphql/rights.ts';
import { readEntries } from './entries.queries.ts';
import type { LedgerEntry } from './ledger-entry.ts';
import { type LedgerEntryType, toLedgerEntry } from './ledger-entry.types.ts';

/** Partners see the entries of their own accounts, and in wallets what they did themselves; members those of their wallets. */
export function maySee(viewer: Viewer, entry: LedgerEntry): boolean {
  const inWallet = entry.accountKind === 'WALLET';
  if (viewer.role === 'PARTNER') return entry.owner === viewer.partnerId || (inWallet && entry.partnerId === viewer.partnerId);
  return viewer.role === 'OPERATOR' || (viewer.role === 'MEMBER' && inWallet && entry.owner === viewer.memberId);
}

/** A ledger entry by its stored id. */
export async function ledgerEntryNode(context: Context, id: string): Promise<LedgerEntryType | undefined> {
  const [coalition, entry] = await Promise.all([loadCoalition(context), context.load(readEntries, id)]);
  if (entry === undefined) return undefined;
  if (!maySee(context.viewer, entry)) throw forbidden();
  return toLedgerEntry(coalition, entry);
}
