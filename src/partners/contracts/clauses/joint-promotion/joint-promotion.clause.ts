import { z } from 'zod';
import { defineClause } from '../clause-definition.ts';
import { code, instant, partnerWeight, points } from '../parameters.ts';
import { badWeights, problemIf, sharesNotWhole } from '../problems.rules.ts';
import { JointPromotionClauseType } from './joint-promotion.types.ts';

export const jointPromotion = defineClause({
  kind: 'jointPromotion',
  description: 'A promotion that several partners fund together.',
  input: JointPromotionClauseType,
  output: JointPromotionClauseType,
  parameters: z.object({
    promotion: code,
    contributions: z.array(partnerWeight).min(1, 'A promotion has a funder.'),
    budgetPoints: points.optional(),
    from: instant,
    until: instant,
  }),
  uniqueBy: (clause) => [clause.promotion],
  check: (clause, facts) => [
    ...badWeights(facts, 'contributions', clause.contributions),
    ...sharesNotWhole(
      'contributions',
      clause.contributions.map((share) => Number(share.weight)),
    ),
    ...problemIf(clause.until <= clause.from, 'until', 'A promotion ends after it begins.'),
  ],
});
