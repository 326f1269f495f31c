import { z } from 'zod';
import { defineClause } from '../clause-definition.ts';
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
    perMemberDayPoints: points.optional(),
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
    ...problemIf(clause.from === clause.to, 'to', 'An exchange is between two currencies.'),
    ...sharesNotWhole('operatorShareBps', [clause.operatorShareBps, clause.sourceShareBps, clause.destinationShareBps]),
  ],
});
