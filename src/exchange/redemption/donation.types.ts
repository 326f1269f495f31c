import { Field, InputType } from 'type-graphql';
import { MemberRefInput } from '../../members/member.types.ts';
import type { Channel } from '../../partners/channel.ts';
import { ChannelEnum } from '../../partners/channel.types.ts';
import { Points } from '../../platform/graphql/scalars.ts';

@InputType('DonateInput', { description: 'Points that a member gives to a charity.' })
export class DonateInput {
  @Field(() => String, {
    description: 'Repeating the request with the same key changes nothing and gives the first answer with `replayed: true`.',
  })
  readonly idempotencyKey!: string;

  @Field(() => MemberRefInput, {
    nullable: true,
    description: 'Who gives. A member gives its own and leaves it out; the operator names it.',
  })
  readonly member?: MemberRefInput | null;

  @Field(() => String, { description: 'Code of the partner that receives: its contract in force has the role CHARITY.' })
  readonly charity!: string;

  @Field(() => String, { description: 'Code of the point currency.' })
  readonly currency!: string;

  @Field(() => Points, { description: 'How many points.' })
  readonly points!: bigint;

  @Field(() => String, { nullable: true, description: 'What the member wants to say with it, 1 to 200 characters.' })
  readonly note?: string | null;

  @Field(() => ChannelEnum, { nullable: true, defaultValue: 'APP', description: 'Where it was given.' })
  readonly channel?: Channel | null;

  @Field(() => String, { nullable: true, description: "The charity's own id of the location where it was given, when it was at one." })
  readonly locationId?: string | null;
}
