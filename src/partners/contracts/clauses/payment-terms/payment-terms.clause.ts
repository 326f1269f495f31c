import { z } from 'zod';
import { defineClause } from '../clause-definition.ts';
import { amount, bps, days } from '../parameters.ts';
import { foreignMoney } from '../problems.rules.ts';
import { PaymentTermsClauseInput, PaymentTermsClauseType } from './payment-terms.types.ts';

export const paymentTerms = defineClause({
  kind: 'paymentTerms',
  description: 'When statements are paid and disputed.',
  input: PaymentTermsClauseInput,
  output: PaymentTermsClauseType,
  parameters: z.object({
    netDays: days,
    lateInterestBpsPerDay: bps.default(0),
    carryForwardThreshold: amount.optional(),
    disputeWindowDays: days,
  }),
  uniqueBy: () => ['paymentTerms'],
  check: (clause, facts) => foreignMoney(facts, 'carryForwardThreshold', clause.carryForwardThreshold),
});
