import { Field, InputType, Int, ObjectType } from 'type-graphql';
import { enumType } from '../../../../platform/graphql/enum.ts';
import type { ConsentPurpose } from '../../../consent-purpose.ts';
import { ConsentPurposeEnum } from '../../../consent-purpose.types.ts';

export const MemberDataFieldEnum = enumType('MemberDataField', "A part of a member's data that a partner may read.", {
  DISPLAY_NAME: 'The name in full; a mask otherwise.',
  CONTACT: 'Phone number and email address in full; masks otherwise.',
  TIER: 'The tier; every partner reads it.',
  BALANCES: 'The balances in all currencies; every partner reads them.',
  ACTIVITY: "What happened to the member's points at other partners, too.",
});

const description =
  'What the partner reads of members beyond what every partner does, of those who consent to DATA_SHARING and to all purposes named here. Without it, masks.';

@ObjectType('DataSharingClause', { description })
@InputType('DataSharingClauseInput', { description })
export class DataSharingClauseType {
  @Field(() => [MemberDataFieldEnum], { description: 'What it reads.' })
  readonly fields!: readonly (keyof typeof MemberDataFieldEnum)[];

  @Field(() => [ConsentPurposeEnum], { description: 'What it uses that for: the member must have consented to each.' })
  readonly purposes!: readonly ConsentPurpose[];

  @Field(() => Int, {
    nullable: true,
    defaultValue: 5,
    description: 'Counts of fewer members than this are not shown to the partner: 1 to 1,000.',
  })
  readonly minimumGroupSize?: number | null;
}
