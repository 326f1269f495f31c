import { z } from 'zod';
import { defineClause } from '../clause-definition.ts';
import { amount, bps } from '../parameters.ts';
import { badMoneyOwed, foreignMoney, problemIf } from '../problems.rules.ts';
import { RevenueShareClauseInput, RevenueShareClauseType, ShareBasisEnum, SharePartyEnum } from './revenue-share.types.ts';

export const revenueShare = defineClause({
  kind: 'revenueShare',
  description: 'A share of its sales that the partner pays to another party.',
  input: RevenueShareClauseInput,
  output: RevenueShareClauseType,
  parameters: z.object({
    basis: z.enum(ShareBasisEnum),
    bps,
    payee: z.enum(SharePartyEnum),
    cap: amount.optional(),
    floor: amount.optional(),
  }),
  uniqueBy: (clause) => [`${clause.basis} to ${clause.payee}`],
  check: (clause, facts) => [
    ...foreignMoney(facts, 'cap', clause.cap),
    ...badMoneyOwed(facts, 'floor', clause.floor),
    ...problemIf(
      clause.payee === 'ISSUER' && clause.basis !== 'POINTS_VALUE',
      'payee',
      'Only points that are burned have an issuer to share with: ISSUER goes with POINTS_VALUE.',
    ),
    ...problemIf(
      clause.cap !== undefined && clause.floor !== undefined && clause.floor.minor > clause.cap.minor,
      'floor',
      'The floor is at most the cap.',
    ),
  ],
});
