import { z } from 'zod';
import { textUpTo } from '../../../text.ts';
import { defineClause } from '../clause-definition.ts';
import { categoryName } from './exclusivity.rules.ts';
import { ExclusivityClauseType } from './exclusivity.types.ts';

export const exclusivity = defineClause({
  kind: 'exclusivity',
  description: 'No other partner of the category.',
  input: ExclusivityClauseType,
  output: ExclusivityClauseType,
  parameters: z.object({
    category: textUpTo(64, 'A category').min(1, 'A category is needed.'),
  }),
  uniqueBy: (clause) => [categoryName(clause.category)],
  check: () => [],
});
