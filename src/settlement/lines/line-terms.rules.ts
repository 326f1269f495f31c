import type { Share as Weight } from '../../kernel/split.ts';
import type { Coalition } from '../../partners/coalition.ts';
import type { ClauseOf } from '../../partners/contracts/clause.ts';
import { breakageShares } from '../../partners/contracts/clauses/breakage/breakage.rules.ts';
import { promotionBy } from '../../partners/contracts/clauses/joint-promotion/funded-shares.rules.ts';
import { lastClausesBy } from '../../partners/contracts/contract.rules.ts';
import { beginsOf, type Spell, spellsOf } from '../../partners/contracts/spells.rules.ts';
import { clauseSaidBy } from '../../partners/contracts/versions-begun.rules.ts';
import type { PointCurrency } from '../../partners/currencies/point-currency.ts';
import { offererOf } from '../../partners/rates/exchange-offer.rules.ts';
import { type PriceBook, priceOf } from '../../partners/rates/prices.rules.ts';
import { OPERATOR } from './cycle-line.ts';

type Currency = Pick<PointCurrency, 'code' | 'issuerId'>;
type Acceptance = ClauseOf<'acceptance'>;

/** Weights as one name: equal where an amount is divided in the same way. */
export const weightsName = (weights: readonly Weight[]): string => weights.map(({ name, weight }) => `${name}:${weight}`).join(' ');

/** What an acceptance clause says of the fee, as one name. */
export const feeName = ({ handlingFeeBps }: Acceptance): string => String(handlingFeeBps);

/** The instants by now at which what is said of some currencies may have changed: where all may offer one, any contract. */
function begins({ contracts }: Coalition, currencies: readonly Currency[], now: Date): Date[] {
  const issuers = currencies.map(({ issuerId }) => issuerId);
  const speaking = issuers.includes(undefined) ? contracts : contracts.filter(({ partnerId }) => issuers.includes(partnerId));
  return beginsOf(speaking).filter((begin) => begin <= now);
}

/** The fee that was kept of a partner's reimbursements, as time went by. */
export function feeTerms({ contracts }: Coalition, partnerId: string, now: Date): Spell<Acceptance>[] {
  const own = contracts.filter((contract) => contract.partnerId === partnerId);
  const known = beginsOf(own).filter((begin) => begin <= now);
  return spellsOf(known, (at) => clauseSaidBy(own, partnerId, 'acceptance', at), feeName);
}

/** By which weights a promotion was paid for, as time went by. */
export function promotionTerms(coalition: Coalition, id: string, now: Date): Spell<readonly Weight[]>[] {
  const spells = promotionBy(coalition, id, now)?.spells ?? [];
  return spells.map(({ since, terms }) => ({
    since,
    terms: terms.contributions.map(({ partner, weight }) => ({ name: partner, weight })),
  }));
}

/** Code of the partner that stands for a currency: its issuer; of a currency of the coalition, the one whose price holds. */
function issuerOf(coalition: Coalition, currency: Currency, at: Date): string {
  const issuer = currency.issuerId ?? priceOf(coalition, currency, at)?.contract.partnerId;
  return issuer === undefined ? OPERATOR : coalition.partnerById(issuer).code;
}

/** By which weights the spread of a pair was divided, as time went by: as the contract said under which the points were exchanged. */
export function spreadTerms(coalition: Coalition, from: Currency, to: Currency, now: Date): Spell<readonly Weight[]>[] {
  const termsAt = (at: Date): readonly Weight[] | undefined => {
    const contract = offererOf(bookAt(coalition, at), from, to.code, at);
    const clause = lastClausesBy(contract, 'exchange', at).find((one) => one.from === from.code && one.to === to.code);
    if (contract === undefined || clause === undefined) return undefined;
    return [
      { name: OPERATOR, weight: BigInt(clause.operatorShareBps) },
      { name: coalition.partnerById(contract.partnerId).code, weight: BigInt(clause.sourceShareBps) },
      { name: issuerOf(coalition, to, at), weight: BigInt(clause.destinationShareBps) },
    ];
  };
  return spellsOf(begins(coalition, [from, to], now), termsAt, weightsName);
}

/** Contracts as they stood at an instant: one that was suspended later was not suspended then. */
function bookAt({ partners, contracts }: Coalition, at: Date): PriceBook {
  const stood = contracts.map((one) => (one.suspendedAt !== undefined && one.suspendedAt > at ? { ...one, suspendedAt: undefined } : one));
  return { partners, contracts: stood };
}

/** By which weights the money of an issuer's expired points was divided, as time went by: a version without a clause leaves all of it to the operator. */
export function breakageTerms(coalition: Coalition, issuerId: string, now: Date): Spell<readonly Weight[]>[] {
  const { code } = coalition.partnerById(issuerId);
  const own = coalition.contracts.filter(({ partnerId }) => partnerId === issuerId);
  const termsAt = (at: Date): readonly Weight[] => {
    const [clause] = lastClausesBy(coalition.contractAt(issuerId, at), 'breakage', at);
    return breakageShares(clause, code, OPERATOR);
  };
  return spellsOf(
    beginsOf(own).filter((begin) => begin <= now),
    termsAt,
    weightsName,
  );
}
