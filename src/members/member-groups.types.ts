import { Field, Int, ObjectType } from 'type-graphql';
import { enumType } from '../platform/graphql/enum.ts';
import type { GroupedBy } from './member-groups.queries.ts';

export const MemberGroupKeyEnum = enumType<GroupedBy>('MemberGroupKey', 'What members of a group have in common.', {
  HOME_PARTNER: 'The partner through which they joined.',
  TIER: 'The tier.',
  STATUS: 'The status.',
});

@ObjectType('MemberGroup', { description: 'Members who have something in common, counted.' })
export class MemberGroupType {
  @Field(() => String, { nullable: true, description: 'Code of the partner or tier, or the status; null for those who have none.' })
  readonly key!: string | null;

  @Field(() => Int, { description: 'How many members.' })
  readonly members!: number;
}
