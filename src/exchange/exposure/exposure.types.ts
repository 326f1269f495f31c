import { Field, Int, ObjectType } from 'type-graphql';
import { minorOfMicros } from '../../kernel/money.ts';
import { MoneyType } from '../../platform/graphql/common.types.ts';
import type { Exposure } from './exposure.rules.ts';

@ObjectType('Exposure', { description: 'What a partner owes, unpaid and in the open cycle, against its credit limit.' })
export class ExposureType {
  @Field(() => MoneyType, {
    description: 'What it owes now, pending accruals and its share of joint promotions included, reimbursements taken off; never negative.',
  })
  readonly used!: MoneyType;

  @Field(() => MoneyType, { nullable: true, description: 'The most it may owe; null when nothing limits it.' })
  readonly limit?: MoneyType | undefined;

  @Field(() => Int, { nullable: true, description: 'Used as a share of the limit in basis points, floored; null without a limit.' })
  readonly utilisationBps?: number | undefined;
}

export function toExposure(exposure: Exposure, currency: string): ExposureType {
  return {
    used: { minor: minorOfMicros(exposure.usedMicros, currency), currency },
    limit: exposure.limitMinor === undefined ? undefined : { minor: exposure.limitMinor, currency },
    utilisationBps: exposure.utilisationBps,
  };
}
