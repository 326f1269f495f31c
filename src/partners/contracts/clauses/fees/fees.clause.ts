import { z } from 'zod';
import { defineClause } from '../clause-definition.ts';
import { amount } from '../parameters.ts';
import { badMoneyOwed, problemIf } from '../problems.rules.ts';
import { FeesClauseInput, FeesClauseType } from './fees.types.ts';

const hours = 'Hours are between 0 and 8784.';

export const fees = defineClause({
  kind: 'fees',
  description: 'What the partner pays for late reports and for the platform.',
  input: FeesClauseInput,
  output: FeesClauseType,
  parameters: z.object({
    lateSubmissionHours: z.int({ error: hours }).min(0, hours).max(8_784, hours).optional(),
    lateSubmissionFee: amount.optional(),
    platformFeePerCycle: amount.optional(),
  }),
  uniqueBy: () => ['fees'],
  check: (clause, facts) => [
    ...problemIf(
      clause.lateSubmissionHours !== undefined && clause.lateSubmissionFee === undefined,
      'lateSubmissionFee',
      'Hours after which a report is late come with a fee.',
    ),
    ...problemIf(
      clause.lateSubmissionHours === undefined && clause.lateSubmissionFee !== undefined,
      'lateSubmissionHours',
      'A fee for late reports comes with the hours after which a report is late.',
    ),
    ...problemIf(
      clause.lateSubmissionFee === undefined && clause.platformFeePerCycle === undefined,
      'platformFeePerCycle',
      'At least one fee is agreed.',
    ),
    ...badMoneyOwed(facts, 'lateSubmissionFee', clause.lateSubmissionFee),
    ...badMoneyOwed(facts, 'platformFeePerCycle', clause.platformFeePerCycle),
  ],
});
