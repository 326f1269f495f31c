import { z } from 'zod';
import { defineClause } from '../clause-definition.ts';
import { categoryName } from './exclusivity.rules.ts';
import { ExclusivityClauseType } from './exclusivity.types.ts';

export const exclusivity = defineClause({
  kind: 'exclusivity',
  description: 'No other partner of the category.',
  input: ExclusivityClauseType,
  output: ExclusivityClauseType,
  parameters: z.object({
    category: z.string().trim().min(1, 'A category is needed.').max(64, 'A category has at most 64 characters.'),
  }),
  uniqueBy: (clause) => [categoryName(clause.category)],
  check: () => [],
});
