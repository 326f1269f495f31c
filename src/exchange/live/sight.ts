import { forbidAfterTermination, seesInFull } from '../../members/member-sight.ts';
import type { Coalition } from '../../partners/coalition.ts';
import { type Context, renewContext } from '../../platform/graphql/context.ts';
import { type BalanceChangeType, toBalanceChange } from './balance-change.types.ts';
import type { WalletChange } from './wallet-changes.queries.ts';

/** Of which changes a subscriber learns what they were. Throws once it may not follow the member any more. */
export type Sight = 'ALL' | ((changes: readonly WalletChange[]) => Promise<ReadonlySet<WalletChange>>);

/**
 * Members and operators see everything. A partner learns what happened at its own, and elsewhere as far as its contract and the
 * member let it; both are looked up for every change anew, since both may change while it follows.
 */
export function sightOf(context: Context, memberId: string): Sight {
  const { viewer } = context;
  if (viewer.role !== 'PARTNER') return 'ALL';
  return async (changes) => {
    const fresh = await renewContext(context);
    await forbidAfterTermination(fresh);
    const others = changes.filter(({ partnerId }) => partnerId !== viewer.partnerId);
    const seesOthers = others.length > 0 && (await seesInFull(fresh, memberId, 'ACTIVITY'));
    return new Set(changes.filter(({ partnerId }) => seesOthers || partnerId === viewer.partnerId));
  };
}

/** What was said of a change, in full and without what it was, for as long as somebody is told. */
const said = new WeakMap<WalletChange, Map<boolean, BalanceChangeType>>();

/** A change as it is told: the same object to everybody who is told the same. */
export function toToldChange(coalition: Coalition, change: WalletChange, showsWhat: boolean): BalanceChangeType {
  const versions = said.get(change) ?? new Map<boolean, BalanceChangeType>();
  said.set(change, versions);
  const known = versions.get(showsWhat) ?? toBalanceChange(coalition, change, showsWhat);
  versions.set(showsWhat, known);
  return known;
}
