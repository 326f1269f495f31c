import { z } from 'zod';
import { defineClause, type Problem, type VersionFacts } from '../clause-definition.ts';
import { bps, code, days, points, ratio, seconds, somePoints } from '../parameters.ts';
import { problemIf, sharesNotWhole, unknownCurrencies } from '../problems.rules.ts';
import { ExchangeClauseType } from './exchange.types.ts';

export const exchange = defineClause({
  kind: 'exchange',
  description: 'The right of members to exchange points of one currency for another.',
  input: ExchangeClauseType,
  output: ExchangeClauseType,
  parameters: z.object({
    from: code,
    to: code,
    spreadBps: bps,
    feePoints: points.default(0n),
    rate: ratio.optional(),
    minPoints: points.optional(),
    increment: somePoints.optional(),
    maxPerTxPoints: points.optional(),
    perMemberDayPoints: points.optional(),
    perMemberMonthPoints: points.optional(),
    perMemberYearPoints: points.optional(),
    capPerCycle: points.optional(),
    quoteTtlSeconds: seconds.default(300),
    noticeDays: days.default(30),
    operatorShareBps: bps,
    sourceShareBps: bps,
    destinationShareBps: bps,
  }),
  uniqueBy: (clause) => [`${clause.from} to ${clause.to}`],
  check: (clause, facts) => [
    ...unknownCurrencies(facts, 'from', [clause.from]),
    ...unknownCurrencies(facts, 'to', [clause.to]),
    ...notTheirs(facts, clause.from),
    ...problemIf(clause.from === clause.to, 'to', 'An exchange is between two currencies.'),
    ...sharesNotWhole('operatorShareBps', [clause.operatorShareBps, clause.sourceShareBps, clause.destinationShareBps]),
  ],
});

/** A rate is promised by the one who owes the points: their issuer or, of a currency of the coalition, one that may issue it. */
function notTheirs(facts: VersionFacts, from: string): Problem[] {
  const issuer = facts.issuerOf(from);
  if (issuer === undefined)
    return problemIf(!facts.issues(from), 'from', `Only a version with an issuance clause for ${from} exchanges it for others.`);
  return problemIf(issuer !== facts.partner, 'from', `An exchange of ${from} stands in the contract of its issuer, ${issuer}.`);
}
