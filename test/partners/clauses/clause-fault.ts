import type { ClauseFacts } from '../../../src/partners/contracts/clauses/clause-definition.ts';
import { readClauses } from '../../../src/partners/contracts/clauses/read-clauses.rules.ts';

const facts: ClauseFacts = {
  settlementCurrency: 'CNY',
  partner: 'A',
  isPartner: (code) => ['A', 'B'].includes(code),
  isPointCurrency: () => false,
  issuerOf: () => undefined,
};

/** What comes of clauses of one kind beside a scope clause: the path of what is refused first, or nothing when all are accepted. */
export function faultOf(kind: string, ...clauses: readonly object[]): string | undefined {
  const outcome = readClauses([{ scope: { roles: ['ISSUER'] } }, ...clauses.map((parameters) => ({ [kind]: parameters }))], facts);
  return 'refused' in outcome ? outcome.refused.field?.join('.') : undefined;
}
