import { Field, InputType, Int, ObjectType } from 'type-graphql';
import { enumType } from '../../../../platform/graphql/enum.ts';

export const OutstandingPolicyEnum = enumType(
  'OutstandingPolicy',
  "What becomes of a partner's points that members still have when burning there has ended.",
  {
    HONOUR: 'The remaining partners take them until they expire; the pool backs them.',
    CONVERT: 'They are converted at the mid rate, without spread.',
    BUY_BACK: 'They are paid out at their redemption element.',
    EXPIRE: 'They expire, where the law allows it.',
  },
);

export const TerminationCauseEnum = enumType('TerminationCause', 'Why the operator ends a contract at once.', {
  NON_PAYMENT: 'The partner has not paid what it owes.',
  BREACH: 'The partner has broken the contract.',
  INSOLVENCY: 'The partner is insolvent.',
  CHANGE_OF_CONTROL: 'The partner has come under the control of others.',
});
export type TerminationCause = keyof typeof TerminationCauseEnum;

const description = 'How the contract is ended. All days count from the notice.';

@ObjectType('TerminationClause', { description })
@InputType('TerminationClauseInput', { description })
export class TerminationClauseType {
  @Field(() => Int, { description: 'Days of notice. noticeDays <= earnEndDays <= burnEndDays.' })
  readonly noticeDays!: number;

  @Field(() => Int, { description: 'Days after the notice at which earning stops.' })
  readonly earnEndDays!: number;

  @Field(() => Int, { description: 'Days after the notice at which burning at the partner stops.' })
  readonly burnEndDays!: number;

  @Field(() => Int, { description: 'Months after the end of burning in which late items still settle.' })
  readonly tailMonths!: number;

  @Field(() => OutstandingPolicyEnum, { description: 'What becomes of outstanding points.' })
  readonly outstandingPolicy!: keyof typeof OutstandingPolicyEnum;

  @Field(() => Int, {
    nullable: true,
    defaultValue: 0,
    description: 'Deposit of an issuer that funds on redemption, in bps of outstanding points at their redemption element.',
  })
  readonly depositBps?: number | null;

  @Field(() => String, {
    nullable: true,
    description: 'For CONVERT, and only there: code of the point currency that members receive, of another issuer.',
  })
  readonly convertTo?: string | null;

  @Field(() => Boolean, {
    nullable: true,
    defaultValue: false,
    description: 'Whether the law allows points to expire with the contract; EXPIRE needs it.',
  })
  readonly expiryAllowed?: boolean | null;

  @Field(() => [TerminationCauseEnum], {
    nullable: true,
    defaultValue: Object.values(TerminationCauseEnum),
    description: 'For what the operator may end it with immediate suspension.',
  })
  readonly causes?: readonly TerminationCause[] | null;
}
