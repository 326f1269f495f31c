import { plusMonths } from '../../kernel/instant.ts';
import { done, invalid, type Outcome } from '../../kernel/refusal.ts';
import type { Coalition } from '../coalition.ts';
import type { Partner } from '../partner.ts';
import type { Clause } from './clause.ts';
import type { ClauseFacts } from './clauses/clause-definition.ts';
import { type ProposedClause, readClauses } from './clauses/read-clauses.rules.ts';
import type { ContractForm } from './contract-form.ts';

/** Terms as the operator writes them. */
export interface WrittenTerms {
  readonly effectiveFrom: Date;
  readonly effectiveUntil?: Date | null;
  readonly termMonths?: number | null;
  readonly type?: ContractForm | null;
  readonly clauses: readonly ProposedClause[];
}

/** What a version says. */
export interface Terms {
  readonly type: ContractForm;
  readonly termMonths: number | undefined;
  readonly effectiveFrom: Date;
  readonly agreedUntil: Date | undefined;
  readonly clauses: readonly Clause[];
}

const MAX_TERM_MONTHS = 600;

/** The terms, or the first thing wrong with them. `openSince` is the start of the open clearing cycle, where they may not begin before it. */
export function readTerms(written: WrittenTerms, coalition: Coalition, partner: Partner, openSince?: Date): Outcome<Terms> {
  const { effectiveFrom, effectiveUntil, termMonths } = written;
  if (effectiveUntil && termMonths)
    return invalid('termMonths', 'A version ends at effectiveUntil or after termMonths: one of them is given.');
  if (effectiveUntil && effectiveUntil <= effectiveFrom) return invalid('effectiveUntil', 'A version ends after it starts.');
  if (typeof termMonths === 'number' && (termMonths < 1 || termMonths > MAX_TERM_MONTHS))
    return invalid('termMonths', `A term is 1 to ${MAX_TERM_MONTHS} months.`);
  if (openSince !== undefined && effectiveFrom < openSince) return beforeCycle(openSince);
  const clauses = readClauses(written.clauses, factsOf(coalition, partner.code));
  if ('refused' in clauses) return clauses;
  return done({
    type: written.type ?? 'PARTNERSHIP',
    termMonths: termMonths ?? undefined,
    effectiveFrom,
    agreedUntil: termMonths ? plusMonths(effectiveFrom, termMonths, coalition.program.timeZone) : (effectiveUntil ?? undefined),
    clauses: clauses.done,
  });
}

/** Terms hold from the open clearing cycle on; what is closed is not agreed anew. */
export function beforeCycle(openSince: Date, field = 'effectiveFrom'): Outcome<never> {
  return invalid(field, `A version starts no earlier than the open clearing cycle, ${openSince.toISOString()}.`);
}

function factsOf({ program, partnerOf, partnerById, currencyOf }: Coalition, partner: string): ClauseFacts {
  return {
    settlementCurrency: program.settlementCurrency,
    partner,
    isPartner: (code) => partnerOf(code) !== undefined,
    isPointCurrency: (code) => currencyOf(code) !== undefined,
    issuerOf: (currency) => {
      const issuerId = currencyOf(currency)?.issuerId;
      return issuerId === undefined ? undefined : partnerById(issuerId).code;
    },
  };
}
