import { z } from 'zod';
import { defineClause } from '../clause-definition.ts';
import { amount, code, partnerWeight } from '../parameters.ts';
import { badMoneyOwed, badWeights, problemIf, sharesNotWhole } from '../problems.rules.ts';
import { CostAllocationClauseInput, CostAllocationClauseType, CostBasisEnum } from './cost-allocation.types.ts';

export const costAllocation = defineClause({
  kind: 'costAllocation',
  description: 'A part in a common budget.',
  input: CostAllocationClauseInput,
  output: CostAllocationClauseType,
  parameters: z.object({ code, budget: amount, basis: z.enum(CostBasisEnum), weights: z.array(partnerWeight).optional() }),
  uniqueBy: (clause) => [clause.code],
  check: (clause, facts) => [
    ...badMoneyOwed(facts, 'budget', clause.budget),
    ...badWeights(facts, 'weights', clause.weights ?? []),
    ...problemIf(clause.basis !== 'FIXED_BPS' && clause.weights !== undefined, 'weights', 'Only FIXED_BPS is divided by agreed weights.'),
    ...(clause.basis === 'FIXED_BPS'
      ? sharesNotWhole(
          'weights',
          (clause.weights ?? []).map((share) => Number(share.weight)),
        )
      : []),
  ],
});
