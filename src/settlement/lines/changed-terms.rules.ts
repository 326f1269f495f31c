import { MONEY } from '../../ledger/posting.ts';
import type { Coalition } from '../../partners/coalition.ts';
import type { Spell } from '../../partners/contracts/spells.rules.ts';
import type { Movement } from './cycle-facts.ts';
import { breakageTerms, feeTerms, promotionTerms, spreadTerms } from './line-terms.rules.ts';
import { isBreakage, isJoint, isReimbursed } from './movement-kinds.rules.ts';

/** What a line is divided by has changed: where its postings are found, and since when each of its spells but the first was in force. */
export interface ChangedTerms {
  /** Under which the sums by spell are kept. */
  readonly key: string;
  readonly kind: 'PARTNER' | 'JOINT' | 'SPREAD' | 'EXPIRED';
  readonly owner: string | null;
  readonly unit: number;
  /** Null where all accounts of the owner count. */
  readonly topic: number | null;
  /** The partner named by the postings that count; all when left out. */
  readonly partner?: string;
  readonly cuts: readonly Date[];
}

export const feeKey = (partnerId: string): string => `HANDLING_FEE ${partnerId}`;
export const promotionKey = (id: string): string => `JOINT_PROMOTION ${id}`;
export const spreadKey = (fromNo: number, toId: string): string => `EXCHANGE_SPREAD ${fromNo} ${toId}`;
export const breakageKey = (currencyNo: number, issuerId: string): string => `BREAKAGE ${currencyNo} ${issuerId}`;

/** The figures of a cycle that contracts divide in more than one way, as time went by: only of these it matters when their parts occurred. */
export function changedTerms(movements: readonly Movement[], coalition: Coalition, now: Date): ChangedTerms[] {
  const found = new Map<string, ChangedTerms>();
  const seen = new Set<string>();
  const look = (change: Omit<ChangedTerms, 'cuts'>, spells: () => readonly Spell<unknown>[]) => {
    if (seen.has(change.key)) return;
    seen.add(change.key);
    const cuts = spells()
      .slice(1)
      .map(({ since }) => since);
    if (cuts.length > 0) found.set(change.key, { ...change, cuts });
  };
  for (const movement of movements) {
    const { kind, owner, topic, currencyNo } = movement;
    if (kind === 'PARTNER' && owner !== null && isReimbursed(movement))
      look({ key: feeKey(owner), kind, owner, unit: MONEY, topic: null }, () => feeTerms(coalition, owner, now));
    else if (kind === 'JOINT' && owner !== null && isJoint(movement))
      look({ key: promotionKey(owner), kind, owner, unit: MONEY, topic: null }, () => promotionTerms(coalition, owner, now));
    else if (kind === 'SPREAD' && owner !== null && topic !== null)
      look({ key: spreadKey(topic, owner), kind, owner, unit: MONEY, topic }, () =>
        spreadTerms(coalition, coalition.currencyNo(topic), coalition.currencyById(owner), now),
      );
    else if (isBreakage(movement) && currencyNo !== null && movement.partnerId !== null)
      look(
        {
          key: breakageKey(currencyNo, movement.partnerId),
          kind: 'EXPIRED',
          owner: null,
          unit: currencyNo,
          topic: null,
          partner: movement.partnerId,
        },
        () => breakageTerms(coalition, movement.partnerId ?? '', now),
      );
  }
  return [...found.values()];
}
