import { Field, ObjectType } from 'type-graphql';
import { RedemptionType } from './redemption.types.ts';

@ObjectType('ApprovalUpdate', { description: 'A redemption that awaits approval, or did until now: its status says which.' })
export class ApprovalUpdateType {
  @Field(() => RedemptionType, { description: 'The redemption.' })
  readonly redemption!: RedemptionType;

  @Field(() => Boolean, { description: 'Whether this is how things stood at the beginning, or after messages were dropped.' })
  readonly resync!: boolean;
}
