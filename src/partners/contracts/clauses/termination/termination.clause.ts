import { z } from 'zod';
import { defineClause } from '../clause-definition.ts';
import { bps, days, months } from '../parameters.ts';
import { problemIf } from '../problems.rules.ts';
import { OutstandingPolicyEnum, TerminationClauseType } from './termination.types.ts';

export const termination = defineClause({
  kind: 'termination',
  description: 'How the contract is ended.',
  input: TerminationClauseType,
  output: TerminationClauseType,
  parameters: z.object({
    noticeDays: days,
    earnEndDays: days,
    burnEndDays: days,
    tailMonths: months,
    outstandingPolicy: z.enum(OutstandingPolicyEnum),
    depositBps: bps.default(0),
  }),
  uniqueBy: () => ['termination'],
  check: (clause) => [
    ...problemIf(
      clause.noticeDays > clause.earnEndDays,
      'earnEndDays',
      'Earning does not end before the notice has run: noticeDays <= earnEndDays.',
    ),
    ...problemIf(
      clause.earnEndDays > clause.burnEndDays,
      'burnEndDays',
      'Burning does not end before earning: earnEndDays <= burnEndDays.',
    ),
  ],
});
