import { Field, ObjectType } from 'type-graphql';
import { DisputeType } from './dispute.types.ts';

@ObjectType('DisputeUpdate', { description: 'A dispute as it stands after a step.' })
export class DisputeUpdateType {
  @Field(() => DisputeType, { description: 'The dispute.' })
  readonly dispute!: DisputeType;

  @Field(() => Boolean, { description: 'Whether this is how things stood at the beginning, or after messages were dropped.' })
  readonly resync!: boolean;
}
