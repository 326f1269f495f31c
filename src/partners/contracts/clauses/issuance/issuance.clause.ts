import { z } from 'zod';
import { defineClause } from '../clause-definition.ts';
import { amount, bps, code, micros, points } from '../parameters.ts';
import { foreignMoney, problemIf, tooMuchOwed, unknownCurrencies } from '../problems.rules.ts';
import { BillingEnum, FundingModelEnum, IssuanceClauseInput, IssuanceClauseType } from './issuance.types.ts';

export const issuance = defineClause({
  kind: 'issuance',
  description: 'The right to issue points of one currency, and what a point costs.',
  input: IssuanceClauseInput,
  output: IssuanceClauseType,
  parameters: z.object({
    currency: code,
    redemptionElementMicros: micros,
    serviceElementMicros: micros,
    fundingModel: z.enum(FundingModelEnum).default('ON_ISSUANCE'),
    issueShareBps: bps.optional(),
    chargeOnExpiry: z.boolean().default(false),
    billing: z.enum(BillingEnum).default('POSTPAID'),
    creditLimit: amount.optional(),
    capPerCycle: points.optional(),
    minCommitmentPoints: points.optional(),
  }),
  uniqueBy: (clause) => [clause.currency],
  check: (clause, facts) => [
    ...unknownCurrencies(facts, 'currency', [clause.currency]),
    ...problemIf(
      clause.fundingModel === 'HYBRID' && clause.issueShareBps === undefined,
      'issueShareBps',
      'HYBRID funding needs the share paid at issuance.',
    ),
    ...problemIf(
      clause.fundingModel !== 'HYBRID' && clause.issueShareBps !== undefined,
      'issueShareBps',
      'Only HYBRID funding has a share paid at issuance.',
    ),
    ...problemIf(
      clause.billing === 'PREPAID' && clause.fundingModel !== 'ON_ISSUANCE',
      'billing',
      'PREPAID billing needs ON_ISSUANCE funding.',
    ),
    ...foreignMoney(facts, 'creditLimit', clause.creditLimit),
    ...tooMuchOwed(
      'minCommitmentPoints',
      (clause.minCommitmentPoints ?? 0n) * (clause.redemptionElementMicros + clause.serviceElementMicros),
    ),
  ],
});
