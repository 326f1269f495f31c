import { Field, InputType, ObjectType } from 'type-graphql';
import type { Channel } from '../../../channel.ts';
import { ChannelEnum } from '../../../channel.types.ts';
import type { PartnerRole } from '../../../partner-role.ts';
import { PartnerRoleEnum } from '../../../partner-role.types.ts';

const description = 'What the partner may be in the coalition, and where. Every contract version has exactly one.';

@ObjectType('ScopeClause', { description })
@InputType('ScopeClauseInput', { description })
export class ScopeClauseType {
  @Field(() => [PartnerRoleEnum], { description: 'Roles that the contract grants.' })
  readonly roles!: readonly PartnerRole[];

  @Field(() => [ChannelEnum], { nullable: true, description: 'Channels in which it holds; all when left out.' })
  readonly channels?: readonly Channel[] | null;

  @Field(() => [String], { nullable: true, description: "The partner's own ids of the locations where it holds; all when left out." })
  readonly locations?: readonly string[] | null;

  @Field(() => Boolean, {
    nullable: true,
    defaultValue: true,
    description: 'Whether the partner may issue points as such, not only through earn rules.',
  })
  readonly directIssuance?: boolean | null;
}
