import { z } from 'zod';
import { defineClause } from '../clause-definition.ts';
import { bps } from '../parameters.ts';
import { sharesNotWhole } from '../problems.rules.ts';
import { BreakageClauseType } from './breakage.types.ts';

export const breakage = defineClause({
  kind: 'breakage',
  description: "How the pool's money for expired points is divided.",
  input: BreakageClauseType,
  output: BreakageClauseType,
  parameters: z.object({ issuerBps: bps, operatorBps: bps, commonFundBps: bps.default(0) }),
  uniqueBy: () => ['breakage'],
  check: (clause) => sharesNotWhole('issuerBps', [clause.issuerBps, clause.operatorBps, clause.commonFundBps]),
});
