import { z } from 'zod';
import { defineClause } from '../clause-definition.ts';
import { code } from '../parameters.ts';
import { unknownPartners } from '../problems.rules.ts';
import { OPERATOR } from './responsibility.rules.ts';
import { ResponsibilityClauseType, ResponsibilityTaskEnum } from './responsibility.types.ts';

export const responsibility = defineClause({
  kind: 'responsibility',
  description: "Who answers for a task about the partner's transactions.",
  input: ResponsibilityClauseType,
  output: ResponsibilityClauseType,
  parameters: z.object({ task: z.enum(ResponsibilityTaskEnum), party: code }),
  uniqueBy: (clause) => [clause.task],
  check: (clause, facts) => (clause.party === OPERATOR ? [] : unknownPartners(facts, 'party', [clause.party])),
});
