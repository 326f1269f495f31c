import type { Coalition } from '../../../coalition.ts';
import { type ClauseOf, clausesOf } from '../../clause.ts';
import { beginsOf, type Spell, spellsOf } from '../../spells.rules.ts';
import { agreedContributions, contractsNaming, contributionsOf, promotionId } from './joint-promotion.rules.ts';

/** What a promotion gave in a stretch of time; an end that is not said is open. */
export interface Stretch {
  readonly promotionId: string;
  readonly since?: Date | undefined;
  readonly until?: Date | undefined;
}

/** A partner's part in the cost of what a promotion gave while its funders agreed on that. */
export interface FundedShare extends Stretch {
  readonly weightBps: bigint;
}

/** A promotion with all contributions that were ever agreed on. */
interface Promotion {
  readonly code: string;
  readonly spells: readonly Spell<ClauseOf<'jointPromotion'>>[];
}

const known = new WeakMap<Coalition, ReadonlyMap<string, Promotion>>();

/** Promotions of all contracts by id; worked out once for a revision of the coalition, as every accrual asks. */
function promotionsOf(coalition: Coalition): ReadonlyMap<string, Promotion> {
  const kept = known.get(coalition);
  if (kept !== undefined) return kept;
  const clauses = coalition.contracts.flatMap(({ versions }) =>
    versions.flatMap((version) => clausesOf(version.clauses, 'jointPromotion')),
  );
  const promotions = new Map(
    [...new Set(clauses.map(({ promotion }) => promotion))].map((code) => [
      promotionId(code),
      { code, spells: spellsOfPromotion(coalition, code) },
    ]),
  );
  known.set(coalition, promotions);
  return promotions;
}

function spellsOfPromotion(coalition: Coalition, code: string): Spell<ClauseOf<'jointPromotion'>>[] {
  const begins = beginsOf(contractsNaming(coalition, code));
  return spellsOf(begins, (at) => agreedContributions(coalition, code, at), contributionsOf);
}

/** The code of a promotion and what its funders have agreed on by an instant; undefined when no contract names it. */
export function promotionBy(coalition: Coalition, id: string, now: Date): Promotion | undefined {
  const promotion = promotionsOf(coalition).get(id);
  return promotion && { ...promotion, spells: promotion.spells.filter(({ since }) => since <= now) };
}

/**
 * The promotions that a partner has paid for by an instant, at the weights agreed when the points were given: what they owe counts in its
 * exposure also after they are over.
 */
export function fundedBy(coalition: Coalition, partnerId: string, now: Date): FundedShare[] {
  const { code } = coalition.partnerById(partnerId);
  return [...promotionsOf(coalition)].flatMap(([id]) =>
    stretchesOf(coalition, id, now).flatMap(({ terms, ...stretch }) => {
      const weightBps = terms.contributions.find(({ partner }) => partner === code)?.weight ?? 0n;
      return weightBps > 0n ? [{ ...stretch, weightBps }] : [];
    }),
  );
}

/** The stretches of a promotion by an instant, one for each spell: the first reaches back and the last goes on. */
function stretchesOf(coalition: Coalition, id: string, now: Date): (Stretch & { readonly terms: ClauseOf<'jointPromotion'> })[] {
  const spells = promotionBy(coalition, id, now)?.spells ?? [];
  return spells.map(({ since, terms }, at) => ({
    promotionId: id,
    since: at === 0 ? undefined : since,
    until: spells[at + 1]?.since,
    terms,
  }));
}

/** The stretch in which a promotion gave points at an instant. */
export function stretchAt(coalition: Coalition, id: string, at: Date, now: Date): Stretch {
  return stretchesOf(coalition, id, now).find((stretch) => isWithin(stretch, at)) ?? { promotionId: id };
}

/** Whether what was given at an instant belongs to a stretch. */
export function isWithin({ since, until }: Stretch, at: Date): boolean {
  return (since === undefined || at >= since) && (until === undefined || at < until);
}

/** A name under which what a stretch owes can be kept in a map. */
export const stretchKey = ({ promotionId: id, since }: Stretch): string => `${id} ${since?.toISOString() ?? ''}`;
