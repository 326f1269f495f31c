import { v5 } from 'uuid';
import { BPS } from '../../../../kernel/ratio.ts';
import { done, type Outcome, refused } from '../../../../kernel/refusal.ts';
import type { Coalition } from '../../../coalition.ts';
import { type ClauseOf, clausesOf } from '../../clause.ts';
import { versionFor } from '../../grants.rules.ts';

type PromotionTerms = ClauseOf<'jointPromotion'>;

const NAMESPACE = '8f6d3a52-5d0c-4f3e-9a1b-6c2e7b90d1f4';

/** The id under which the book knows a promotion: it follows from its code alone, whoever's contract is read first. */
export function promotionId(code: string): string {
  return v5(code, NAMESPACE);
}

/** A partner's part in the cost of a promotion. */
export interface FundedShare {
  readonly promotionId: string;
  readonly weightBps: bigint;
}

/** The share of what a promotion owes, in micros rounded up: together the shares are never less than the whole. */
export function shareMicros(owedMicros: bigint, weightBps: bigint): bigint {
  return owedMicros <= 0n ? 0n : (owedMicros * weightBps + BPS - 1n) / BPS;
}

/** Codes of the partners that pay for a promotion. */
export function fundersOf(terms: Pick<PromotionTerms, 'contributions'>): string[] {
  return terms.contributions.filter(({ weight }) => weight > 0n).map(({ partner }) => partner);
}

function contributionsOf(terms: PromotionTerms): string {
  return terms.contributions
    .filter(({ weight }) => weight > 0n)
    .map(({ partner, weight }) => `${partner}:${weight}`)
    .sort()
    .join(' ');
}

/** Whether two contracts say the same of a promotion. The order of the funders does not matter. */
export function sayTheSame(one: PromotionTerms, other: PromotionTerms): boolean {
  return (
    contributionsOf(one) === contributionsOf(other) &&
    one.budgetPoints === other.budgetPoints &&
    one.from.getTime() === other.from.getTime() &&
    one.until.getTime() === other.until.getTime()
  );
}

/** The promotion that an accrual names, when it runs at that instant and all its funders have agreed to it in equal words. */
export function promotionFor(coalition: Coalition, partnerId: string, code: string, at: Date): Outcome<PromotionTerms> {
  const own = termsOf(coalition, partnerId, code, at);
  if (own === undefined || at < own.from || at >= own.until) {
    return refused('CLAUSE_NOT_GRANTED', `No joint promotion ${code} is in force for this partner.`, { field: ['promotion'] });
  }
  const missing = fundersOf(own).filter((funder) => {
    const terms = termsOf(coalition, coalition.partnerOf(funder)?.id, code, at);
    return terms === undefined || !sayTheSame(own, terms);
  });
  if (missing.length === 0) return done(own);
  return refused('CLAUSE_NOT_GRANTED', `Not all funders of ${code} have signed it in equal terms: ${missing.join(', ')}.`, {
    field: ['promotion'],
  });
}

function termsOf(coalition: Coalition, partnerId: string | undefined, code: string, at: Date): PromotionTerms | undefined {
  const version = partnerId === undefined ? undefined : versionFor(coalition.contractAt(partnerId, at), 'EARN', at);
  if (version === undefined || 'refused' in version) return undefined;
  return clausesOf(version.done.clauses, 'jointPromotion').find(({ promotion }) => promotion === code);
}

/**
 * The promotions that a partner has paid for by an instant, at the weight agreed last: what they owe counts in its exposure also after
 * they are over.
 */
export function fundedBy(coalition: Coalition, partnerId: string, at: Date): FundedShare[] {
  const { code } = coalition.partnerById(partnerId);
  const shares = new Map<string, FundedShare>();
  const versions = coalition.contracts
    .filter((contract) => contract.partnerId === partnerId)
    .flatMap((contract) => contract.versions)
    .filter(({ operatorSignedAt, effectiveFrom }) => operatorSignedAt !== undefined && effectiveFrom <= at)
    .toSorted((a, b) => b.effectiveFrom.getTime() - a.effectiveFrom.getTime() || b.number - a.number);
  for (const { clauses } of versions) {
    for (const terms of clausesOf(clauses, 'jointPromotion')) {
      const weightBps = terms.contributions.find(({ partner }) => partner === code)?.weight ?? 0n;
      const id = promotionId(terms.promotion);
      if (!shares.has(id)) shares.set(id, { promotionId: id, weightBps });
    }
  }
  return [...shares.values()].filter(({ weightBps }) => weightBps > 0n);
}
