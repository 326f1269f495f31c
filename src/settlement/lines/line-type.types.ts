import { enumType } from '../../platform/graphql/enum.ts';
import type { LineType } from './cycle-line.ts';

export const LineTypeEnum = enumType<LineType>('StatementLineType', 'What a line of a statement is about.', {
  FUNDING: 'What a partner pays for points that it issues, net of reversals: one for each point currency.',
  JOINT_PROMOTION: 'Its part in the points of a promotion that several fund: one for each promotion.',
  REIMBURSEMENT: 'What it receives for points that were burned there, net of refunds, over all currencies.',
  HANDLING_FEE: 'What the operator keeps of the rounded reimbursement.',
  EXCHANGE_SPREAD: 'Its part in the spread of exchanges: one for each pair of currencies and direction.',
  BREAKAGE: 'Its part in the money of points that expired: one for each point currency.',
  REVENUE_SHARE: 'A share of sales, or of the value or price of points: one for each payer and payee.',
  COST_ALLOCATION: 'Its part in a common budget: one for each budget.',
  ADJUSTMENT: 'A correction of a line of an earlier cycle: one for each resolved dispute.',
  LATE_INTEREST: 'Interest on an earlier payment that was late.',
  FEE: 'A fee for the platform, for late reports or for exchanging points.',
  TRUE_UP: 'Points that it had agreed to pay for in each cycle and did not: one for each point currency.',
  CARRIED_FORWARD: 'An earlier amount that was too small to be paid.',
  DEPOSIT: 'Security for points that it funds when they are burned, paid or returned.',
  REPRICING: 'What a change of the redemption element costs or releases for outstanding points.',
  BUY_BACK: 'Points that were bought back from members.',
});
