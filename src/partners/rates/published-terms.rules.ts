import type { Coalition } from '../coalition.ts';
import { type ClauseOf, clausesOf } from '../contracts/clause.ts';
import { type Rate, rateIfAwake } from '../contracts/clauses/exchange/exchange.rules.ts';
import type { Contract } from '../contracts/contract.rules.ts';
import { versionFor } from '../contracts/grants.rules.ts';
import type { EarnRule } from '../earn-rules/earn-rule.ts';
import { priceOf } from './prices.rules.ts';

/** What anybody may know of a partner: which points it takes, how they are exchanged, how its purchases earn. */

/** An exchange that a partner offers. Its rate, before the spread, is undefined while it is dormant. */
export interface OfferedExchange {
  readonly terms: ClauseOf<'exchange'>;
  readonly rate: Rate | undefined;
}

/** R of a currency at an instant, by its code; undefined without a price. Each currency is looked up once. */
export function worthAt(coalition: Coalition, at: Date): (currency: string) => bigint | undefined {
  const known = new Map<string, bigint | undefined>();
  return (code) => {
    if (!known.has(code)) {
      const currency = coalition.currencyOf(code);
      known.set(code, currency && priceOf(coalition, currency, at)?.terms.redemptionElementMicros);
    }
    return known.get(code);
  };
}

/** Whether a contract lets members burn at an instant. */
export function isOpen(contract: Contract, at: Date): boolean {
  return 'done' in versionFor(contract, 'BURN', at);
}

/** The exchanges that a contract offers at an instant. */
export function exchangesAt(
  contract: Contract | undefined,
  at: Date,
  worth: (currency: string) => bigint | undefined,
): readonly OfferedExchange[] {
  const granted = versionFor(contract, 'BURN', at);
  if ('refused' in granted) return [];
  return clausesOf(granted.done.clauses, 'exchange').map((terms) => ({
    terms,
    rate: rateIfAwake(terms, worth(terms.from), worth(terms.to)),
  }));
}

/** The point currencies that a contract takes at an instant, each with the terms. */
export function acceptancesAt(contract: Contract | undefined, at: Date): ReadonlyMap<string, ClauseOf<'acceptance'>> {
  const granted = versionFor(contract, 'BURN', at);
  if ('refused' in granted) return new Map();
  return new Map(
    clausesOf(granted.done.clauses, 'acceptance').flatMap((clause) => clause.currencies.map((code) => [code, clause] as const)),
  );
}

/** The point currencies that purchases earn under a contract at an instant. */
export function earnedAt(contract: Contract | undefined, at: Date): readonly string[] {
  const granted = versionFor(contract, 'EARN', at);
  return 'refused' in granted ? [] : clausesOf(granted.done.clauses, 'issuance').map(({ currency }) => currency);
}

/** The rules by which purchases at a partner earn at an instant: its own and those of the program, for the currencies that it issues. */
export function earnRulesAt(coalition: Coalition, partnerId: string, at: Date): EarnRule[] {
  const earned = new Set(earnedAt(coalition.contractOf(partnerId), at).map((code) => coalition.currencyOf(code)?.no));
  return coalition.earnRules.filter(
    (rule) =>
      (rule.partnerId === undefined || rule.partnerId === partnerId) &&
      earned.has(rule.currencyNo) &&
      rule.effectiveFrom <= at &&
      (rule.effectiveUntil === undefined || at < rule.effectiveUntil),
  );
}
