import { z } from 'zod';
import { defineClause } from '../clause-definition.ts';
import { bps, code, days, micros, points, someOf } from '../parameters.ts';
import { problemIf, unknownCurrencies, unknownPartners } from '../problems.rules.ts';
import { AcceptanceClauseType } from './acceptance.types.ts';

export const acceptance = defineClause({
  kind: 'acceptance',
  description: 'The right to take points as payment.',
  input: AcceptanceClauseType,
  output: AcceptanceClauseType,
  parameters: z.object({
    currencies: someOf(code),
    reimbursementMicros: micros.optional(),
    handlingFeeBps: bps.default(0),
    minPoints: points.optional(),
    maxTenderShareBps: bps.optional(),
    perMemberDayPoints: points.optional(),
    excludedIssuers: z.array(code).optional(),
    allowSelfRedemption: z.boolean().default(true),
    noticeDays: days.default(30),
  }),
  uniqueBy: (clause) => clause.currencies,
  check: (clause, facts) => [
    ...unknownCurrencies(facts, 'currencies', clause.currencies),
    ...unknownPartners(facts, 'excludedIssuers', clause.excludedIssuers ?? []),
    ...problemIf(
      facts.handlingFeesBps.length > 1,
      'handlingFeeBps',
      'The fee is taken from the reimbursement of all currencies together: all acceptance clauses of a version agree on it.',
    ),
  ],
});
