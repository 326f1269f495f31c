import { v5 } from 'uuid';
import { BPS } from '../../../../kernel/ratio.ts';
import { done, type Outcome, refused } from '../../../../kernel/refusal.ts';
import type { Coalition } from '../../../coalition.ts';
import { type ClauseOf, clausesOf } from '../../clause.ts';
import { type Contract, type ContractVersion, versionInForce } from '../../contract.rules.ts';
import { versionFor } from '../../grants.rules.ts';
import { versionsBegunBy } from '../../versions-begun.rules.ts';

type PromotionTerms = ClauseOf<'jointPromotion'>;

const NAMESPACE = '8f6d3a52-5d0c-4f3e-9a1b-6c2e7b90d1f4';

/** The id under which the book knows a promotion: it follows from its code alone, whoever's contract is read first. */
export function promotionId(code: string): string {
  return v5(code, NAMESPACE);
}

/** The share of what a promotion owes, in micros rounded up: together the shares are never less than the whole. */
export function shareMicros(owedMicros: bigint, weightBps: bigint): bigint {
  return owedMicros <= 0n ? 0n : (owedMicros * weightBps + BPS - 1n) / BPS;
}

/** Codes of the partners that pay for a promotion. */
export function fundersOf(terms: Pick<PromotionTerms, 'contributions'>): string[] {
  return terms.contributions.filter(({ weight }) => weight > 0n).map(({ partner }) => partner);
}

/** The funders and their weights as one name: equal where a promotion is paid for in the same way. */
export function contributionsOf(terms: Pick<PromotionTerms, 'contributions'>): string {
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
  if (missing.length === 0) {
    const agreed = agreedContributions(coalition, code, at);
    if (agreed === undefined || sayTheSame(own, agreed)) return done(own);
    return refused('CLAUSE_NOT_GRANTED', `Other partners have agreed on a promotion ${code}.`, { field: ['promotion'] });
  }
  return refused('CLAUSE_NOT_GRANTED', `Not all funders of ${code} have signed it in equal terms: ${missing.join(', ')}.`, {
    field: ['promotion'],
  });
}

function termsOf(coalition: Coalition, partnerId: string | undefined, code: string, at: Date): PromotionTerms | undefined {
  const version = partnerId === undefined ? undefined : versionFor(coalition.contractAt(partnerId, at), 'EARN', at);
  if (version === undefined || 'refused' in version) return undefined;
  return clausesOf(version.done.clauses, 'jointPromotion').find(({ promotion }) => promotion === code);
}

/** What a contract says of a promotion, and since when. */
interface Said {
  readonly partner: string;
  readonly terms: PromotionTerms;
  readonly since: Date;
}

/**
 * The terms of a promotion by which its cost is divided: those that its funders say equally at an instant; where they do not any more, the
 * last that all of them had said equally by then. So no funder alone can change what another pays, nor drop what was given. Where two
 * groups of partners use one code, it is that of the lowest partner code. Undefined when there never were such terms.
 */
export function agreedContributions(coalition: Coalition, code: string, at: Date): PromotionTerms | undefined {
  const contracts = contractsNaming(coalition, code);
  const partners = [...new Set(contracts.map(({ partnerId }) => coalition.partnerById(partnerId)))].toSorted((a, b) =>
    a.code < b.code ? -1 : 1,
  );
  const inForce = partners.flatMap((partner): Said[] => {
    const contract = coalition.contractAt(partner.id, at);
    const version = contract && versionInForce(contract, at);
    return version === undefined ? [] : saidIn(version, partner.code, code);
  });
  const [agreed] = inForce.filter(({ terms }) => agreedSince(inForce, terms) !== undefined);
  if (agreed !== undefined) return agreed.terms;
  const ever = partners.flatMap((partner) =>
    versionsBegunBy(contracts, partner.id, at).flatMap((version) => saidIn(version, partner.code, code)),
  );
  let last: { readonly terms: PromotionTerms; readonly since: number } | undefined;
  for (const { terms } of ever) {
    const since = agreedSince(ever, terms);
    if (since !== undefined && (last === undefined || since > last.since)) last = { terms, since };
  }
  return last?.terms;
}

/** All contracts of the partners that have ever signed a promotion. */
export function contractsNaming({ contracts }: Pick<Coalition, 'contracts'>, code: string): Contract[] {
  const naming = new Set(
    contracts.flatMap(({ partnerId, versions }) =>
      versions.some(
        ({ operatorSignedAt, clauses }) =>
          operatorSignedAt !== undefined && clausesOf(clauses, 'jointPromotion').some(({ promotion }) => promotion === code),
      )
        ? [partnerId]
        : [],
    ),
  );
  return contracts.filter(({ partnerId }) => naming.has(partnerId));
}

function saidIn(version: Pick<ContractVersion, 'clauses' | 'effectiveFrom'>, partner: string, code: string): Said[] {
  return clausesOf(version.clauses, 'jointPromotion')
    .filter(({ promotion }) => promotion === code)
    .map((terms) => ({ partner, terms, since: version.effectiveFrom }));
}

/** The latest instant at which one of its funders began to say the terms, of the one who did first; undefined when one of them never has. */
function agreedSince(said: readonly Said[], terms: PromotionTerms): number | undefined {
  const begins = fundersOf(terms).map((funder) =>
    said
      .filter(({ partner, terms: other }) => partner === funder && sayTheSame(terms, other))
      .reduce<number | undefined>((latest, { since }) => Math.max(latest ?? Number.NEGATIVE_INFINITY, since.getTime()), undefined),
  );
  return begins.some((begin) => begin === undefined) ? undefined : Math.min(...begins.flatMap((begin) => begin ?? []));
}
